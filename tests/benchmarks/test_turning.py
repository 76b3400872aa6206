"""Where a face is in a photo that was turned: by hand."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.turning import turn_photo


def test_a_photo_turned_by_quarters_moves_pixels_alone() -> None:
    photo = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)
    turned, middle = turn_photo(photo, (10, 4, 8, 6), 90)
    np.testing.assert_array_equal(turned, np.rot90(photo, -1))  # clockwise
    assert middle == pytest.approx((40 - 7, 14))
    back, middle = turn_photo(photo, (10, 4, 8, 6), 180)
    np.testing.assert_array_equal(back, np.rot90(photo, 2))
    assert middle == pytest.approx((60 - 14, 40 - 7))


def test_a_photo_turned_by_less_fits_its_frame() -> None:
    photo = np.zeros((40, 60, 3), np.uint8)
    photo[18:22, 48:52] = 255  # about (50, 20)
    turned, (x, y) = turn_photo(photo, (48, 18, 4, 4), 30)
    assert turned.shape[:2] == (round(40 * 0.8660 + 60 * 0.5), round(60 * 0.8660 + 40 * 0.5))
    bright = np.argwhere(turned[..., 0] > 128).mean(axis=0) + 0.5
    assert (bright[1], bright[0]) == pytest.approx((x, y), abs=0.5)
