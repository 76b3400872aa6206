"""Odd depths, odd terminals, odd paths: each is met with words, and nothing is passed over."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from cases.command import MAIN, Check, Demo, shell
from glassmask import Checker, Face, PhotoError, read_photo

heavy = pytest.mark.heavy


def grey(demo: Demo) -> NDArray[np.uint8]:
    return np.asarray(Image.fromarray(demo["correct"]).convert("L"))


UNKNOWN: dict[str, Callable[[NDArray[np.uint8]], NDArray[Any]]] = {
    "8 bits in 16": lambda grey: grey.astype(np.uint16),
    "10 bits in 16": lambda grey: grey.astype(np.uint16) * 4,
    "12 bits in 16": lambda grey: grey.astype(np.uint16) * 16,
    "32 bits, whole": lambda grey: grey.astype(np.int32) * 8_000_000,
    "32 bits, wrapped": lambda grey: (grey.astype(np.int64) * 16_000_000).astype(np.int32),
    "32 bits, depths below zero": lambda grey: grey.astype(np.int32) - 100,
    "floats from 0 to 1": lambda grey: grey.astype(np.float32) / 255,
    "floats with NaN": lambda grey: np.where(grey > 9, np.float32(np.nan), grey),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_grey_of_unknown_range_is_said_and_is_not_a_photo_without_a_face(
    check: Check, folder: Path, demo: Demo, case: str
) -> None:
    path = folder / "depth.tif"
    Image.fromarray(UNKNOWN[case](grey(demo))).save(path)
    done = check(folder, "--require", "correct")
    assert done.exit_code == 1
    assert f"{path}: holds" in done.stderr
    assert "unknown range" in done.stderr
    assert "save it as 8 or 16 bit" in done.stderr


@pytest.mark.parametrize("ending", ["png", "tiff"])
@pytest.mark.parametrize("factor", [1, 4, 15])
def test_colours_of_sixteen_bits_that_are_nearly_black_are_said(
    check: Check, folder: Path, demo: Demo, ending: str, factor: int
) -> None:
    deep = demo["correct"].astype(np.uint16) * factor
    cv2.imwrite(str(folder / f"deep.{ending}"), deep)
    done = check(folder, "--require", "correct")
    assert done.exit_code == 1
    assert "16-bit colours of unknown range" in done.stderr


def test_sixteen_and_thirty_two_bits_that_are_plain_are_read(demo: Demo) -> None:
    one = grey(demo)
    for values in (one.astype(np.uint16) * 257, one.astype(np.int32) * 257, one.astype(np.int32)):
        np.testing.assert_allclose(read_photo(Image.fromarray(values))[..., 0], one, atol=1)


def test_a_picture_of_floating_point_colours_is_called_what_it_is(
    check: Check, folder: Path, demo: Demo
) -> None:
    cv2.imwrite(str(folder / "hdr.tiff"), demo["correct"].astype(np.float32) / 255)
    done = check(folder / "hdr.tiff")
    assert done.exit_code == 1
    assert "of a kind that can't be read (of floating-point values" in done.stderr


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("https://example.org/a.jpg", "a web address"),
        ("HTTPS://example.org/a.jpg?size=1&b=[2]", "a web address"),
        ("rtsp://127.0.0.1/x", "a web address"),
        ("s3://bucket/*.png", "a web address"),
        ("data:image/png;base64," + "iVBOR" * 2000, "a web address"),
        ("file:///home/me/a.jpg", "the address of a file"),
        ("C:/photos/a.jpg", "no such file"),
        ("C:\\photos\\a.jpg", "no such file"),
        ("/dev/zero", "not a regular file"),
        ("", "an empty path"),
    ],
)
def test_what_is_no_file_is_named_for_what_it_is(check: Check, word: str, said: str) -> None:
    done = check(word)
    assert done.exit_code == 1
    (line,) = done.stderr.splitlines()
    assert said in line


FOREIGN = {
    "a.zip": (b"PK\x03\x04" + bytes(99), "a ZIP archive"),
    "empty.zip": (b"PK\x05\x06" + bytes(18), "a ZIP archive"),
    "a.tgz": (b"\x1f\x8b\x08" + bytes(99), "an archive"),
    "a.7z": (b"7z\xbc\xaf\x27\x1c" + bytes(99), "an archive"),
    "a.rar": (b"Rar!\x1a\x07\0" + bytes(99), "an archive"),
    "a.pdf": (b"%PDF-1.4\n" + bytes(99), "a PDF"),
    "a.mp4": (b"\0\0\0\x14ftypmp42" + bytes(99), "a film"),
    "a.mkv": (b"\x1a\x45\xdf\xa3" + bytes(99), "a film"),
    "a.ogv": (b"OggS" + bytes(24) + b"\x80theora", "a film"),
    "a.mp3": (b"ID3\x04" + bytes(99), "a sound recording"),
    "a.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a drawing (SVG)"),
    "a.html": (b"<!doctype html>", "a web page"),
    "a.psd": (b"8BPS\0\1", "a Photoshop file"),
    "a.docx": (b"PK\x03\x04" + bytes(99), "a ZIP archive"),
    "a.txt": (b"only words", "not a picture, whatever its name says"),
}


@pytest.mark.parametrize("name", FOREIGN)
@pytest.mark.parametrize("way", ["a file", "standard input"])
def test_a_file_that_is_no_photo_is_named_for_what_it_is(
    check: Check, tmp_path: Path, name: str, way: str
) -> None:
    content, said = FOREIGN[name]
    if way == "a file":
        (tmp_path / name).write_bytes(content)
        done = check(tmp_path / name, "--json", tmp_path / "o")
    else:
        done = check("-", "--json", tmp_path / "o", stdin=content)
    assert done.exit_code == 1
    assert said in done.stderr
    assert json.loads((tmp_path / "o").read_text())["error_kind"] == "unsupported"


def test_a_photo_on_standard_input(check: Check, folder: Path, tmp_path: Path) -> None:
    content = (folder / "correct.png").read_bytes()
    out = tmp_path / "out"
    done = check("-", "--require", "correct", "--annotate", out, "--report", out, stdin=content)
    assert (done.exit_code, done.stderr) == (0, "")
    assert sorted(path.name for path in out.iterdir()) == ["index.html", "standard-input.jpg"]
    for nothing in (b"", content[:40], b"\0" * 5000):
        assert check("-", "--require", "correct", stdin=nothing).exit_code == 1
    both = check("-", folder, "-", stdin=content)
    assert "2 photos, 2 faces: 2 correct" in both.stderr


@pytest.mark.parametrize("name", ["photos [2024]", "a[b", "]", "[!x]", "*", "what?", "[a-c] [d]"])
def test_a_folder_whose_name_looks_like_a_pattern(
    check: Check, folder: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).mkdir()
    os.rename(folder / "correct.png", tmp_path / name / "me [1].png")
    monkeypatch.chdir(tmp_path)
    for words in (name, f"{name}/*.png", f"{name}/me [1].png", f"{name}/**", f"./{name}/me*"):
        done = check(words, "--require", "correct")
        assert (done.exit_code, done.stderr) == (0, ""), words


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF"])
def test_a_photo_with_several_pictures_says_which_was_judged(
    check: Check, folder: Path, demo: Demo, kind: str
) -> None:
    frames = [Image.fromarray(demo[name]) for name in ("correct", "none")]
    frames[0].save(folder / "moving", kind, save_all=True, append_images=frames[1:])
    done = check(folder / "moving", "--require", "correct")
    assert done.stderr == f"{folder / 'moving'}: holds several pictures: the first was judged\n"
    frames[0].save(folder / "still", kind)
    assert check(folder / "still").stderr == ""


def test_two_views_of_one_moment_are_one_photo(check: Check, folder: Path, demo: Demo) -> None:
    frames = [Image.fromarray(demo[name]) for name in ("correct", "none")]
    frames[0].save(folder / "a.mpo", "MPO", save_all=True, append_images=frames[1:])
    done = check(folder / "a.mpo", "--require", "correct")
    assert (done.exit_code, done.stderr) == (0, "")


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "-5", "0"])
def test_a_smallest_face_that_is_no_length(check: Check, folder: Path, value: str) -> None:
    done = check(folder, f"--min-face={value}")
    assert done.exit_code == 2
    assert "--min-face" in done.stderr


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0])
def test_a_smallest_face_that_is_no_length_in_python(
    checker: Checker, demo: Demo, value: float
) -> None:
    for call in (checker.check, checker.find):
        with pytest.raises(ValueError, match="min_face is a finite number of pixels"):
            call(demo["nose"], min_face=value)
    with pytest.raises(ValueError, match="min_face is a finite number of pixels"):
        checker.follow(demo["nose"], [Face((9.0, 9.0, 99.0, 99.0))], min_face=value)


def test_faces_that_are_none_or_far_too_large_in_python(checker: Checker, demo: Demo) -> None:
    huge = Face((0.0, 0.0, 1e9, 1e9))
    for faces, kind, words in (
        (None, TypeError, "faces are a sequence of Face, got NoneType"),
        ([None], TypeError, "faces are of type Face, got NoneType: leave out"),
        ([(1, 2, 3, 4)], TypeError, "faces are of type Face, got tuple"),
        ([huge], ValueError, "too large for 210 x 220 pixels"),
    ):
        for call in (checker.judge, checker.follow):
            with pytest.raises(kind, match=words):
                call(demo["nose"], faces)  # type: ignore[arg-type]


@heavy
@pytest.mark.parametrize(
    ("streams", "code"),
    [
        ("2>/dev/full", 1),
        ("<&- 2>&-", 1),
        (">/dev/full 2>/dev/full", 2),
        (">&- 2>&- <&-", 1),
    ],
)
def test_standard_streams_that_are_closed_or_full_spoil_no_results(
    folder: Path, tmp_path: Path, options: list[str], streams: str, code: int
) -> None:
    out = tmp_path / "a.jsonl"
    words = [*MAIN, *options, folder / "gone.png", folder, "--json", out, "--annotate", tmp_path]
    done = shell(f'"$@" {streams}', *words)
    assert done.returncode == code, done.stderr
    records = [json.loads(line) for line in out.read_text().splitlines()]
    assert [record["error"] is None for record in records] == [False, True]
    with Image.open(tmp_path / "correct.jpg") as picture:
        picture.load()


@heavy
@pytest.mark.parametrize("words", ["check --nonsense", "check --help"])
@pytest.mark.parametrize("streams", [">/dev/full 2>/dev/full", ">&- 2>&-", "> /dev/full"])
def test_no_traceback_where_nothing_can_be_said(words: str, streams: str) -> None:
    done = shell(f'"$@" {words} {streams}', *MAIN)
    assert done.returncode in (0, 2)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@heavy
def test_a_working_folder_that_is_gone(folder: Path, tmp_path: Path, options: list[str]) -> None:
    script = 'mkdir "$1"; cd "$1"; rmdir "$1"; shift; exec "$@"'
    gone, photo = tmp_path / "gone", folder / "correct.png"
    for words, code in (
        ([photo, "--json", tmp_path / "a.jsonl", "--annotate", tmp_path / "out"], 0),
        ([folder], 0),
        (["-"], 1),
        (["correct.png"], 2),
        ([photo, "--report", "report"], 2),
        ([f"{folder}/*.png"], 0),
    ):
        done = shell(f"{script} </dev/null", gone, *MAIN, *options, *words)
        assert done.returncode == code, (words, done.stderr)
        assert "Traceback" not in done.stderr


@heavy
def test_a_terminal_that_knows_no_unicode(folder: Path, options: list[str]) -> None:
    os.rename(folder / "correct.png", folder / "口罩.png")
    script = 'LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 "$@"'
    done = shell(
        f'{script} | grep -E "correctly +>?99%|correctly +[0-9]+%"', *MAIN, *options, folder
    )
    assert "??.png" in done.stdout
    assert done.returncode == 0


def test_percentages_are_plain_text(check: Check, folder: Path) -> None:
    done = check(folder)
    assert "\u00a0" not in done.stdout
    assert "\u202f" not in done.stdout
    assert "%" in done.stdout


def test_bytes_of_every_kind_are_a_photo(demo: Demo) -> None:
    buffer = io.BytesIO()
    Image.fromarray(demo["nose"]).save(buffer, "PNG")
    for content in (buffer.getvalue(), bytearray(buffer.getvalue()), buffer.getbuffer()):
        np.testing.assert_array_equal(read_photo(content), demo["nose"])  # type: ignore[arg-type]
    with pytest.raises(PhotoError, match="a web address"):
        read_photo("https://example.org/photo.jpg")
