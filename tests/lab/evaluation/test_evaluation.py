from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from glassmask.lab.classes import CLASSES, class_probabilities
from glassmask.lab.datasets import FaceRecord, Reason
from glassmask.lab.evaluation.slices import age_of
from glassmask.lab.judging.framing import framed, whole_crop
from glassmask.lab.metrics.accuracy import Proportion, accuracy, certain_rows, is_counted
from glassmask.lab.metrics.calibration import (
    calibration_error,
    fit_temperature,
)
from glassmask.labels import Uncovered, Wear
from labelled import labelled

pytestmark = pytest.mark.heavy


def face(name: str, certain: bool = True, face_px: float = 100, **fields: Any) -> FaceRecord:
    wear = Wear(name) if name in ("none", "correct") else Wear.INCORRECT
    fields = {"split": "val", "certain": certain, "face_px": face_px, **fields}
    if name in tuple(Uncovered):
        fields["uncovered"] = Uncovered(name)
    return labelled(wear, elsewhere=name == "elsewhere", **fields)


def test_wilson_interval() -> None:
    """10 of 10 and 1 of 10, by the formula of Wilson (1927) worked by hand."""
    low, high = Proportion(10, 10).interval()
    assert (round(low, 4), round(high, 4)) == (0.7225, 1.0)
    low, high = Proportion(1, 10).interval()
    assert (round(low, 4), round(high, 4)) == (0.0179, 0.4042)
    assert Proportion(0, 0).interval() == (0.0, 1.0)
    assert math.isnan(Proportion(0, 0).value)


def test_accuracy_by_hand() -> None:
    records = [face(n) for n in ("none", "none", "correct", "nose", "nose", "chin")]
    called = ("none", "correct", "correct", "nose", "chin", "none")
    probabilities = np.array([np.eye(5)[CLASSES.index(n)] for n in called])
    found = accuracy(records, probabilities)
    assert found.overall == Proportion(4, 6)
    assert found.by_wear == {
        Wear.CORRECT: Proportion(1, 1),
        Wear.INCORRECT: Proportion(2, 3),
        Wear.NONE: Proportion(1, 2),
    }
    assert found.by_reason == {
        Reason.NOSE: Proportion(2, 2),
        Reason.CHIN: Proportion(0, 1),
    }
    assert found.reason == Proportion(1, 2)  # one nose was called chin
    assert found.balanced == pytest.approx((1 + 2 / 3 + 1 / 2) / 3)


def test_every_reason_has_its_recall_and_only_named_parts_can_be_named_rightly() -> None:
    records = [face(n) for n in ("elsewhere", "elsewhere", "incorrect", "nose_and_mouth")]
    found = accuracy(
        records, np.eye(5)[[CLASSES.index(n) for n in ("nose", "none", "chin", "nose")]]
    )
    assert found.by_reason == {
        Reason.NOSE_AND_MOUTH: Proportion(1, 1),
        Reason.ELSEWHERE: Proportion(1, 2),
        Reason.UNKNOWN: Proportion(1, 1),
    }
    assert found.reason == Proportion(0, 1)


def test_figures_of_a_class_are_of_its_certain_rows_if_it_has_some() -> None:
    faces = [
        face("none"),
        face("none", certain=False),
        face("nose", certain=False),
        face("incorrect", certain=False),
        face("correct"),
    ]
    assert certain_rows(faces) == [0, 2, 3, 4]
    assert certain_rows([*faces, face("chin")]) == [0, 4, 5]


def test_who_is_judged() -> None:
    assert is_counted(face("nose"))
    assert not is_counted(face("nose", certain=False))
    assert not is_counted(face("correct", certain=False))
    assert not is_counted(face("correct", face_px=47))
    assert not is_counted(face("correct", picked=True))


def test_temperature_finds_the_one_that_made_the_labels() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(30_000, 5)) * 2
    drawn = [CLASSES[rng.choice(5, p=p)] for p in class_probabilities(logits, 1.7)]
    found = fit_temperature(logits, [face(name) for name in drawn])
    assert found == pytest.approx(1.7, abs=0.12)


def test_calibration_error_by_hand() -> None:
    rows = np.array([[0.9, 0.1, 0, 0, 0]] * 10)
    records = [face("none")] * 7 + [face("correct")] * 3
    assert calibration_error(rows, records) == pytest.approx(0.2)


def test_framings_cut_around_the_face_and_inside_the_picture() -> None:
    photo = np.arange(100 * 80 * 3, dtype=np.uint32).reshape(100, 80, 3).astype(np.uint8)
    box = (30.0, 40.0, 20.0, 24.0)
    np.testing.assert_array_equal(framed(photo, box, "tight"), photo[40:64, 28:52])
    assert framed(photo, box, "medium").shape == (36, 36, 3)
    assert framed(photo, box, "portrait").shape == (48, 36, 3)
    assert framed(photo, box, "loose").shape == (72, 72, 3)
    assert framed(photo, (70.0, 90.0, 20.0, 24.0), "medium").shape == (16, 18, 3)
    assert framed(photo, box, "as given") is photo


def test_a_whole_crop_keeps_the_aspect() -> None:
    photo = np.zeros((40, 80, 3), np.uint8)
    photo[:, 30:50] = 255  # 20 wide, 40 high in a square of 80
    seen = whole_crop(photo, 80)[40, :, 0]
    assert (seen > 127).sum() == 20


@pytest.mark.parametrize(
    ("age", "group"),
    [
        ("17", "under 18"),
        ("18", "18 to 39"),
        ("60", "60 and more"),
        ("nan", ""),
        ("-1", ""),
        ("", ""),
    ],
)
def test_the_group_of_an_age(age: str, group: str) -> None:
    class Person:
        def __init__(self, age: str) -> None:
            self.age = age

    assert age_of(Person(age)) == group  # type: ignore[arg-type]
