"""Tests of the lab write their caches into their own folder."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _runs_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Caches of tests go to the test's own folder."""
    monkeypatch.setenv("GLASSMASK_RUNS", str(tmp_path / "runs"))
