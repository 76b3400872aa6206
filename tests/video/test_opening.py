"""Opening any source: what is missing is said."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import glassmask.video
from glassmask.errors import VideoError
from video.films import write_film


def test_a_path_may_be_text_or_a_path(tmp_path: Path) -> None:
    path = write_film(tmp_path / "film.mp4", frames=3)
    for given in (path, str(path)):
        with glassmask.video.open(given) as film:
            assert film.name == str(path)
            assert len(list(film)) == 3


def test_without_pyav_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    for name in ("decoding", "film_file", "live"):
        monkeypatch.delitem(sys.modules, f"glassmask.video.{name}", raising=False)
    with pytest.raises(VideoError, match=r"need PyAV: pip install 'glassmask\[video\]'"):
        glassmask.video.open(tmp_path / "film.mp4")
