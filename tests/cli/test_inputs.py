from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from glassmask.cli.inputs import find_inputs
from glassmask.formats import OWN_MARK
from glassmask.output.draw import encode_jpeg, encode_png


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("b.JPG", "a.png", "notes.txt", ".hidden.jpg", "sub/c.webp", ".git/d.jpg"):
        path = tmp_path / "holiday" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    (tmp_path / "holiday" / "link.jpg").symlink_to(tmp_path / "holiday" / "a.png")
    (tmp_path / "holiday" / "loop").symlink_to(tmp_path / "holiday")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(*paths: str) -> list[str]:
    return [item.path for item in find_inputs(paths)[0]]


def test_a_folder_gives_its_photos_sorted_with_links_unresolved(tree: Path) -> None:
    expected = ["a.png", "b.JPG", "link.jpg", "sub/c.webp"]
    assert found("holiday") == [f"holiday/{name}" for name in expected]


def test_files_are_taken_as_given_whatever_their_ending(tree: Path) -> None:
    assert found("holiday/notes.txt", "missing.jpg") == ["holiday/notes.txt", "missing.jpg"]


def test_globs(tree: Path) -> None:
    assert found("holiday/*.png") == ["holiday/a.png"]
    expected = ["a.png", "b.JPG", "link.jpg", "sub/c.webp"]
    assert found("holiday/**") == [f"holiday/{name}" for name in expected]  # no loops, no notes
    assert found("holiday/s*") == ["holiday/sub/c.webp"]


def test_a_file_whose_name_looks_like_a_glob(tree: Path) -> None:
    (tree / "me[1].jpg").touch()
    assert found("me[1].jpg") == ["me[1].jpg"]


def test_each_path_once(tree: Path) -> None:
    assert found("holiday/a.png", "holiday") == [
        "holiday/a.png", "holiday/b.JPG", "holiday/link.jpg", "holiday/sub/c.webp",
    ]  # fmt: skip


def test_nothing_found_is_an_error_that_says_so(tree: Path) -> None:
    (tree / "empty").mkdir()
    (folder,) = find_inputs(["empty"])[0]
    assert folder.error is not None
    assert "no photo in this folder" in str(folder.error)
    (pattern,) = find_inputs(["*.nothing"])[0]
    assert pattern.error is not None
    assert "no photo matches this pattern" in str(pattern.error)
    (nothing,) = find_inputs([""])[0]
    assert nothing.error is not None


def test_what_looks_like_a_photo_is_never_passed_over(tree: Path) -> None:
    """A folder that holds a photo nobody can read must not look clean."""
    folder = tree / "holiday"
    for name in ("IMG_1.HEIC", "clip.mov", "d.jp2", "raw.CR2"):
        (folder / name).write_bytes(b"x")
    (folder / "no ending").write_bytes(b"\xff\xd8\xff\xe0 cut")
    inputs, search = find_inputs(["holiday"])
    names = {Path(item.path).name for item in inputs}
    assert {"IMG_1.HEIC", "clip.mov", "d.jp2", "raw.CR2", "no ending"} < names
    assert "notes.txt" not in names
    assert (search.others, search.summary) == (
        1, "passed over in folders: 1 other file, 1 link to a folder"
    )  # fmt: skip


def test_what_glassmask_drew_is_no_input_unless_it_is_named(tree: Path) -> None:
    picture = np.zeros((9, 9, 3), np.uint8)
    (tree / "holiday" / "out").mkdir()
    (tree / "holiday" / "out" / "a.jpg").write_bytes(encode_jpeg(picture, 90, OWN_MARK))
    (tree / "holiday" / "out" / "b.png").write_bytes(encode_png(picture, OWN_MARK))
    (tree / "holiday" / "out" / "mine.jpg").write_bytes(b"x")
    inputs, search = find_inputs(["holiday"])
    assert [item.path for item in inputs if "out" in item.path] == ["holiday/out/mine.jpg"]
    assert search.drawings == 2
    assert found("holiday/out/a.jpg") == ["holiday/out/a.jpg"]


def test_links_to_folders_are_counted(tree: Path) -> None:
    _, search = find_inputs(["holiday"])
    assert search.links == 1
    assert search.summary == "passed over in folders: 1 other file, 1 link to a folder"


def test_a_pipe_in_a_folder_is_not_waited_for(tree: Path) -> None:
    os.mkfifo(tree / "holiday" / "pipe.jpg")
    inputs, search = find_inputs(["holiday"])
    assert "holiday/pipe.jpg" not in [item.path for item in inputs]
    assert search.others == 2  # with the notes


def test_a_folder_with_brackets_in_its_name(tree: Path) -> None:
    folder = tree / "photos [2024]"
    folder.mkdir()
    (folder / "a.png").write_bytes(b"x")
    assert found("photos [2024]/*.png") == ["photos [2024]/a.png"]
    assert found("photos [2024]") == ["photos [2024]/a.png"]
    (folder / "day [1]").mkdir()
    (folder / "day [1]" / "b.png").write_bytes(b"x")
    (tree / "photos 2").mkdir()
    (tree / "photos 2" / "c.png").write_bytes(b"x")
    assert found("photos [2024]/*/b.png") == ["photos [2024]/day [1]/b.png"]
    assert found("*/day [1]/*.png") == ["photos [2024]/day [1]/b.png"]
    assert found("photos [2024]/*.png") == ["photos 2/c.png", "photos [2024]/a.png"]  # both
