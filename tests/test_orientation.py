from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from glassmask.orientation import MAX_XMP, exif_orientation, xmp_orientation
from glassmask.photos import read_photo
from turned_photos import (
    TURNS,
    TurnedPhoto,
    attribute,
    encoded,
    exif,
    stored_turned,
    turned_photos,
    upright_picture,
)

PICTURE = upright_picture()
PHOTOS = list(turned_photos(PICTURE))


@pytest.mark.parametrize("photo", PHOTOS, ids=lambda photo: photo.name)
def test_every_photo_is_upright(photo: TurnedPhoto) -> None:
    got = read_photo(photo.content)
    assert got.shape == PICTURE.shape
    apart = np.abs(got.astype(int) - PICTURE)
    if photo.name.startswith(("png", "webp")) and photo.name != "webp-lossy":
        assert not apart.any()
    assert apart.max() <= (60 if photo.name == "webp-lossy" else 12)
    assert apart.mean() < 5


@pytest.mark.parametrize("kind", ["JPEG", "AVIF"])
@pytest.mark.parametrize("way", TURNS)
def test_pixels_are_moved_and_not_changed(kind: str, way: int) -> None:
    stored = stored_turned(PICTURE, way)
    decoded = read_photo(encoded(stored, kind))
    np.testing.assert_array_equal(read_photo(encoded(stored, kind, exif(way))), TURNS[way](decoded))


@pytest.mark.parametrize("way", TURNS)
def test_tiff(way: int) -> None:
    buffer = io.BytesIO()
    told = Image.Exif()
    told[0x0112] = way
    Image.fromarray(stored_turned(PICTURE, way)).save(buffer, "TIFF", exif=told)
    np.testing.assert_array_equal(read_photo(buffer.getvalue()), PICTURE)


@pytest.mark.parametrize("way", TURNS)
def test_a_picture_of_pillow_keeps_its_orientation(way: int) -> None:
    image = Image.open(io.BytesIO(encoded(stored_turned(PICTURE, way), "PNG", exif(way))))
    np.testing.assert_array_equal(read_photo(image), PICTURE)


def test_exif_reads_nothing_that_is_not_there() -> None:
    whole = exif(6)
    assert exif_orientation(whole) == 6
    assert [exif_orientation(whole[:end]) for end in range(20)] == [None] * 20
    assert exif_orientation(b"Exif\0\0" * 100_000) is None
    assert exif_orientation(b"II*\0\x08\0\0\0\xff\xff" + bytes(12 * 65_535)) is None


def test_mutated_exif_gives_an_orientation_or_none() -> None:
    rng = np.random.default_rng(0)
    for _ in range(2000):
        content = np.frombuffer(exif(6, rng.choice(["<", ">"])), np.uint8).copy()
        content[rng.integers(0, len(content), 3)] = rng.integers(0, 256, 3)
        assert exif_orientation(content.tobytes()) in (None, *TURNS)


def test_xmp_is_searched_up_to_a_limit() -> None:
    assert xmp_orientation(bytes(1000) + attribute(6)) == 6
    assert xmp_orientation(b" " * MAX_XMP + attribute(6)) is None
    assert xmp_orientation(b"tiff:Orientation=" * 50_000) is None
    assert xmp_orientation(b"tiff:Orientation" + b" " * 900_000) is None
