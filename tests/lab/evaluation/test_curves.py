"""Charts by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from glassmask.lab.evaluation.curves import confusion, roc
from glassmask.lab.evaluation.slices import SLICES, rows_by_slice
from glassmask.lab.metrics.calibration import calibration_error, reliability
from glassmask.labels import Uncovered, Wear
from labelled import labelled

BARE = labelled(dataset="faces", source="demo", face_px=40, gender="F", age="26", ethnicity="Asian")
NOSE = replace(
    BARE, wear=Wear.INCORRECT, uncovered=Uncovered.NOSE, face_px=120, age="", gender="male"
)
GOOD = replace(BARE, wear=Wear.CORRECT, source="other", age="70", ethnicity="")
RECORDS = [BARE, NOSE, GOOD, GOOD]
PROBABILITIES = np.array(
    [
        [0.92, 0.08, 0.0, 0.0, 0.0],  # right
        [0.1, 0.1, 0.3, 0.25, 0.25],  # right: 0.8 in sum
        [0.75, 0.25, 0.0, 0.0, 0.0],  # wrong
        [0.01, 0.99, 0.0, 0.0, 0.0],  # right
    ]
)


def test_reliability_and_the_error_that_it_shows() -> None:
    bins = reliability(PROBABILITIES, RECORDS)
    assert [(b.low, b.count, b.right) for b in bins] == [(0.7, 1, 0), (0.8, 1, 1), (0.9, 2, 1)]
    assert bins[2].confidence == pytest.approx((0.92 + 0.99) / 2)
    error = (0.75 + 0.2 + 2 * (1 - 0.955)) / 4
    assert calibration_error(PROBABILITIES, RECORDS) == pytest.approx(error)


def test_confusion() -> None:
    table = confusion(PROBABILITIES, RECORDS)
    order = {wear: row for row, wear in enumerate(Wear)}
    assert table.sum() == 4
    assert table[order[Wear.CORRECT], order[Wear.NONE]] == 1
    assert np.trace(table) == 3


def test_roc() -> None:
    curves = roc(PROBABILITIES, RECORDS)
    assert set(curves) == set(Wear)
    assert curves[Wear.INCORRECT].area == 1
    assert curves[Wear.NONE].area == 1  # 0.92 is above 0.75
    assert curves[Wear.CORRECT].area == 1
    assert roc(PROBABILITIES[:1], RECORDS[:1]) == {}


def test_roc_by_hand() -> None:
    """Of two correct and two bare faces three of the four pairs stand in the right order."""
    chances = np.zeros((4, 5))
    chances[:, 1] = [0.3, 0.8, 0.6, 0.1]
    chances[:, 0] = 1 - chances[:, 1]
    curves = roc(chances, [GOOD, GOOD, BARE, BARE])
    assert curves[Wear.CORRECT].area == pytest.approx(0.75)
    assert curves[Wear.NONE].area == pytest.approx(0.75)


def test_slices() -> None:
    assert rows_by_slice(RECORDS, "source") == {"demo": [0, 1], "other": [2, 3]}
    assert rows_by_slice(RECORDS, "face size") == {"32 to 48 px": [0, 2, 3], "96 px and more": [1]}
    assert rows_by_slice(RECORDS, "gender") == {"F": [0, 2, 3], "M": [1]}
    assert rows_by_slice(RECORDS, "age") == {"18 to 39": [0], "60 and more": [2, 3]}
    assert rows_by_slice(RECORDS, "ethnicity") == {"asian": [0, 1]}
    assert list(SLICES)[:2] == ["dataset", "source"]
    young = [replace(BARE, age=age, face_px=px) for age, px in (("70", 20), ("7", 100), ("30", 60))]
    assert list(rows_by_slice(young, "age")) == ["under 18", "18 to 39", "60 and more"]
    sizes = ["under 32 px", "48 to 96 px", "96 px and more"]
    assert list(rows_by_slice(young, "face size")) == sizes
