"""What one network proposes and the other believes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from glassmask.faces.crop import Box
from glassmask.faces.face import Face
from glassmask.faces.find import LOOKS, STANDING, FaceDetector
from glassmask.faces.landmarks import LandmarkedBox
from glassmask.faces.regions import mean_points


def test_faces_have_landmarks_and_the_score_of_both(faces: Any, found_box: Any) -> None:
    finder = FaceDetector(faces.fixed("one", [(50, 60, 40, 50)], (320, 320)), faces.landmarks)
    (face,) = finder.find(np.full((320, 320, 3), 90, np.uint8))
    np.testing.assert_allclose(face.box, found_box((50, 60, 40, 50)), atol=1e-3)
    assert face.landmarks is not None
    assert face.score == pytest.approx(0.96875)


def test_what_the_second_does_not_believe_is_no_face(faces: Any) -> None:
    """Of two boxes one shows blue alone, which the stand-in takes for none."""
    boxes = [(50, 60, 40, 50), (200, 60, 40, 50)]
    finder = FaceDetector(faces.fixed("two", boxes, (320, 320)), faces.landmarks)
    photo = np.full((320, 320, 3), 90, np.uint8)
    assert len(finder.find(photo)) == 2
    photo[:, 150:] = (0, 0, 90)
    assert [face.score for face in finder.find(photo)] == pytest.approx([0.96875])


def test_a_box_is_that_of_the_closer_look_and_inside_the_photo(faces: Any, found_box: Any) -> None:
    boxes = [(100.0, 60.0, 60.0, 60.0), (290.0, 60.0, 60.0, 60.0)]
    finder = FaceDetector(faces.fixed("wide", boxes, (320, 320)), faces.landmarks)
    one, other = finder.find(np.full((320, 320, 3), 90, np.uint8))
    (candidate, _) = finder.finder.propose(np.full((320, 320, 3), 90, np.uint8))
    assert candidate.box == (100, 60, 60, 60)
    np.testing.assert_allclose(one.box, found_box(boxes[0]), atol=1e-3)
    left, top, width, height = 290.0, 60.0, 30.0, 60.0  # what is left of it in the photo
    for _ in range(LOOKS):
        left, top, width, height = found_box((left, top, width, height))
        width = min(width, 320 - left)
    np.testing.assert_allclose(other.box, (left, top, width, height), atol=1e-3)


def test_a_part_of_a_face_is_no_other_face(faces: Any) -> None:
    boxes = [(100.0, 60.0, 80.0, 100.0), (110.0, 90.0, 40.0, 50.0), (200.0, 60.0, 80.0, 100.0)]
    finder = FaceDetector(faces.fixed("part", boxes, (320, 320)), faces.landmarks)
    photo = np.full((320, 320, 3), 90, np.uint8)
    assert len(finder.finder.propose(photo)) == 3
    assert len(finder.find(photo)) == 2


def test_small_ones_and_none(faces: Any) -> None:
    finder = FaceDetector(faces.fixed("small", [(50, 60, 7, 9)], (320, 320)), faces.landmarks)
    photo = np.full((320, 320, 3), 90, np.uint8)
    assert finder.find(photo) == ()
    assert len(finder.find(photo, min_face=6)) == 1


def test_a_candidate_of_a_hair_is_no_face(faces: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The grid of sixteenths leaves nothing of it."""
    finder = FaceDetector(faces.fixed("hair", [], (320, 320)), faces.landmarks)
    hair = (Face((50.01, 60.01, 0.02, 0.02), 0.9),)
    monkeypatch.setattr(finder.finder, "propose", lambda *_, **__: hair)
    assert finder.find(np.full((320, 320, 3), 90, np.uint8), min_face=0) == ()


def test_the_largest_faces_alone(faces: Any) -> None:
    boxes = [(20.0, 60.0, 40.0, 50.0), (100.0, 60.0, 60.0, 70.0), (200.0, 60.0, 50.0, 60.0)]
    finder = FaceDetector(faces.fixed("three", boxes, (320, 320)), faces.landmarks)
    photo = np.full((320, 320, 3), 90, np.uint8)
    small, largest, middle = (face.box for face in finder.find(photo))
    assert [face.box for face in finder.find(photo, max_faces=2)] == [largest, middle]
    assert [face.box for face in finder.find(photo, max_faces=4)] == [small, largest, middle]
    with pytest.raises(ValueError, match="max_faces is 1 or more"):
        finder.find(photo, max_faces=0)


def test_the_joint_score_by_hand(faces: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The finder's and both looks' logits count alike; each look is at the box of the last."""
    finder = FaceDetector(faces.fixed("one", [(50, 60, 40, 50)], (320, 320)), faces.landmarks)
    looked: list[Box] = []
    chances = iter((0.8, 0.6, 1.0, 1.0, 0.01))

    def place(_: object, boxes: Sequence[Box], turns: Sequence[int]) -> tuple[LandmarkedBox, ...]:
        if not boxes:
            return ()
        assert list(turns) == [0]  # with landmarks, none is looked at turned
        looked.extend(boxes)
        x, y, w, h = boxes[0]
        points = mean_points(boxes[0])
        return (LandmarkedBox(points, 0.9, next(chances), (x + 4, y, w, h)),)

    monkeypatch.setattr(finder.landmarker, "place", place)
    photo = np.full((320, 320, 3), 90, np.uint8)
    (face,) = finder.find(photo)
    assert [box[0] for box in looked] == [50, 54]
    assert face.box == (58, 60, 40, 50)
    logits = [math.log(p / (1 - p)) for p in (0.96875, 0.8, 0.6)]
    assert face.score == pytest.approx(1 / (1 + math.exp(-sum(logits) / 3)))
    (sure,) = finder.find(photo)
    assert sure.score is not None
    assert sure.score > 0.9999
    assert len(looked) == 4
    assert finder.find(photo) == ()
    assert len(looked) == 5  # even chances are not reached: no second look


Looks = list[tuple[int, ...]]  # the turns of what was looked at, one per call


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Looks]:
    """Lets the landmark network say the same of all, and notes the turns that it is asked for."""

    def watched(finder: FaceDetector, *, chance: float, upright: Sequence[int] = ()) -> Looks:
        looks: Looks = []

        def place(
            _: object, boxes: Sequence[Box], turns: Sequence[int]
        ) -> tuple[LandmarkedBox, ...]:
            if boxes:
                looks.append(tuple(turns))
            return tuple(
                LandmarkedBox(mean_points(box, turn), 0.9, chance, box)
                if turn in upright
                else LandmarkedBox(None, 0.1, chance, box)
                for box, turn in zip(boxes, turns, strict=True)
            )

        monkeypatch.setattr(finder.landmarker, "place", place)
        return looks

    return watched


PHOTO = np.full((320, 320, 3), 90, np.uint8)


@pytest.mark.parametrize("turn", range(4))
def test_a_face_is_looked_at_as_the_finder_takes_it_to_lie(
    faces: Any, watch: Callable[..., Looks], turn: int
) -> None:
    box = (50.0, 60.0, 40.0, 50.0)
    finder = FaceDetector(faces.fixed(f"at-{turn}", [box], (320, 320), [turn]), faces.landmarks)
    looks = watch(finder, chance=0.9, upright=[turn])
    (face,) = finder.find(PHOTO)
    assert face.turn == turn
    assert looks == [(turn,)] * LOOKS


def test_where_the_finder_errs_the_other_quarters_are_looked_at(
    faces: Any, watch: Callable[..., Looks]
) -> None:
    finder = FaceDetector(
        faces.fixed("errs", [(50.0, 60.0, 40.0, 50.0)], (320, 320), [3]), faces.landmarks
    )
    looks = watch(finder, chance=0.9, upright=[1])
    (face,) = finder.find(PHOTO)
    assert face.turn == 1
    assert looks == [(3,), (0, 1, 2), (1,)]


@pytest.mark.parametrize(
    ("chance", "others"),
    [(0.02, [(1, 2, 3, 3, 0, 1)]), (0.0001, [])],  # 0.44 and 0.05 of both networks
)
def test_what_may_be_a_face_is_looked_at_by_every_quarter_once(
    faces: Any, watch: Callable[..., Looks], chance: float, others: Looks
) -> None:
    boxes = [(50.0, 60.0, 40.0, 50.0), (200.0, 60.0, 40.0, 50.0)]
    finder = FaceDetector(faces.fixed("neither", boxes, (320, 320), [0, 2]), faces.landmarks)
    looks = watch(finder, chance=chance)
    assert finder.find(PHOTO) == ()
    assert looks == [(0, 2), *others]


def test_where_points_are_half_sure_no_other_quarter_is_looked_at(
    faces: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    finder = FaceDetector(faces.fixed("half", [(50, 60, 40, 50)], (320, 320)), faces.landmarks)
    asked: list[int] = []

    def place(_: object, boxes: Sequence[Box], turns: Sequence[int]) -> tuple[LandmarkedBox, ...]:
        asked.extend(turns)
        return tuple(LandmarkedBox(None, STANDING, 0.9, box) for box in boxes)

    monkeypatch.setattr(finder.landmarker, "place", place)
    (face,) = finder.find(PHOTO)
    assert (face.turn, face.landmarks, asked) == (0, None, [0] * LOOKS)


def test_only_the_doubtful_are_looked_at_by_other_quarters(
    faces: Any, watch: Callable[..., Looks]
) -> None:
    boxes = [(50.0, 60.0, 40.0, 50.0), (200.0, 60.0, 40.0, 50.0)]
    finder = FaceDetector(faces.fixed("doubt", boxes, (320, 320), [1, 0]), faces.landmarks)
    looks = watch(finder, chance=0.9, upright=[1])
    assert [face.turn for face in finder.find(PHOTO)] == [1, 1]
    assert looks == [(1, 0), (1, 2, 3), (1, 1)]


def test_a_followed_face_is_lost_by_a_look_that_says_no_and_not_by_one_that_doubts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    detector = FaceDetector(threads=1)
    place = detector.landmarker.place

    def follow(look: float, score: float | None) -> float | None:
        """The next score of a face of this score, where the look gives that."""

        def places(*given: Any) -> list[LandmarkedBox]:
            return [replace(one, face_score=look) for one in place(*given)]

        monkeypatch.setattr(detector.landmarker, "place", places)
        photo = np.full((120, 120, 3), 90, np.uint8)
        (face,) = detector.follow(photo, [Face((30.0, 30.0, 60.0, 60.0), score=score)])
        return None if face is None else face.score

    assert follow(0.9, None) == pytest.approx(0.9)  # nothing is known of a whole picture
    assert follow(0.5, 0.9) == pytest.approx(0.75)  # the mean of log 9 and 0 is log 3
    assert follow(0.29, 0.999) is None
    assert (follow(0.31, 0.999) or 0) > 0.9
    assert follow(0.5, 0.6) is None  # of what was doubtful all along, one more doubt is too much
