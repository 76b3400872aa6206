from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from glassmask.faces.crop import Square, coarse_crop, crop

pytestmark = pytest.mark.heavy


def reference(photo: NDArray[np.uint8], square: Square, size: int) -> NDArray[np.float64]:
    """The formula of docs/crop.md, pixel by pixel, as plainly as can be."""

    def weights(start: float, length: int) -> NDArray[np.float64]:
        matrix = np.zeros((size, length))
        radius = max(1.0, square.side / size)
        for i in range(size):
            u = start + (i + 0.5) * square.side / size
            total = 0.0
            for j in range(math.floor(u - radius) - 1, math.ceil(u + radius) + 2):
                weight = max(0.0, 1 - abs(j + 0.5 - u) / radius)
                matrix[i, min(max(j, 0), length - 1)] += weight
                total += weight
            matrix[i] /= total
        return matrix

    rows = weights(square.y, photo.shape[0])
    columns = weights(square.x, photo.shape[1])
    done: NDArray[np.float64] = np.einsum("ih,jw,hwc->ijc", rows, columns, photo.astype(float))
    return done


@pytest.mark.parametrize(
    ("shape", "square", "size"),
    [
        ((70, 90), Square(-10, 5, 60), 40),  # beyond the left border, reduced
        ((300, 200), Square(-50, -20, 400), 40),  # beyond every border
        ((33, 20), Square(3.3, 4.7, 9.1), 40),  # enlarged, off the grid
        ((12, 200), Square(0, -94, 200), 40),  # flatter than the crop
        ((64, 64), Square(0, 0, 64), 64),  # as it is
        ((500, 31), Square(-234.5, 0, 500), 25),  # much reduced: several blocks
        ((40, 40), Square(200, 200, 30), 16),  # wholly outside
        ((40, 40), Square(-90, -70, 30), 16),  # wholly outside, on the other side
        ((400, 500), Square(210.3, 99.9, 33.3), 40),  # a small part of a large photo
        ((400, 500), Square(205.7, 101.1, 150), 25),  # likewise, reduced
    ],
)
def test_crop_follows_the_formula(shape: tuple[int, int], square: Square, size: int) -> None:
    photo = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    got = crop(photo, square, size)
    assert got.shape == (size, size, 3)
    assert got.dtype == np.uint8
    # Half a level of rounding, and what whole weights leave.
    assert np.abs(got - reference(photo, square, size)).max() <= 0.6


def test_crop_of_the_same_size_is_the_photo() -> None:
    photo = np.random.default_rng(1).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    np.testing.assert_array_equal(crop(photo, Square(0, 0, 32), 32), photo)


def test_crop_is_antialiased() -> None:
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::2] = 255
    inner = crop(stripes, Square(0, 0, 64), 16)[2:-2, 2:-2]
    assert np.abs(inner.astype(int) - 127.5).max() < 3


def test_crop_of_a_thin_strip_stays_small() -> None:
    strip = np.full((8, 400_000, 3), 7, np.uint8)
    assert (crop(strip, Square.around((0, 0, 400_000, 8)), 32) == 7).all()


def test_a_face_costs_its_own_pixels_alone() -> None:
    endless = np.broadcast_to(np.uint8(7), (100_000, 100_000, 3))  # 28 GiB, if it were copied
    assert (crop(endless, Square(70_000, 20_000, 300), 32) == 7).all()
    assert (crop(endless, Square(99_990, -20, 50), 160) == 7).all()


def test_square_around_keeps_the_centre_and_the_longer_side() -> None:
    assert Square.around((10, 20, 30, 50), 2.0) == Square(-25, -5, 100)


def test_square_maps_there_and_back() -> None:
    square = Square(-3.5, 8.0, 77.0)
    points = np.array([[0.0, 0.0], [12.5, 160.0]])
    np.testing.assert_allclose(square.to_crop(square.to_photo(points, 160), 160), points)
    np.testing.assert_allclose(square.to_photo(np.array([160, 160]), 160), [73.5, 85.0])


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_what_lies_turned_is_set_upright_by_moving_pixels(turn: int) -> None:
    photo = np.random.default_rng(turn).integers(0, 256, (60, 90, 3), np.uint8)
    as_it_lies = crop(photo, Square(7.3, -4.0, 51.0), 32)
    square = Square(7.3, -4.0, 51.0, turn)
    np.testing.assert_array_equal(crop(photo, square, 32), np.rot90(as_it_lies, turn))
    points = np.array([[3.0, 5.0], [31.5, 0.25]])
    np.testing.assert_allclose(square.to_crop(square.to_photo(points, 32), 32), points)
    # The top left corner of what a quarter turn clockwise shows is its bottom left, set upright.
    corners = {1: (58.3, -4.0), 2: (58.3, 47.0), 3: (7.3, 47.0)}
    np.testing.assert_allclose(square.to_photo(np.zeros(2), 32), corners[turn])


def halved(photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The mean of each four pixels, halves up; the last row or column of an odd side twice."""
    height, width = photo.shape[:2]
    even = np.pad(photo, ((0, height % 2), (0, width % 2), (0, 0)), "edge").astype(int)
    a, b, c, d = even[::2, ::2], even[::2, 1::2], even[1::2, ::2], even[1::2, 1::2]
    return np.asarray((a + b + c + d + 2) >> 2, np.uint8)


@pytest.mark.parametrize(
    ("square", "size"),
    [
        (Square(7.3, -4.0, 51.0), 64),  # enlarged
        (Square(-3.5, 8.0, 64.0), 64),
        (Square(12.5, 3.0, 63.9, 1), 32),  # twice would be halved
        (Square(400, 500, 20), 16),
    ],
)
def test_a_coarse_crop_is_the_crop_where_no_half_has_its_resolution(
    square: Square, size: int
) -> None:
    photo = np.random.default_rng(2).integers(0, 256, (71, 93, 3), np.uint8)
    np.testing.assert_array_equal(coarse_crop(photo, square, size), crop(photo, square, size))


@pytest.mark.parametrize(
    ("shape", "square", "size", "times"),
    [
        ((160, 200), Square(40.3, 30.8, 64.0), 32, 1),  # twice exactly
        ((160, 200), Square(41.7, 33.1, 120.0, 1), 32, 1),  # inside, from odd pixels
        ((163, 201), Square(-40.6, 30.8, 110.0), 32, 1),  # beyond the left border
        ((163, 201), Square(130.6, 30.8, 110.0, 2), 32, 1),  # beyond the right, odd sides
        ((163, 201), Square(30.6, -60.3, 110.0, 3), 32, 1),  # beyond the top
        ((163, 201), Square(30.6, 99.9, 110.0), 32, 1),  # beyond the bottom
        ((187, 211), Square(-60.7, -40.1, 200.0), 40, 2),  # 5 times
        ((251, 233), Square(20.1, 10.9, 220.0, 1), 20, 3),  # 11 times
        ((251, 233), Square(-300.0, -280.0, 800.0), 12, 6),  # beyond all borders
        ((5, 300), Square(0.0, -147.5, 300.0), 25, 3),  # flatter than the crop
        ((300, 1), Square(-149.5, 0.0, 300.0), 25, 3),  # a pixel wide
        ((41, 50), Square(300.0, -400.0, 90.0), 16, 2),  # wholly outside
    ],
)
def test_a_coarse_crop_is_the_crop_of_the_photo_halved(
    shape: tuple[int, int], square: Square, size: int, times: int
) -> None:
    photo = np.random.default_rng(times).integers(0, 256, (*shape, 3), np.uint8)
    small = photo
    for _ in range(times):
        small = halved(small)
    wanted = crop(small, square.scaled(0.5**times), size)
    np.testing.assert_array_equal(coarse_crop(photo, square, size), wanted)


def test_a_coarse_crop_shows_what_the_crop_does() -> None:
    rough = np.random.default_rng(3).integers(0, 256, (13, 17, 3), np.uint8)
    photo = crop(rough, Square(0, 0, 13), 416)
    square = Square(20.5, 31.25, 300.0)
    apart = np.abs(coarse_crop(photo, square, 60).astype(int) - crop(photo, square, 60))
    assert apart.max() <= 4


def test_a_coarse_crop_does_not_depend_on_what_is_far_from_its_square() -> None:
    rng = np.random.default_rng(4)
    photo = rng.integers(0, 256, (301, 401, 3), np.uint8)
    square = Square(101.5, 77.25, 130.0)  # 4.06 times: blocks of four, and the filter's reach
    other = rng.integers(0, 256, photo.shape, np.uint8)
    other[60:224, 84:248] = photo[60:224, 84:248]
    np.testing.assert_array_equal(coarse_crop(photo, square, 32), coarse_crop(other, square, 32))


def test_a_coarse_crop_costs_its_own_pixels_alone() -> None:
    endless = np.broadcast_to(np.uint8(7), (100_000, 100_000, 3))
    assert (coarse_crop(endless, Square(70_000, 20_000, 300), 32) == 7).all()
    assert (coarse_crop(endless, Square(99_990, -20, 500), 32) == 7).all()


@pytest.mark.parametrize("turn", [-1, 4])
def test_square_refuses_other_turns(turn: int) -> None:
    with pytest.raises(ValueError, match="quarter turns are 0 to 3"):
        Square(0, 0, 1, turn)


@pytest.mark.parametrize("side", [0.0, -1.0, float("nan")])
def test_square_refuses_no_size(side: float) -> None:
    with pytest.raises(ValueError, match="side > 0"):
        Square(0, 0, side)


@pytest.mark.parametrize("side", [3.0, 40.0, 144.9, 160.0, 700.0, 2100.0])
@pytest.mark.parametrize("size", [112, 160])
def test_no_product_is_large_enough_for_a_second_thread(
    side: float, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenBLAS threads a matrix product from 262,144 multiply-adds, one by a vector from 9,216."""
    products: list[tuple[int, int, int]] = []
    matmul = np.matmul

    def counting(left: NDArray[Any], right: NDArray[Any], out: NDArray[Any]) -> NDArray[Any]:
        products.append((*left.shape, right.shape[1]))
        return matmul(left, right, out=out)

    monkeypatch.setattr(np, "matmul", counting)
    photo = np.zeros((2200, 1300, 3), np.uint8)
    crop(photo, Square(-30.5, 12.25, side), size)
    assert len(products) >= 2  # both axes
    for rows, inner, columns in products:
        assert rows * inner * columns <= (9_215 if 1 in (rows, columns) else 200_000)
