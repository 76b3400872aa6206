from __future__ import annotations

from pathlib import Path

import pytest

from glassmask.cli.inputs import find_inputs


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("b.JPG", "a.png", "notes.txt", ".hidden.jpg", "sub/c.webp", ".git/d.jpg"):
        path = tmp_path / "holiday" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "holiday" / "link.jpg").symlink_to(tmp_path / "holiday" / "a.png")
    (tmp_path / "holiday" / "loop").symlink_to(tmp_path / "holiday")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(*paths: str) -> list[str]:
    return [item.path for item in find_inputs(paths)]


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
    (folder,) = find_inputs(["empty"])
    assert folder.error is not None
    assert "no photo in this folder" in str(folder.error)
    (pattern,) = find_inputs(["*.heic"])
    assert pattern.error is not None
    assert "no photo matches this pattern" in str(pattern.error)
    (nothing,) = find_inputs([""])
    assert nothing.error is not None
