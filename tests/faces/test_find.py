"""What one network proposes and the other believes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from glassmask.faces.find import FaceFinder, joint_score


def test_faces_have_landmarks_and_the_score_of_both(faces: Any, found_box: Any) -> None:
    finder = FaceFinder(faces.fixed("one", [(50, 60, 40, 50)], (320, 320)), faces.landmarks)
    (face,) = finder.find(np.full((320, 320, 3), 90, np.uint8))
    np.testing.assert_allclose(face.box, found_box((50, 60, 40, 50)), atol=1e-3)
    assert face.landmarks is not None
    assert face.score == pytest.approx(0.96875)


def test_what_the_second_does_not_believe_is_no_face(faces: Any) -> None:
    """Of two boxes one shows blue alone, which the stand-in takes for none."""
    boxes = [(50, 60, 40, 50), (200, 60, 40, 50)]
    finder = FaceFinder(faces.fixed("two", boxes, (320, 320)), faces.landmarks)
    photo = np.full((320, 320, 3), 90, np.uint8)
    assert len(finder.find(photo)) == 2
    photo[:, 150:] = (0, 0, 90)
    # Finder 0.96875 and closer look 0.03125: even chances, which is the stand-in's least.
    assert [face.score for face in finder.find(photo)] == pytest.approx([0.96875, 0.5])


def test_a_box_is_that_of_the_closer_look_and_inside_the_photo(faces: Any, found_box: Any) -> None:
    boxes = [(100.0, 60.0, 60.0, 60.0), (290.0, 60.0, 60.0, 60.0)]
    finder = FaceFinder(faces.fixed("wide", boxes, (320, 320)), faces.landmarks)
    one, other = finder.find(np.full((320, 320, 3), 90, np.uint8))
    (candidate, _) = finder.finder.propose(np.full((320, 320, 3), 90, np.uint8))
    assert candidate.box == (100, 60, 60, 60)
    np.testing.assert_allclose(one.box, found_box(boxes[0]), atol=1e-3)
    whole = found_box((290.0, 60.0, 30.0, 60.0))  # around what is left of it in the photo
    np.testing.assert_allclose(other.box, (*whole[:2], 320 - whole[0], whole[3]), atol=1e-3)


def test_a_part_of_a_face_is_no_other_face(faces: Any) -> None:
    boxes = [(100.0, 60.0, 80.0, 100.0), (110.0, 90.0, 40.0, 50.0), (200.0, 60.0, 80.0, 100.0)]
    finder = FaceFinder(faces.fixed("part", boxes, (320, 320)), faces.landmarks)
    photo = np.full((320, 320, 3), 90, np.uint8)
    assert len(finder.finder.propose(photo)) == 3
    assert len(finder.find(photo)) == 2


def test_small_ones_and_none(faces: Any) -> None:
    finder = FaceFinder(faces.fixed("small", [(50, 60, 10, 12)], (320, 320)), faces.landmarks)
    photo = np.full((320, 320, 3), 90, np.uint8)
    assert finder.find(photo) == ()
    assert len(finder.find(photo, min_face=9)) == 1


def test_the_joint_score_by_hand() -> None:
    assert joint_score(0.8, 0.5) == pytest.approx(1 / (1 + math.exp(-math.log(4) / 2)))
    assert joint_score(0.9, 0.1) == pytest.approx(0.5)
    assert joint_score(None, 0.5) == pytest.approx(0.5)
    assert joint_score(1.0, 1.0) == pytest.approx(1.0, abs=1e-5)
    assert joint_score(0.0, 0.0) == pytest.approx(0.0, abs=1e-5)
