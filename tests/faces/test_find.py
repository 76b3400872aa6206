"""What one network proposes and the other believes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from glassmask.faces.find import FaceFinder, joint_score


def photo_of(*colours: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Grey, with a patch for a face of 40 pixels in every third cell."""
    photo = np.zeros((320, 320, 3), np.uint8)
    for column, colour in enumerate(colours):
        photo[96:160, 96 * column : 96 * column + 64] = colour
        photo[96:128, 96 * column : 96 * column + 32, 0] = 255
    return photo


def test_faces_have_landmarks_and_the_score_of_both(faces: Any) -> None:
    finder = FaceFinder(faces.fixed("one", [(50, 60, 40, 50)], (320, 320)), faces.landmarks)
    (face,) = finder.find(np.full((320, 320, 3), 90, np.uint8))
    assert face.box == (50, 60, 40, 50)
    assert face.landmarks is not None
    assert face.score == pytest.approx(0.96875)


def test_what_the_second_does_not_believe_is_no_face(faces: Any) -> None:
    """Of two boxes one shows blue alone, which the stand-in takes for none."""
    boxes = [(50, 60, 40, 50), (200, 60, 40, 50)]
    finder = FaceFinder(faces.fixed("two", boxes, (320, 320)), faces.landmarks)
    photo = np.full((320, 320, 3), 90, np.uint8)
    assert [face.box for face in finder.find(photo)] == boxes
    photo[:, 150:] = (0, 0, 90)
    # Finder 0.96875 and closer look 0.03125: even chances, which is the stand-in's least.
    assert [face.box for face in finder.find(photo)] == boxes
    assert [face.score for face in finder.find(photo)] == pytest.approx([0.96875, 0.5])


def test_small_ones_and_none(faces: Any) -> None:
    finder = FaceFinder(faces.fixed("small", [(50, 60, 10, 12)], (320, 320)), faces.landmarks)
    photo = np.full((320, 320, 3), 90, np.uint8)
    assert finder.find(photo) == ()
    assert len(finder.find(photo, min_face=10)) == 1


def test_the_joint_score_by_hand() -> None:
    assert joint_score(0.8, 0.5) == pytest.approx(1 / (1 + math.exp(-math.log(4) / 2)))
    assert joint_score(0.9, 0.1) == pytest.approx(0.5)
    assert joint_score(None, 0.5) == pytest.approx(0.5)
    assert joint_score(1.0, 1.0) == pytest.approx(1.0, abs=1e-5)
    assert joint_score(0.0, 0.0) == pytest.approx(0.0, abs=1e-5)
