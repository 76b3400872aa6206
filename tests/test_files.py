from __future__ import annotations

import os
from pathlib import Path

import pytest

from glassmask.files import (
    Replacement,
    as_unicode,
    real_path,
    replacing,
    require_writable,
    shorten,
    write_whole,
)


def test_two_writers_of_one_file_never_share_a_partial_one(tmp_path: Path) -> None:
    """As in two containers, where both have the same process id."""
    target = tmp_path / "all.jsonl"
    one, other = Replacement(target), Replacement(target)
    assert one.partial != other.partial
    one.partial.write_text("one\n")
    other.partial.write_text("other\n")
    one.commit()
    assert target.read_text() == "one\n"
    other.commit()
    assert target.read_text() == "other\n"  # the last one wins, whole
    assert [p.name for p in tmp_path.iterdir()] == ["all.jsonl"]


def test_what_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_text("before")

    def write_half() -> None:
        with replacing(target) as partial:
            partial.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert target.read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_folder_is_not_replaced_and_a_link_is_written_through(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        Replacement(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_whole(tmp_path / "link", b"x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"x"
    write_whole(tmp_path / "new" / "x", b"x")
    assert (tmp_path / "new" / "x").read_bytes() == b"x"


def test_a_new_file_has_the_rights_of_any_other(tmp_path: Path) -> None:
    write_whole(tmp_path / "a", b"x")
    (tmp_path / "b").write_bytes(b"x")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


def test_whether_a_folder_can_be_written_is_seen_without_making_it(tmp_path: Path) -> None:
    require_writable(tmp_path / "a" / "b")
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    for folder in ("file", "file/x", "link"):
        with pytest.raises(OSError, match=r"Not a directory|No such file"):
            require_writable(tmp_path / folder)


@pytest.mark.parametrize("letter", ["a", "я", "口", "😷", "👩‍⚕️"])
def test_names_are_shortened_by_bytes_between_two_characters(letter: str) -> None:
    short = shorten(letter * 90, 80)
    assert 60 < len(os.fsencode(short)) <= 80
    assert (letter * 90).startswith(short)
    assert not short.endswith("\u200d")
    assert shorten(letter, 80) == letter


def test_a_name_that_is_no_utf8_is_valid_unicode_in_json() -> None:
    name = os.fsdecode(b"caf\xe9 \xf0\x9f\x98\xb7.png")
    assert as_unicode(name) == "caf\\xe9 😷.png"
    assert as_unicode("plain.png") == "plain.png"


def test_a_path_where_the_current_folder_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert real_path("x.jpg") == "x.jpg"
    assert real_path(tmp_path) == os.path.realpath(tmp_path)
    monkeypatch.chdir(tmp_path)
