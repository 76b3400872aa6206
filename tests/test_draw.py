from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from glassmask.draw import boxes, fit, heat

GREY = np.full((60, 90, 3), 100, np.uint8)


@pytest.mark.parametrize("values", [np.zeros((60, 90), np.float32), -np.ones((60, 90), np.float32)])
def test_a_map_with_nothing_positive_leaves_the_photo(values: NDArray[np.float32]) -> None:
    np.testing.assert_array_equal(heat(GREY, values), GREY)


def test_heat_is_where_the_map_is() -> None:
    values = np.zeros((60, 90), np.float32)
    values[10:20, 70:80] = 2
    changed = (heat(GREY, values) != GREY).any(axis=2)
    np.testing.assert_array_equal(changed, values > 0)


def test_more_evidence_is_brighter() -> None:
    values = np.linspace(0.2, 1, 90, dtype=np.float32)[None].repeat(60, axis=0)
    luma = heat(GREY, values) @ [0.299, 0.587, 0.114]
    assert luma[0, -1] > luma[0, 45] > luma[0, 0]


def test_heat_needs_a_map_of_the_photos_size() -> None:
    with pytest.raises(ValueError, match="the map is"):
        heat(GREY, np.zeros((90, 60), np.float32))


def test_boxes_draw_only_their_frame_and_label() -> None:
    drawn = boxes(GREY, [((20.0, 10.0, 60.0, 45.0), "no mask", (200, 0, 0))])
    assert tuple(drawn[54, 50]) == (200, 0, 0)
    np.testing.assert_array_equal(drawn[40:50, 30:70], GREY[40:50, 30:70])
    np.testing.assert_array_equal(drawn[:, :20], GREY[:, :20])


@pytest.mark.parametrize("shape", [(8, 8), (8, 500), (500, 8)])
def test_boxes_on_tiny_photos(shape: tuple[int, int]) -> None:
    photo = np.zeros((*shape, 3), np.uint8)
    box = (0.0, 0.0, float(shape[1]), float(shape[0]))
    assert boxes(photo, [(box, "worn incorrectly", (1, 2, 3))]).shape == photo.shape


def test_fit_keeps_the_aspect() -> None:
    assert fit(GREY, 30).shape == (20, 30, 3)
    assert fit(GREY, 180).shape == (120, 180, 3)
    assert fit(np.zeros((8, 4000, 3), np.uint8), 100).shape == (1, 100, 3)
