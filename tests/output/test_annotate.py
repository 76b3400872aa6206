from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from glassmask import Checker, UnsureReason, Verdict, Wear
from glassmask.output.annotate import COLOURS, UNSURE_COLOUR, annotate, make_marks
from glassmask.output.wording import label

Demo = dict[str, NDArray[np.uint8]]


@pytest.fixture(scope="module")
def row(demo: Demo) -> NDArray[np.uint8]:
    return np.hstack([demo["nose"], demo["none"]])


@pytest.fixture(scope="module")
def verdicts(faces: Any, row: NDArray[np.uint8]) -> tuple[Verdict, ...]:
    boxes = [(50.0, 48.0, 104.0, 128.0), (260.0, 48.0, 104.0, 128.0)]
    finder = faces.fixed("marks", boxes, row.shape[:2])
    return (
        Checker(engine="onnxruntime", finder=finder, landmarks=faces.landmarks).check(row).verdicts
    )


def test_several_are_numbered_one_is_not(verdicts: tuple[Verdict, ...], found_box: Any) -> None:
    first, second = make_marks(verdicts, 0.5)
    np.testing.assert_allclose(first.box, np.array(found_box((50, 48, 104, 128))) / 2, atol=0.2)
    assert (first.colour, second.colour) == (COLOURS[Wear.INCORRECT], COLOURS[Wear.NONE])
    assert first.texts == (f"1: {label(verdicts[0])}", "1: nose bare", "1")
    (alone,) = make_marks(verdicts[1:])
    assert alone.texts == (label(verdicts[1]), "no mask")


def test_an_unsure_face_is_grey(faces: Any) -> None:
    checker = Checker(engine="onnxruntime", finder=faces.patches, landmarks=faces.landmarks)
    photo = np.full((320, 320, 3), 90, np.uint8)
    photo[32:64, 32:64] = (255, 0, 4)
    verdicts = checker.check(photo).verdicts
    assert [v.unsure_reason for v in verdicts] == [UnsureReason.SMALL]
    assert make_marks(verdicts)[0].colour == UNSURE_COLOUR


def test_every_face_has_its_heat_and_its_box(
    row: NDArray[np.uint8], verdicts: tuple[Verdict, ...]
) -> None:
    drawn = annotate(row, verdicts)
    assert drawn.shape == row.shape
    for verdict in verdicts:
        x, y, w, h = map(round, verdict.face.box)
        inside = (slice(y + 20, y + h - 5), slice(x + 5, x + w - 5))
        assert (drawn[inside] != row[inside]).any(axis=2).mean() > 0.3
    np.testing.assert_array_equal(annotate(row, ()), row)
