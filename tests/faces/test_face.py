from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from glassmask import Face
from glassmask.faces.regions import mean_points


def test_a_face_holds_its_box_score_and_landmarks() -> None:
    points = mean_points((1.0, 2.0, 30.0, 40.0))
    face = Face((1.0, 2.0, 30.0, 40.0), 0.5, points)
    assert (face.box, face.score, face.landmarks) == ((1.0, 2.0, 30.0, 40.0), 0.5, points)
    assert Face((0.0, 0.0, 1.0, 1.0)) == Face((0.0, 0.0, 1.0, 1.0), None, None)


@pytest.mark.parametrize("turn", range(4))
def test_its_angle_is_that_of_its_landmarks_or_its_quarter_turns(turn: int) -> None:
    box = (10.0, 20.0, 30.0, 40.0)
    assert Face(box, 0.5, None, None, turn).angle == 90 * turn
    away = abs(Face(box, 0.5, mean_points(box, turn), None, turn).angle - 90 * turn)
    assert min(away, 360 - away) < 1


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (((0, 0, 10),), "four finite numbers"),
        (((0, 0, 10, 0),), "w, h > 0"),
        (((0, 0, float("nan"), 10),), "finite"),
        (((0, 0, 10, 10), 1.5), "a score is in"),
        (((0, 0, 10, 10), float("nan")), "a score is in"),
        (((0, 0, 10, 10), 0.5, np.zeros((109, 2))), "landmarks are FacePoints, got ndarray"),
        (((0, 0, 10, 10), 0.5, None, None, 4), "quarter turns are 0 to 3"),
    ],
)
def test_what_is_no_face(fields: tuple[Any, ...], message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        Face(*fields)
