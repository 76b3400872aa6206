"""PNG files as this project writes them, read by two other libraries."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from glassmask.lab.datasets.png import encode_png, write_png


@pytest.mark.parametrize("shape", [(1, 1), (5, 7), (64, 33), (1, 1, 3), (7, 5, 3), (33, 64, 3)])
def test_both_readers_give_the_pixels_back(shape: tuple[int, ...]) -> None:
    picture = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    packed = encode_png(picture)
    with Image.open(io.BytesIO(packed)) as image:
        image.verify()  # every chunk's check sum
    with Image.open(io.BytesIO(packed)) as image:
        assert np.array_equal(np.asarray(image), picture)
    read = cv2.imdecode(np.frombuffer(packed, np.uint8), cv2.IMREAD_UNCHANGED)
    assert read is not None
    assert np.array_equal(read[..., ::-1] if picture.ndim == 3 else read, picture)


def test_flat_pictures_are_small(tmp_path: Path) -> None:
    write_png(tmp_path / "flat.png", np.full((256, 256), 3, np.uint8))
    assert (tmp_path / "flat.png").stat().st_size < 1500
    assert list(tmp_path.iterdir()) == [tmp_path / "flat.png"]


def test_a_view_with_strides_is_written_as_it_looks() -> None:
    picture = np.random.default_rng(2).integers(0, 256, (9, 12, 3), np.uint8)
    assert encode_png(picture[::2, ::-1]) == encode_png(picture[::2, ::-1].copy())


@pytest.mark.parametrize(
    "picture",
    [np.zeros((4, 4), np.float32), np.zeros((4, 4, 4), np.uint8), np.zeros((0, 4), np.uint8)],
)
def test_what_is_no_picture_is_refused(picture: np.ndarray) -> None:
    with pytest.raises(ValueError, match="a PNG is uint8"):
        encode_png(picture)
