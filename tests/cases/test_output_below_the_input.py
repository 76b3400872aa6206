"""Results beside, below or in place of photos: nothing is judged twice, lost or passed over."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cases.command import Check
from glassmask.cli.app import app


def test_the_same_command_twice(check: Check, folder: Path) -> None:
    targets = ["--annotate", folder / "out", "--report", folder, "--json", folder / "a.jsonl"]
    for _ in range(3):
        done = check(folder, *targets, "--csv", folder / "a.csv", "--require", "correct")
        assert done.exit_code == 0
        assert len(done.stdout.splitlines()) == 2
    assert "1 picture drawn by Glassmask" in done.stderr


@pytest.mark.parametrize("way", ["a link to the folder", "a link to one above", "dots"])
def test_an_output_folder_that_is_the_input_by_another_name_is_refused(
    check: Check, folder: Path, tmp_path: Path, way: str
) -> None:
    target = tmp_path / "link"
    if way == "dots":
        target = folder / ".." / folder.name
    elif way == "a link to the folder":
        target.symlink_to(folder)
    else:
        target.symlink_to(tmp_path)
        target = target / folder.name
    done = check(folder, "--annotate", target)
    assert done.exit_code == 2
    assert "holds photos to check: choose another folder" in done.stderr
    assert [path.name for path in folder.iterdir()] == ["correct.png"]


def test_a_folder_of_photos_below_the_input_is_not_passed_over_for_being_the_output(
    check: Check, folder: Path, tmp_path: Path
) -> None:
    (folder / "2024").mkdir()
    (folder / "2024" / "bare.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    done = check(folder, "--annotate", folder / "2024", "--require", "correct")
    assert done.exit_code == 2
    assert "holds photos to check" in done.stderr
    done = check(folder, "--report", folder / "2024", "--require", "correct")
    assert done.exit_code == 1  # a report holds no photos: they are read
    assert "bare.png" in done.stderr


@pytest.mark.parametrize(
    ("option", "name", "content"),
    [
        ("--report", "index.html", "<html>my site</html>"),
        ("--report", "index.html", ""),
        ("--csv", "results.csv", "name,age\n"),
        ("--json", "results.jsonl", '{"mine": 1}\n'),
        ("--json", "notes.txt", "to do"),
        ("--annotate", "correct.jpg", "my photo"),
    ],
)
def test_a_file_of_someone_else_is_not_replaced(
    check: Check, folder: Path, tmp_path: Path, option: str, name: str, content: str
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / name).write_text(content)
    single = option in ("--csv", "--json")
    done = check(folder, option, out / name if single else out)
    assert (out / name).read_text() == content
    assert done.exit_code == (0 if option == "--annotate" else 2)
    assert not [path for path in out.iterdir() if path.name.startswith(".")]


def test_a_page_of_someone_else_behind_a_link_is_not_replaced(
    check: Check, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "site.html").write_text("my site")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "index.html").symlink_to(tmp_path / "site.html")
    assert check(folder, "--report", tmp_path / "out").exit_code == 2
    assert (tmp_path / "site.html").read_text() == "my site"


@pytest.mark.parametrize(
    "words",
    [
        *(["check", "photo.png", option, ""] for option in ("--json", "--csv", "--network")),
        ["check", "photo.png", "--report="],
        ["check", "--annotate", "", "photo.png"],
        ["explain", "photo.png", "--out", ""],
        ["train", "recipe.toml", "--data", "", "--out", "run"],
        ["data", "describe", "", "--out", "x"],
        ["data", "split", "folder", "--out="],
        ["demo", ""],
        ["site", ""],
    ],
)
def test_an_empty_path_is_refused_and_is_not_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2
    assert "empty" in done.stderr
    assert not list(tmp_path.iterdir())


def test_nothing_to_draw_leaves_no_folder(check: Check, folder: Path, tmp_path: Path) -> None:
    (folder / "correct.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    assert check(folder, "--annotate", tmp_path / "out").exit_code == 1
    assert not (tmp_path / "out").exists()


def test_what_a_killed_run_left_is_no_photo(check: Check, folder: Path) -> None:
    (folder / ".correct.jpg.0123456789ab.part").write_bytes((folder / "correct.png").read_bytes())
    done = check(folder, "--annotate", folder / "out")
    assert (done.exit_code, len(done.stdout.splitlines())) == (0, 2)
