from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from glassmask.errors import PhotoError, ProblemKind
from glassmask.formats import OWN_MARK, foreign_kind, is_own_drawing, is_photo_or_film
from glassmask.output.draw import encode_jpeg
from glassmask.photos import read_photo

GREY = Image.new("RGB", (40, 30), "grey")


def head_of(kind: str) -> bytes:
    buffer = io.BytesIO()
    GREY.save(buffer, kind)
    return buffer.getvalue()[:512]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF"])
def test_what_can_be_read_is_known_by_its_first_bytes(kind: str) -> None:
    assert foreign_kind(head_of(kind), "a.mp4") is None  # its ending lies
    assert is_photo_or_film(head_of(kind), "without an ending")


def test_an_avif_may_name_its_decoder_second(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    GREY.save(buffer, "AVIF")
    general = buffer.getvalue().replace(b"ftypavif", b"ftypmif1", 1)
    assert foreign_kind(general[:512], "a.heic") is None
    assert read_photo(general).shape == (30, 40, 3)


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0", "HEIC"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0", "film"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0", "film"),
        (b"RIFF\0\0\0\0AVI LIST", "film"),
        (b"\x1a\x45\xdf\xa3 matroska", "film"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
        (b"8BPS\0\x01", "Photoshop"),
        (b"PK\x03\x04", "ZIP"),
        (b"%PDF-1.7", "PDF"),
    ],
)
def test_foreign_files_are_called_by_their_name(tmp_path: Path, head: bytes, words: str) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(head + bytes(600))
    assert words in (foreign_kind(head, "photo.jpg") or "")
    with pytest.raises(PhotoError, match=words) as caught:
        read_photo(path)
    wanted = {ProblemKind.UNSUPPORTED, ProblemKind.BROKEN}  # a HEIC may find its decoder
    assert caught.value.kind in wanted


@pytest.mark.parametrize(
    ("name", "words"),
    [("a.HEIC", "HEIC"), ("b.nef", "raw"), ("c.MOV", "film"), ("d.jp2", "JPEG 2000"), ("e", None)],
)
def test_without_known_bytes_the_ending_tells(name: str, words: str | None) -> None:
    kind = foreign_kind(b"nothing known", name)
    assert kind is None if words is None else words in str(kind)
    assert is_photo_or_film(b"nothing known", name) is (words is not None)


def test_other_files_look_like_no_photo() -> None:
    for name, head in (("notes.txt", b"BM is how it begins"), ("a.zip", b"PK\x03\x04"), ("x", b"")):
        assert not is_photo_or_film(head, name)


def test_a_raw_file_that_is_a_tiff_is_no_photo() -> None:
    buffer = io.BytesIO()
    GREY.save(buffer, "TIFF")  # where the thumbnail would be
    assert foreign_kind(buffer.getvalue()[:512], "a.NEF") == "a camera's raw file"
    assert foreign_kind(buffer.getvalue()[:512], "a.tif") is None
    assert foreign_kind(head_of("JPEG"), "a.nef") is None


def test_own_drawings_are_known_by_their_mark() -> None:
    drawn = encode_jpeg(np.asarray(GREY), 90, OWN_MARK)
    assert is_own_drawing(drawn[:512])
    assert not is_own_drawing(encode_jpeg(np.asarray(GREY), 90)[:512])
    assert read_photo(drawn).shape == (30, 40, 3)  # named by hand, it is read


def test_a_web_address_is_no_file() -> None:
    with pytest.raises(PhotoError, match="web address"):
        read_photo("https://example.org/photo.jpg")


def test_avif_is_read() -> None:
    buffer = io.BytesIO()
    GREY.save(buffer, "AVIF")
    assert read_photo(buffer.getvalue()).shape == (30, 40, 3)


def test_heic_is_read_where_its_decoder_is_installed() -> None:
    """A HEIC that its decoder refuses is broken, not unknown; without one, it is unsupported."""
    with pytest.raises(PhotoError) as caught:
        read_photo(b"\0\0\0\x18ftypheic" + bytes(600))
    try:
        import pi_heif  # noqa: F401
    except ImportError:
        assert caught.value.kind is ProblemKind.UNSUPPORTED
        assert "glassmask[heif]" in str(caught.value)
    else:
        assert caught.value.kind in (ProblemKind.BROKEN, ProblemKind.UNSUPPORTED)
