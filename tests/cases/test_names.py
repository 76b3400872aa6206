"""Photos of any name, in any script, of any length."""

from __future__ import annotations

import csv
import io
import json
import os
import unicodedata
from html import escape
from pathlib import Path

import numpy as np
import pytest

from cases.command import Check

RNG = np.random.default_rng(255)


def longest(characters: str) -> str:
    """A name of at most 255 bytes, as long as whole characters allow, drawn by seed."""
    stem = ""
    while True:
        more = stem + characters[RNG.integers(len(characters))]
        if len(os.fsencode(more)) > 251:
            return f"{stem}.png"
        stem = more


NAMES = {
    "Latin": longest("abcxyz"),
    "accents in two parts": longest(unicodedata.normalize("NFD", "éüñāọ")),
    "marks alone": longest("\u0301\u0308\u0323"),
    "Cyrillic": longest("абвюя"),
    "Chinese": longest("口罩照片"),
    "Devanagari": longest("कखि्षत्र"),
    "emoji": longest("😷🙂👍"),
    "joined emoji": "👩‍⚕️👨‍👩‍👧.png",
    "Persian with its joiner": "می‌خواهم.png",
    "right to left": "שלום עולם.png",
    "no UTF-8": os.fsdecode(b"caf\xe9 \xff\xfe.png"),
    "long and no UTF-8": os.fsdecode(b"\xe9" * 251 + b".png"),
    "half a character": os.fsdecode("口".encode()[:2] * 120 + b".png"),
    "percent signs": "100% sure %s %d.png",
    "braces and dollars": "{0} ${HOME} $(id) `id`.png",
    "markup of the terminal": "[bold red]me[∕] [link=x].png",
    "markup of a page": "<script>alert(1)</script>&amp;\"'.png".replace("/", "∕"),
    "a line break": "two\nlines\r.png",
    "an order to the terminal": "\x1b[31mred\x1b]0;title\x07.png",
    "a turned order": "photo\u202egnp.exe.png",
    "a dash in front": "--json.png",
    "a comma and quotes": 'a,"b";c.png',
    "spaces and dots": "  . a . .png",
    "no stem": "….png",
}


@pytest.mark.parametrize("script", NAMES)
def test_a_photo_of_any_name_is_checked_drawn_and_reported(
    check: Check, folder: Path, tmp_path: Path, script: str
) -> None:
    photo = folder / NAMES[script]
    os.rename(folder / "correct.png", photo)
    out = tmp_path / "out"
    out.mkdir()
    done = check(
        folder, "--json", out / "a.jsonl", "--csv", out / "a.csv", "--annotate", out / "a",
        "--report", out / "r", "--require", "correct",
    )  # fmt: skip
    assert (done.exit_code, done.stderr) == (0, "")
    (line,) = (out / "a.jsonl").read_bytes().decode("utf-8").splitlines()
    told = json.loads(line)["photo"]
    assert told.encode("utf-8")  # no half of a pair: strict readers take it
    assert json.loads(json.dumps(told, ensure_ascii=False)) == told
    (row,) = csv.DictReader(io.StringIO((out / "a.csv").read_bytes().decode("utf-8"), newline=""))
    assert row["photo"] == told
    if "UTF-8" not in script and "half" not in script:
        assert told == str(photo)
    (drawn,) = (out / "a").iterdir()
    assert len(os.fsencode(drawn.name)) <= 255
    page = (out / "r" / "index.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "\x1b" not in page + done.stdout
    assert "\u202e" not in page + done.stdout
    if script in ("Chinese", "joined emoji", "Persian with its joiner", "percent signs"):
        assert escape(photo.name) in page
        assert photo.name in done.stdout.replace("\n", "")
    again = check(folder, "--annotate", out / "a")
    assert again.exit_code == 0
    assert [path.name for path in (out / "a").iterdir()] == [drawn.name]


def test_names_that_some_disks_take_for_one_are_drawn_apart(
    check: Check, folder: Path, tmp_path: Path
) -> None:
    content = (folder / "correct.png").read_bytes()
    for name in ("Café.png", unicodedata.normalize("NFD", "Café.png"), "CAFÉ.png", "café.PNG"):
        (folder / name).write_bytes(content)
    assert check(folder, "--annotate", tmp_path / "out").exit_code == 0
    names = [path.name for path in (tmp_path / "out").iterdir()]
    folded = {unicodedata.normalize("NFC", name).casefold() for name in names}
    assert len(names) == len(folded) == 5


def test_one_photo_that_can_not_be_drawn_does_not_stop_the_others(
    check: Check, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = (folder / "correct.png").read_bytes()
    for name in ("a.png", "z.png"):
        (folder / name).write_bytes(content)

    def write(target: Path, content: bytes) -> None:
        if target.name == "correct.jpg":
            raise OSError(36, "File name too long")
        target.write_bytes(content)

    monkeypatch.setattr("glassmask.output.drawing_names.write_new", write)
    done = check(folder, "--annotate", tmp_path / "out")
    assert done.exit_code == 2
    assert "File name too long" in done.stderr
    assert "3 photos, 3 faces: 3 correct" in done.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.jpg", "z.jpg"]
