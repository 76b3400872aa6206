from __future__ import annotations

import numpy as np
import pytest

from glassmask.painter.sheet import Window, coverage, fill, window_around


def test_coverage_counts_parts_of_pixels() -> None:
    square = np.array([[2.5, 1.0], [5.0, 1.0], [5.0, 3.25], [2.5, 3.25]])
    cover = coverage(Window(0, 0, 8, 6), square)
    assert cover[1, 3] == 1
    assert cover[1, 2] == pytest.approx(0.5, abs=0.13)
    assert 0.2 <= cover[3, 4] <= 0.55  # OpenCV counts the border as inside
    # An eighth of a pixel on each side at most.
    assert 2.5 * 2.25 <= float(cover.sum()) <= 2.75 * 2.5
    shifted = coverage(Window(2, 1, 8, 6), square)
    np.testing.assert_array_equal(shifted, cover[1:, 2:])
    assert not coverage(Window(0, 0, 8, 6), square + 100).any()


def test_fill_takes_the_pixels_whose_centres_are_inside() -> None:
    canvas = np.zeros((6, 8), np.uint8)
    fill(canvas, np.array([[1.6, 1.4], [5.6, 1.4], [5.6, 3.6], [1.6, 3.6]]), 7)
    inside = np.zeros((6, 8), bool)
    inside[1:4, 2:6] = True  # centres 1.5 … 3.5 down and 2.5 … 5.5 across, borders included
    assert (canvas[inside] == 7).all()
    assert canvas[5, 7] == 0


def test_windows_keep_to_blocks_of_eight() -> None:
    window = window_around(np.array([[30.0, 41.0], [61.0, 70.0]]), 3, (100, 90))
    assert window == Window(24, 32, 64, 80)
    assert window_around(np.array([[300.0, 41.0]]), 3, (100, 90)) is None
