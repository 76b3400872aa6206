from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from glassmask.errors import PhotoError
from glassmask.photos import MAX_PIXELS, read_photo

RAMP = np.stack(np.meshgrid(np.arange(40), np.arange(30), [5]), -1)[:, :, 0].astype(np.uint8) * 5


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def test_path_bytes_image_and_array_give_the_same(tmp_path: Path) -> None:
    image = Image.fromarray(RAMP)
    path = tmp_path / "a.png"
    path.write_bytes(encoded(image, "PNG"))
    for source in (path, str(path), path.read_bytes(), image, RAMP):
        got = read_photo(source)
        assert got.dtype == np.uint8
        np.testing.assert_array_equal(got, RAMP)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
def test_formats(kind: str) -> None:
    assert read_photo(encoded(Image.fromarray(RAMP), kind)).shape == (30, 40, 3)


@pytest.mark.parametrize(
    ("mode", "kind"), [("L", "PNG"), ("P", "PNG"), ("1", "PNG"), ("CMYK", "JPEG"), ("LA", "PNG")]
)
def test_modes_are_converted(mode: str, kind: str) -> None:
    got = read_photo(encoded(Image.fromarray(RAMP).convert(mode), kind))
    assert got.shape == (30, 40, 3)


def test_16_bit_grey_keeps_its_high_byte(tmp_path: Path) -> None:
    values = (np.arange(1200).reshape(30, 40) * 54).astype(np.uint16)
    got = read_photo(encoded(Image.fromarray(values), "PNG"))
    np.testing.assert_allclose(got[..., 0], values / 257, atol=0.51)
    assert (got == got[..., :1]).all()


def test_16_bit_colour() -> None:
    import cv2

    values = (RAMP.astype(np.uint16) * 257)[:, :, ::-1]
    written = cv2.imencode(".png", values)[1].tobytes()
    np.testing.assert_allclose(read_photo(written), RAMP, atol=1)


def test_transparency_is_laid_onto_white() -> None:
    layer = np.zeros((20, 20, 4), np.uint8)
    layer[:, 10:, 3] = 255
    got = read_photo(encoded(Image.fromarray(layer), "PNG"))
    assert (got[:, :10] == 255).all()
    assert (got[:, 10:] == 0).all()


def test_transparent_palette_is_laid_onto_white() -> None:
    image = Image.new("P", (10, 10), 0)
    image.putpalette([10, 20, 30] * 256)
    got = read_photo(encoded(image, "PNG", transparency=0))
    assert (got == 255).all()


def test_first_frame_of_an_animation() -> None:
    frames = [Image.new("RGB", (12, 12), colour) for colour in ("red", "blue", "lime")]
    content = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert (read_photo(content) == (255, 0, 0)).all()


def test_colours_survive_cmyk() -> None:
    """A wrongly inverted CMYK picture would be its own negative."""
    colours = np.zeros((16, 48, 3), np.uint8)
    colours[:, :16, 0] = colours[:, 16:32, 1] = colours[:, 32:, 2] = 255
    got = read_photo(encoded(Image.fromarray(colours).convert("CMYK"), "TIFF"))
    np.testing.assert_allclose(got.astype(int), colours, atol=2)


def test_damaged_exif_does_not_spoil_a_sound_picture() -> None:
    content = encoded(Image.fromarray(RAMP), "PNG", exif=b"Exif\0\0 not a TIFF header at all")
    np.testing.assert_array_equal(read_photo(content), RAMP)


def test_a_closed_image_is_told() -> None:
    image = Image.open(io.BytesIO(encoded(Image.fromarray(RAMP), "PNG")))
    image.close()
    with pytest.raises(PhotoError):
        read_photo(image)


def test_exif_rotation_is_applied() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise
    got = read_photo(encoded(Image.fromarray(RAMP), "PNG", exif=exif))
    np.testing.assert_array_equal(got, np.rot90(RAMP, -1))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty, 0 bytes"),
        (b"only words, no picture", "not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 40 40\n", "not a picture"),
        (encoded(Image.fromarray(RAMP).resize((400, 300)), "JPEG")[:900], "broken or cut off"),
        (encoded(Image.fromarray(RAMP), "PNG")[:-40], "broken or cut off"),
        (encoded(Image.new("RGB", (1, 1)), "PNG"), "1 x 1 pixels: too small"),
        (encoded(Image.new("F", (40, 40)), "TIFF"), "floating-point"),
    ],
)
def test_broken_content(content: bytes, message: str) -> None:
    with pytest.raises(PhotoError, match=message) as caught:
        read_photo(content)
    assert "\n" not in str(caught.value)


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    bomb = encoded(Image.new("1", (10_000, 6_000)), "PNG")
    assert len(bomb) < 20_000
    with pytest.raises(PhotoError, match=r"10000 x 6000 pixels: over the limit of 50 megapixels"):
        read_photo(bomb)
    huge = encoded(Image.new("1", (30_000, 10_000)), "PNG")  # beyond Pillow's own limit
    with pytest.raises(PhotoError, match="over the limit of 50 megapixels"):
        read_photo(huge)


def test_the_limit_is_an_option() -> None:
    with pytest.raises(PhotoError, match=r"over the limit of 0\.001 megapixels"):
        read_photo(RAMP, max_pixels=1000)
    assert read_photo(RAMP, max_pixels=1200).shape == (30, 40, 3)
    assert MAX_PIXELS == 50_000_000


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.full((20, 20, 3), np.nan), r"float64 with NaN; a photo is uint8"),
        (np.zeros((20, 20, 3), np.float32), r"is float32; a photo is uint8"),
        (np.zeros((20, 20), np.uint8), r"shape \(20, 20\); a photo is \(H, W, 3\)"),
        (np.zeros((3, 20, 20), np.uint8), r"shape \(3, 20, 20\)"),
        (np.zeros((20, 20, 4), np.uint8), r"shape \(20, 20, 4\)"),
        (np.zeros((0, 20, 3), np.uint8), "too small"),
    ],
)
def test_arrays_that_are_no_photo(array: Any, message: str) -> None:
    with pytest.raises(PhotoError, match=message):
        read_photo(array)


def test_what_is_no_photo_at_all() -> None:
    with pytest.raises(PhotoError, match="not int"):
        read_photo(3)  # type: ignore[arg-type]


def test_paths_that_give_no_photo(tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match="no such file"):
        read_photo(tmp_path / "missing.jpg")
    with pytest.raises(PhotoError, match="a folder"):
        read_photo(tmp_path)
    (tmp_path / "empty.jpg").touch()
    with pytest.raises(PhotoError, match="empty"):
        read_photo(tmp_path / "empty.jpg")
    (tmp_path / "link.jpg").symlink_to(tmp_path / "gone.jpg")
    with pytest.raises(PhotoError, match="a link to a file that does not exist"):
        read_photo(tmp_path / "link.jpg")
    with pytest.raises(PhotoError, match="not a regular file"):
        read_photo("/dev/zero")
    with pytest.raises(PhotoError, match=r"no such file|can't be read"):
        read_photo("nul\0byte.jpg")


def test_links_are_followed(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(encoded(Image.fromarray(RAMP), "PNG"))
    (tmp_path / "b.png").symlink_to(tmp_path / "a.png")
    np.testing.assert_array_equal(read_photo(tmp_path / "b.png"), RAMP)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_grey_of_twelve_bits_is_of_unknown_range(kind: str) -> None:
    values = (np.arange(1200).reshape(30, 40) * 3).astype(np.uint16)
    with pytest.raises(PhotoError, match="unknown range"):
        read_photo(encoded(Image.fromarray(values), kind))


def test_grey_of_32_bits_is_of_unknown_range() -> None:
    values = (np.arange(1200).reshape(30, 40) * 1_000_000).astype(np.int32)
    with pytest.raises(PhotoError, match="unknown range"):
        read_photo(encoded(Image.fromarray(values), "TIFF"))
