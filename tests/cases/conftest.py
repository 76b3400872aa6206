"""The runner of the cases: what users of other tools stumbled over, each made by seed and tried.

Each test is named after what a user meets. They go through the command line or the public API.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from cases.command import Check, Demo
from glassmask.cli.app import app
from stand_ins import Faces


@pytest.fixture(scope="session")
def options(faces: Faces) -> list[str]:
    """What makes `check` see one face in the demo portrait, fast."""
    networks = ["--finder", str(faces.demo), "--landmarks", str(faces.landmarks)]
    return ["check", "--engine", "onnxruntime", *networks]


@pytest.fixture
def check(options: list[str]) -> Check:
    """The command `check`, in this process."""

    def run(*arguments: str | Path, stdin: bytes | None = None) -> Result:
        done = CliRunner().invoke(app, [*options, *map(str, arguments)], input=stdin)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return run


@pytest.fixture
def folder(tmp_path: Path, demo: Demo) -> Path:
    """A folder with one photo, of a mask that is worn correctly: it passes a door."""
    folder = tmp_path / "photos"
    folder.mkdir()
    Image.fromarray(demo["correct"]).save(folder / "correct.png")
    return folder
