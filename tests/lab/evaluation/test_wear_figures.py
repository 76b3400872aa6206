"""The figures of a wear network, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from glassmask.lab.classes import CLASSES, answer_probabilities
from glassmask.lab.datasets import FaceRecord
from glassmask.lab.evaluation.bootstrap import bootstrap
from glassmask.lab.evaluation.wear_figures import wear_figures
from glassmask.lab.metrics.calibration import calibration_error
from glassmask.labels import Uncovered, Wear
from labelled import labelled

LABELS = (
    *("none", "none", "none", "correct", "correct", "nose", "nose", "nose_and_mouth"),
    *("elsewhere", "incorrect"),
)
CALLED = (
    *("none", "none", "nose", "correct", "correct", "nose", "chin", "none"),
    *("nose", "correct"),
)


def faces() -> list[FaceRecord]:
    """Ten faces; the two noses are one person, as are the first two bare faces."""
    found = []
    for number, name in enumerate(LABELS):
        wear = Wear(name) if name in tuple(Wear) else Wear.INCORRECT
        part = Uncovered(name) if name in tuple(Uncovered) else None
        group = {1: "0", 6: "5"}.get(number, str(number))
        found.append(
            labelled(wear, uncovered=part, elsewhere=name == "elsewhere", group=group, clear=True)
        )
    return found


CHANCES = 0.05 + 0.75 * np.eye(5)[[CLASSES.index(name) for name in CALLED]]
ANSWERS = answer_probabilities(np.log(CHANCES), 1.0)


def counts(figure: dict[str, object]) -> tuple[object, object]:
    return figure["hits"], figure["count"]


def test_the_three_wears_and_the_reasons() -> None:
    figures = wear_figures(faces(), CHANCES, ANSWERS)
    assert (figures["faces"], figures["groups"]) == (10, 8)
    assert figures["labels"] == {
        "correct": 2,
        "elsewhere": 1,
        "incorrect": 1,
        "none": 3,
        "nose": 2,
        "nose_and_mouth": 1,
    }
    assert {k: counts(v) for k, v in figures["recall"].items()} == {
        "correct": (2, 2),
        "incorrect": (3, 5),
        "none": (2, 3),
    }
    assert figures["balanced_accuracy"]["value"] == round((1 + 3 / 5 + 2 / 3) / 3, 4)
    assert {k: counts(v) for k, v in figures["incorrect_by_reason"].items()} == {
        "nose": (2, 2),
        "chin": (0, 0),
        "nose_and_mouth": (0, 1),
        "elsewhere": (1, 1),
        "unknown": (0, 1),
    }
    assert figures["incorrect_by_reason"]["chin"]["value"] is None
    assert counts(figures["uncovered_named"]) == (1, 2)  # one nose is called chin
    assert counts(figures["called_incorrect"]["none"]) == (1, 3)
    assert counts(figures["called_incorrect"]["correct"]) == (0, 2)
    assert figures["confusion"]["incorrect"] == {"correct": 1, "incorrect": 3, "none": 1}


def test_intervals_and_calibration_are_those_of_the_other_modules() -> None:
    figures, intervals = wear_figures(faces(), CHANCES, ANSWERS), bootstrap(faces(), CHANCES)
    assert figures["balanced_accuracy"]["interval"] == [round(end, 4) for end in intervals.balanced]
    for wear, ends in intervals.by_wear.items():
        assert figures["recall"][wear]["interval"] == [round(end, 4) for end in ends]
    error = calibration_error(CHANCES, faces())
    assert figures["calibration_error"]["value"] == round(error, 4)


def test_a_question_is_asked_of_faces_whose_label_answers_it() -> None:
    """Chances are 0.8 for what is called and 0.05 for each other class."""
    asked = wear_figures(faces(), CHANCES, ANSWERS)["questions"]
    told = {name: (counts(part["yes"]), counts(part["no"])) for name, part in asked.items()}
    assert told == {
        "mask": ((6, 7), (2, 3)),
        # yes: three bare, two noses, one nose and mouth; the nose called chin is missed.
        "nose": ((5, 6), (2, 2)),
        # yes: three bare, one nose and mouth, one elsewhere; called nose, two of them are missed.
        "mouth": ((3, 5), (4, 4)),
        # yes: three bare, one elsewhere; no: two correct, two noses.
        "chin": ((2, 4), (3, 4)),
    }
    assert asked["chin"]["balanced_accuracy"]["value"] == round((2 / 4 + 3 / 4) / 2, 4)


def test_the_least_sure_twentieth_is_left_open() -> None:
    """Of twenty faces of two wears one is wrong and least sure."""
    records = [labelled((Wear.NONE, Wear.CORRECT)[k % 2], group=str(k)) for k in range(20)]
    chances = 0.05 + 0.75 * np.eye(5)[[k % 2 for k in range(20)]]
    chances[0] = [0.4, 0.45, 0.05, 0.05, 0.05]
    figures = wear_figures(records, chances, answer_probabilities(np.log(chances), 1.0))
    assert figures["balanced_accuracy"]["value"] == pytest.approx(0.95)
    assert figures["answered"]["faces"] == 19
    assert figures["answered"]["balanced_accuracy"]["value"] == 1.0
