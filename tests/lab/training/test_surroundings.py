"""A face among others: its own pixels stay, what is around it is another photo."""

from __future__ import annotations

import cv2
import numpy as np

from glassmask.lab.training.placement import FACE_ROWS
from glassmask.lab.training.surroundings import replace_surroundings

PHOTO = np.full((240, 200, 3), (200, 60, 40), np.uint8)
OTHER = np.full((180, 220, 3), (20, 90, 160), np.uint8)
BOX = (60.0, 70.0, 80.0, 110.0)
OTHERS_BOX = (80.0, 40.0, 60.0, 70.0)


def mixed(seed: int, rows: tuple[float, float] = FACE_ROWS) -> np.ndarray:
    return replace_surroundings(PHOTO, BOX, rows, OTHER, OTHERS_BOX, np.random.default_rng(seed))


def test_the_face_stays_and_its_surroundings_go() -> None:
    for seed in range(20):
        view = mixed(seed)
        assert view.shape == PHOTO.shape
        assert view.dtype == np.uint8
        np.testing.assert_array_equal(view[90:178, 75:125], PHOTO[90:178, 75:125])
        np.testing.assert_allclose(view[70:180, 62:138], PHOTO[70:180, 62:138], atol=16)
        np.testing.assert_array_equal(view[:5, :5], OTHER[:5, :5])
        np.testing.assert_array_equal(view[-5:, -5:], OTHER[:5, :5])


def test_a_mask_under_the_chin_stays_where_it_makes_the_label() -> None:
    below = slice(181, 193)  # down to 1.12 of the box
    kept = mixed(0, (0.18, 1.12))[below, 80:120]
    np.testing.assert_array_equal(kept, PHOTO[below, 80:120])


def test_the_other_face_is_beside_this_one_and_smaller() -> None:
    other = OTHER.copy()
    x, y, w, h = (int(value) for value in OTHERS_BOX)
    other[y : y + h, x : x + w] = (255, 255, 255)
    seen = 0
    for seed in range(30):
        view = replace_surroundings(
            PHOTO, BOX, FACE_ROWS, other, OTHERS_BOX, np.random.default_rng(seed)
        )
        rows, columns = np.nonzero((view > 250).all(axis=2))
        if not len(rows):
            continue  # behind the face, or beyond the photo
        seen += 1
        away = np.hypot(columns - (60 + 40), rows - (70 + 55)).max()
        assert away > 0.5 * 110
        # Whole or mirrored at the photo's edge, each is smaller than the face.
        spots = np.asarray((view > 250).all(axis=2), np.uint8)
        stats = cv2.connectedComponentsWithStats(spots)[2]  # x, y, width, height, area
        assert stats[1:, 3].max() <= 0.9 * 110 + 2
    assert seen > 10


def test_it_depends_on_its_chance_alone() -> None:
    np.testing.assert_array_equal(mixed(3), mixed(3))
