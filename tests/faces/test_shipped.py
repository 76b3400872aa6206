"""The shipped finder and landmarks on real pictures, all made of the demo portrait."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from glassmask import Checker, Face, UnsureReason
from glassmask.faces.find import FaceDetector
from glassmask.lab.classes import CLASSES
from glassmask.painter import demo_photos, demo_portrait
from stand_ins import class_name

pytestmark = pytest.mark.heavy

Demo = dict[str, NDArray[np.uint8]]
Photo = NDArray[np.uint8]

MIDDLE = np.array([102.0, 115.0])
"""Of the face in the demo portrait, in its pixels; it is about 100 wide."""


@pytest.fixture(scope="module")
def finder() -> FaceDetector:
    return FaceDetector()


@pytest.fixture(scope="module")
def finding() -> Checker:
    """The shipped networks, as a user has them."""
    return Checker(engine="onnxruntime")


def scaled(photo: Photo, factor: float) -> Photo:
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(photo, None, fx=factor, fy=factor, interpolation=how), np.uint8)


def see_inside(faces: tuple[Face, ...], photo: Photo) -> None:
    """There are faces, and their boxes lie in the photo."""
    assert faces
    height, width = photo.shape[:2]
    for x, y, w, h in (face.box for face in faces):
        assert min(x, y) >= 0
        assert x + w <= width + 1e-6
        assert y + h <= height + 1e-6


def is_at(face: Face, middle: NDArray[np.float64], width: float) -> bool:
    x, y, w, h = face.box
    near = np.abs([x + w / 2, y + h / 2] - middle).max() < 0.3 * width
    return bool(near and 0.6 * width < w < 1.5 * width)


@pytest.mark.parametrize("name", CLASSES)
def test_the_demo_portrait_masked_and_bare(finding: Checker, demo: Demo, name: str) -> None:
    (verdict,) = finding.check(demo[name])
    assert is_at(verdict.face, MIDDLE, 100)
    assert class_name(verdict) == name
    assert verdict.face.landmarks is not None


@pytest.mark.parametrize("name", CLASSES)
def test_landmarks_lie_on_the_face(demo: Demo, finder: FaceDetector, name: str) -> None:
    _, truth = demo_portrait()
    (face,) = finder.find(demo[name])
    assert face.landmarks is not None
    error = np.linalg.norm(face.landmarks.xy - truth.xy, axis=1).mean() / max(face.box[2:])
    assert error < (0.05 if name == "none" else 0.08)


def test_the_order_is_from_left_to_right_and_stable(finding: Checker, demo: Demo) -> None:
    row = np.hstack([demo[name] for name in CLASSES])
    verdicts = finding.check(row)
    assert [class_name(verdict) for verdict in verdicts] == list(CLASSES)
    again = finding.check(row)
    assert [v.face.box for v in verdicts] == [v.face.box for v in again]
    see_inside(tuple(v.face for v in verdicts), row)


def test_two_hundred_faces(finder: FaceDetector, demo: Demo) -> None:
    tiles = [scaled(demo[name], 0.6) for name in CLASSES]
    rows = [np.hstack([tiles[(i + j) % 5] for j in range(20)]) for i in range(10)]
    crowd = np.vstack(rows)
    found = finder.find(crowd)
    assert 190 <= len(found) <= 200
    see_inside(found, crowd)


def test_a_face_of_twelve_pixels_is_found_and_too_small_to_judge(
    finding: Checker, demo: Demo
) -> None:
    photo = np.full((220, 210, 3), 128, np.uint8)
    small = scaled(demo["none"], 0.15)  # the face about 15 x 18
    photo[80 : 80 + small.shape[0], 60 : 60 + small.shape[1]] = small
    (verdict,) = finding.check(photo)
    assert is_at(verdict.face, MIDDLE * 0.15 + (60, 80), 15)
    assert verdict.unsure_reason is UnsureReason.SMALL


def test_a_photo_of_twenty_megapixels(finder: FaceDetector, demo: Demo) -> None:
    photo = scaled(demo["correct"], 20.8)
    assert photo.shape[0] * photo.shape[1] > 19e6
    (face,) = finder.find(photo)
    assert is_at(face, MIDDLE * 20.8, 2080)


@pytest.mark.parametrize(
    ("cut", "middle"),
    [
        ((30, 185, 40, 165), MIDDLE - (40, 30)),  # the face fills the photo
        ((0, 220, 80, 210), (36, 120)),  # its right half, as the photo sees it
        ((0, 220, 0, 125), (90, 121)),
        ((90, 220, 0, 210), (99, 40)),
    ],
)
def test_faces_at_the_border(
    finding: Checker, demo: Demo, cut: tuple[int, int, int, int], middle: tuple[float, float]
) -> None:
    top, bottom, left, right = cut
    photo = demo["none"][top:bottom, left:right]
    (verdict,) = finding.check(photo)
    assert is_at(verdict.face, np.array(middle), 90)
    see_inside((verdict.face,), photo)


def test_a_narrow_face_as_in_a_half_profile(finder: FaceDetector, demo: Demo) -> None:
    narrow = np.asarray(
        cv2.resize(demo["none"], (147, 220), interpolation=cv2.INTER_AREA), np.uint8
    )
    (face,) = finder.find(narrow)
    assert is_at(face, MIDDLE * [0.7, 1], 70)


def test_a_face_upside_down_beside_one_that_stands_upright(finding: Checker, demo: Demo) -> None:
    upright, turned = demo["none"], np.ascontiguousarray(demo["nose_and_mouth"][::-1, ::-1])
    photo = np.hstack([upright, turned])
    first, other = (verdict.face for verdict in finding.check(photo))
    assert is_at(first, MIDDLE, 100)
    assert (first.turn, other.turn) == (0, 2)
    see_inside((first, other), photo)


def test_where_nobody_is_nobody_is_found(finder: FaceDetector) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    brick = np.repeat(data.brick()[..., None], 3, axis=2)
    for photo in (noise, np.full((200, 300, 3), 200, np.uint8), brick, data.coffee()):
        assert finder.find(photo) == ()


def test_engines_see_the_same_faces(finding: Checker, demo: Demo) -> None:
    other = Checker(engine="openvino").check(demo["nose"])
    assert [v.face.box for v in other] == [v.face.box for v in finding.check(demo["nose"])]


def test_a_face_that_is_larger_than_the_smallest_that_is_asked_for_is_found() -> None:
    finder, photo = FaceDetector(), demo_photos()["nose"]
    (face,) = finder.find(photo)
    side = min(face.box[2:])
    for smallest in (0.9 * side, 0.95 * side, side - 0.5):
        assert [one.box for one in finder.find(photo, min_face=smallest)] == [face.box]
    assert finder.find(photo, min_face=side + 0.5) == ()
