from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from glassmask.combinations import answer_probabilities
from glassmask.faces.crop import Square, crop
from glassmask.lab.classes import CLASS_ANSWERS, CLASSES, class_probabilities, decide
from glassmask.labels import Part, Wear
from glassmask.verdict import Reply, UnsureReason, detail, prediction_set, replies, unsure_reason

SURE = (Wear.CORRECT,)


def test_softmax_by_hand() -> None:
    got = class_probabilities(np.log([1.0, 2.0, 3.0, 4.0, 10.0]), 1.0)
    np.testing.assert_allclose(got, [0.05, 0.1, 0.15, 0.2, 0.5])


def test_temperature_divides_logits() -> None:
    logits = np.array([0.0, 2.0, -1.0, 3.0, 0.5])
    np.testing.assert_allclose(
        class_probabilities(logits, 2.0), class_probabilities(logits / 2, 1.0)
    )


def test_huge_logits_do_not_overflow() -> None:
    np.testing.assert_allclose(class_probabilities(np.array([1e4, 0, 0, 0, 0]), 1.0)[0], 1.0)


@pytest.mark.parametrize(
    ("probabilities", "wanted"),
    [
        ([0.6, 0.1, 0.1, 0.1, 0.1], "none"),
        ([0.1, 0.6, 0.1, 0.1, 0.1], "correct"),
        ([0.1, 0.4, 0.2, 0.05, 0.25], "nose_and_mouth"),  # by the sum of the incorrect ones
        ([0.0, 0.3, 0.2, 0.5, 0.0], "chin"),
    ],
)
def test_decide(probabilities: list[float], wanted: str) -> None:
    assert decide(np.array(probabilities)) == wanted


def answers_of(probabilities: list[float]) -> NDArray[np.float64]:
    """The answers' of the five classes' probabilities."""
    return answer_probabilities(np.array(probabilities), CLASS_ANSWERS)


@pytest.mark.parametrize(
    ("class_name", "wanted"),
    [
        ("none", "no yes yes yes"),
        ("correct", "yes no no no"),
        ("nose", "yes yes no no"),
        ("chin", "yes no no yes"),
        ("nose_and_mouth", "yes yes yes no"),
    ],
)
def test_the_answers_of_a_class(class_name: str, wanted: str) -> None:
    classes = ["none", "correct", "nose", "chin", "nose_and_mouth"]
    decided = CLASS_ANSWERS[CLASSES.index(class_name)]
    chances = answers_of([0.9 if c == class_name else 0.025 for c in classes])
    assert [str(a) for a in replies(decided, chances).values()] == wanted.split()
    unseen = replies(decided, chances, {Part.MOUTH, Part.CHIN})
    assert [str(a) for a in unseen.values()] == [*wanted.split()[:2], "cant_see", "cant_see"]


def test_without_a_mask_what_is_not_uncovered_is_hidden_by_something_else() -> None:
    chances = answers_of([0.4, 0.35, 0.25, 0.0, 0.0])
    np.testing.assert_allclose(chances, [0.6, 0.65, 0.4, 0.4])
    said = list(replies(CLASS_ANSWERS[0], chances).values())
    assert said == [Reply.NO, Reply.YES, Reply.CANT_SEE, Reply.CANT_SEE]


@pytest.mark.parametrize(
    ("folded", "expected"),
    [
        ([0.95, 0.03, 0.02], (Wear.CORRECT,)),
        ([0.90, 0.06, 0.04], (Wear.CORRECT,)),  # just reaches it
        ([0.06, 0.85, 0.09], (Wear.INCORRECT, Wear.NONE)),
        ([0.30, 0.36, 0.34], (Wear.INCORRECT, Wear.NONE, Wear.CORRECT)),
    ],
)
def test_prediction_set(folded: list[float], expected: tuple[Wear, ...]) -> None:
    assert prediction_set(np.array(folded), 0.9) == expected


def test_prediction_set_of_everything() -> None:
    assert len(prediction_set(np.array([0.2, 0.5, 0.3]), 1.0)) == 3


@pytest.fixture
def face(demo: dict[str, NDArray[np.uint8]]) -> NDArray[np.uint8]:
    return crop(demo["correct"], Square(0, 0, 210), 160)


def test_a_plain_photo_is_sure(face: NDArray[np.uint8]) -> None:
    assert unsure_reason(face, 200, SURE) is None


def test_each_reason(face: NDArray[np.uint8]) -> None:
    assert unsure_reason(face, 20, SURE) is UnsureReason.SMALL
    assert unsure_reason((face * 0.04).astype(np.uint8), 200, SURE) is UnsureReason.DARK
    blurred = np.asarray(cv2.GaussianBlur(face, (0, 0), 12), np.uint8)
    assert unsure_reason(blurred, 200, SURE) is UnsureReason.BLURRED
    assert unsure_reason(face, 200, (Wear.CORRECT, Wear.NONE)) is UnsureReason.AMBIGUOUS


def test_what_lies_outside_the_photo_can_not_be_judged(face: NDArray[np.uint8]) -> None:
    assert unsure_reason(face, 200, SURE, {Part.CHIN}) is UnsureReason.CUT
    assert unsure_reason(face, 200, (Wear.CORRECT, Wear.NONE), {Part.CHIN}) is UnsureReason.CUT
    assert unsure_reason(face, 20, SURE, {Part.CHIN}) is UnsureReason.SMALL
    assert unsure_reason(face, 200, SURE, {Part.CHIN}, lost=True) is UnsureReason.TURNED
    assert unsure_reason(face, 200, SURE, set()) is None


def test_a_crop_without_contrast_has_no_detail() -> None:
    flat = np.full((160, 160, 3), 128, np.uint8)
    assert detail(flat[..., 0].astype(float)) == 0
    assert unsure_reason(flat, 200, SURE) is UnsureReason.BLURRED


def test_detail_is_that_of_the_picture_however_large_its_crop(face: NDArray[np.uint8]) -> None:
    """Enlarged by half as much again, the same picture is about as blurred as it was."""
    luma = np.array([0.299, 0.587, 0.114])
    for sigma in (2.0, 4.0):
        blurred = np.asarray(cv2.GaussianBlur(face, (0, 0), sigma), np.uint8)
        large = np.asarray(cv2.resize(blurred, (240, 240), interpolation=cv2.INTER_LINEAR))
        assert detail(large @ luma) == pytest.approx(detail(blurred @ luma), rel=0.1)


def test_the_photos_own_faults_come_before_the_networks_doubt(face: NDArray[np.uint8]) -> None:
    doubtful = (Wear.CORRECT, Wear.NONE)
    dark = (face * 0.04).astype(np.uint8)
    blurred = np.asarray(cv2.GaussianBlur(face, (0, 0), 12), np.uint8)
    assert unsure_reason(face, 20, doubtful) is UnsureReason.SMALL
    assert unsure_reason(dark, 200, doubtful) is UnsureReason.DARK
    assert unsure_reason(blurred, 200, doubtful) is UnsureReason.BLURRED
    assert unsure_reason(dark, 20, doubtful) is UnsureReason.SMALL


def test_the_limits(face: NDArray[np.uint8]) -> None:
    assert unsure_reason(face, 31.9, SURE) is UnsureReason.SMALL
    assert unsure_reason(face, 32.0, SURE) is None
    noise = np.random.default_rng(0).integers(0, 2, (160, 160, 3), np.uint8)
    assert unsure_reason(noise + np.uint8(30), 200, SURE) is UnsureReason.DARK  # 31 at most
    assert unsure_reason(noise + np.uint8(32), 200, SURE) is None
    sigmas = np.arange(0.5, 12, 0.25)
    blurred = [np.asarray(cv2.GaussianBlur(face, (0, 0), sigma), np.uint8) for sigma in sigmas]
    luma = np.array([0.299, 0.587, 0.114])
    details = np.array([detail(crop @ luma) for crop in blurred])
    told = [unsure_reason(crop, 200, SURE) is UnsureReason.BLURRED for crop in blurred]
    assert told == (details < 0.024).tolist()
    assert 0 < sum(told) < len(told)
