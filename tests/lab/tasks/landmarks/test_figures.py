from __future__ import annotations

import numpy as np
import pytest

from glassmask.lab.datasets.landmark_faces import eye_distance
from glassmask.lab.tasks.landmarks.figures import mean_errors, part_overlap
from glassmask.painter import Region, demo_portrait

POINTS = np.array(demo_portrait()[1].xy)


def test_the_error_is_told_in_eye_distances() -> None:
    eyes = float(eye_distance(POINTS))
    assert 40 < eyes < 46  # pixels of the portrait
    moved = POINTS + np.array([0.03, 0.04]) * eyes
    half = POINTS.copy()
    half[:55, 0] += 0.1 * eyes
    errors = mean_errors(np.stack([POINTS, moved, half]), np.stack([POINTS] * 3))
    np.testing.assert_allclose(errors, [0, 0.05, 0.1 * 55 / 109], atol=1e-12)


@pytest.mark.parametrize("part", [Region.NOSE, Region.MOUTH])
def test_overlap(part: Region) -> None:
    assert part_overlap(POINTS, POINTS, part) == 1.0
    assert part_overlap(POINTS + 300, POINTS, part) == 0.0
    assert part_overlap(np.zeros((109, 2)), POINTS, part) == 0.0
    near, far = (part_overlap(POINTS + np.array([0, d]), POINTS, part) for d in (1.0, 4.0))
    assert 0.9 > near > far > 0.3


def test_another_region_has_no_outline() -> None:
    with pytest.raises(ValueError, match="not a part"):
        part_overlap(POINTS, POINTS, Region.SKIN)
