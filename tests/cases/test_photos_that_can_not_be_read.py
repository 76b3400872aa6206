"""A folder with something in it that nobody looked at must not look clean."""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from cases.command import Check

RNG = np.random.default_rng(26)
PICTURE = Image.fromarray(RNG.integers(0, 256, (48, 64, 3), np.uint8))


def encoded(kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    PICTURE.save(buffer, kind, **options)
    return buffer.getvalue()


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


def iso(*brands: bytes) -> bytes:
    """A file of the ISO base media format: its brands, the major one first, and noise."""
    return box(b"ftyp", brands[0] + bytes(4) + b"".join(brands[1:])) + RNG.bytes(900)


def raw_tiff(tag: int, value: int) -> bytes:
    """A raw file: a TIFF whose first picture is a preview."""
    directory = TiffImagePlugin.ImageFileDirectory_v2()
    directory[tag] = value
    return encoded("TIFF", tiffinfo=directory)


NOT_READ: dict[str, tuple[str, bytes, str]] = {
    "a film without an ending": ("clip", iso(b"isom", b"mp41"), "a film"),
    "a film called a photo": ("IMG_0001.JPG", iso(b"qt  "), "a film"),
    "an old QuickTime film": ("film", box(b"wide", b"") + box(b"mdat", RNG.bytes(600)), "a film"),
    "a broadcast": ("recording", b"".join(b"G" + RNG.bytes(187) for _ in range(4)), "a film"),
    "a Windows film": ("a.WMV", bytes.fromhex("3026b2758e66cf11") + RNG.bytes(99), "a film"),
    "an AVI": ("b", b"RIFF" + RNG.bytes(4) + b"AVI LIST" + RNG.bytes(99), "a film"),
    "a DNG": ("scan.dng", raw_tiff(50706, 1), "raw file"),
    "a DNG without an ending": ("scan", raw_tiff(254, 1), "raw file"),
    "a NEF": ("DSC_1.NEF", raw_tiff(254, 1), "raw file"),
    "an ARW called TIFF": ("a.tif", raw_tiff(254, 1), "raw file"),
    "a raw file without a preview": ("b.ARW", encoded("TIFF"), "raw file"),
    "a CR2": ("IMG_2", b"II*\0\x10\0\0\0CR\2\0" + RNG.bytes(99), "raw file"),
    "a CR3": ("IMG_3", iso(b"crx ", b"isom"), "raw file"),
    "an ORF": ("P1", b"IIRO\x08\0\0\0" + RNG.bytes(99), "raw file"),
    "a JPEG XL called PNG": ("x.png", b"\xff\x0a" + RNG.bytes(99), "JPEG XL"),
    "a JPEG XL in a box": ("y", box(b"JXL ", b"\r\n\x87\n") + RNG.bytes(99), "JPEG XL"),
    "a JPEG 2000 called JPEG": ("z.jpeg", b"\xff\x4f\xff\x51" + RNG.bytes(99), "JPEG 2000"),
    "a PPM": ("p.ppm", encoded("PPM"), "not read"),
    "a PPM without an ending": ("q", encoded("PPM"), "not read"),
    "a Targa": ("t.TGA", encoded("TGA"), "not read"),
    "a saved web page": ("me.jpg", b"\n<!DOCTYPE html><html>" + bytes(99), "a web page"),
    "a Git LFS pointer": ("lfs.jpg", b"version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
    "a sound called a photo": ("voice.jpg", iso(b"M4A ", b"isom"), "a sound"),
    "an archive called a photo": ("a.jpg", b"\x1f\x8b\x08" + RNG.bytes(99), "an archive"),
    "an empty photo": ("void.webp", b"", "empty, 0 bytes"),
    "a cut photo": ("cut.png", encoded("PNG")[:-60], "broken or cut off"),
    "half a header": ("head.gif", b"GIF89a", "broken"),
}


@pytest.mark.parametrize("case", NOT_READ)
def test_a_folder_with_what_can_not_be_read_does_not_pass_a_door(
    check: Check, folder: Path, case: str
) -> None:
    name, content, words = NOT_READ[case]
    (folder / name).write_bytes(content)
    done = check(folder, "--require", "correct")
    assert done.exit_code == 1, done.stderr
    (line,) = [line for line in done.stderr.splitlines() if line.startswith(str(folder / name))]
    assert words in line
    assert "2 photos, 1 face: 1 correct; 1 not read" in done.stderr


@pytest.mark.parametrize(
    "content", [iso(b"heic", b"mif1"), iso(b"mif1", b"heic"), iso(b"MiHB", b"mif1", b"heix")]
)
@pytest.mark.parametrize("name", ["IMG_1.HEIC", "IMG_1", "IMG_1.jpg"])
@pytest.mark.parametrize("installed", [True, False])
def test_a_folder_with_heic_photos_does_not_pass_a_door(
    check: Check,
    folder: Path,
    name: str,
    content: bytes,
    installed: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if installed:
        pytest.importorskip("pi_heif")
    else:
        monkeypatch.setattr("glassmask.photos.optional_formats", lambda: ())
    (folder / name).write_bytes(content)
    done = check(folder, "--require", "correct")
    assert done.exit_code == 1
    assert f"{folder / name}: a HEIC photo" in done.stderr
    assert ("glassmask[heif]" in done.stderr) is not installed


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path.symlink_to("gone.jpg"),
        lambda path: path.symlink_to(path.name),  # to itself
    ],
)
def test_a_link_that_leads_nowhere_does_not_pass_a_door(
    check: Check, folder: Path, make: Callable[[Path], None]
) -> None:
    make(folder / "link.jpg")
    assert check(folder, "--require", "correct").exit_code == 1


def test_what_is_no_photo_is_counted_and_passes(check: Check, folder: Path) -> None:
    others = {
        "Thumbs.db": RNG.bytes(99), "notes.txt": b"P5 is the next page", "song": b"ID3" + bytes(99),
        "sound.ogg": b"OggS" + bytes(99), "a.wav": b"RIFF\0\0\0\0WAVEfmt ", "m": iso(b"M4A "),
        "page.html": b"<html>", "x.tar.gz": b"\x1f\x8b\x08", "free.txt": b"feelfree to mdat",
    }  # fmt: skip
    for name, content in others.items():
        (folder / name).write_bytes(content)
    done = check(folder, "--require", "correct")
    assert done.exit_code == 0
    assert f"passed over in folders: {len(others)} other files" in done.stderr


def test_a_link_to_a_folder_is_told(check: Check, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (folder / "more").symlink_to(tmp_path / "elsewhere")
    done = check(folder, "--require", "correct")
    assert "passed over in folders: 1 link to a folder" in done.stderr


def test_an_avif_of_another_major_brand_is_read(check: Check, folder: Path) -> None:
    content = bytearray(encoded("AVIF"))
    content[8:12] = b"mif1"
    (folder / "a").write_bytes(content)
    done = check(folder)
    assert (done.exit_code, "1 not read" in done.stderr) == (0, False)
    assert "2 photos, 2 faces" in done.stderr


def test_a_tiff_of_more_than_four_gigabytes_is_read(check: Check, folder: Path) -> None:
    (folder / "big").write_bytes(encoded("TIFF", big_tiff=True))
    assert "2 photos, 2 faces: 1 correct, 1 unsure\n" in check(folder).stderr


def test_a_pipe_in_a_folder_is_not_waited_for(check: Check, folder: Path) -> None:
    os.mkfifo(folder / "pipe.jpg")
    assert "1 other file" in check(folder).stderr
