from __future__ import annotations

import pytest

from cli.check_process import CHECK
from stand_ins import Faces


@pytest.fixture(scope="session")
def check_networks(faces: Faces) -> None:
    """The networks of `check_process.run`."""
    CHECK[:] = ["check", "--finder", str(faces.demo), "--landmarks", str(faces.landmarks)]
