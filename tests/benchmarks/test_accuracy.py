"""Which faces count in the figures of the wear network, and the gaps between groups of people."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.accuracy import by_group, largest_gap
from benchmarks.wear_runs import accuracy_figures, counted_rows
from glassmask.lab.datasets import FaceRecord
from glassmask.lab.metrics.accuracy import Proportion
from glassmask.labels import Uncovered, Wear
from labelled import labelled

FACE = labelled(Wear.INCORRECT, uncovered=Uncovered.NOSE, path=Path("a.jpg"), face_px=60.0)


def test_small_doubtful_and_picked_faces_do_not_count() -> None:
    doubtful = replace(FACE, certain=False)
    small = replace(FACE, face_px=47.0)
    picked = replace(FACE, picked=True)
    assert counted_rows([doubtful, FACE, small, picked]) == [1]


def test_the_largest_gap_is_between_groups_of_one_kind_that_are_large_enough() -> None:
    def group(gender: str, age: str, right: int, count: int) -> None:
        for number in range(count):
            faces.append(replace(FACE, gender=gender, age=age))
            said.append(2 if number < right else 0)

    faces: list[FaceRecord] = []
    said: list[int] = []
    group("f", "25", 40, 40)
    group("m", "70", 36, 40)
    group("", "5", 0, 29)  # too few
    groups = by_group(faces, np.eye(5)[said])
    assert groups["gender"] == {"F": Proportion(40, 40), "M": Proportion(36, 40)}
    assert groups["age"]["under 18"] == Proportion(0, 29)
    assert largest_gap(groups) == pytest.approx(0.1)
    assert largest_gap({"gender": {}}) == 0


def test_figures_of_accuracy_have_counts_and_intervals() -> None:
    faces = [replace(FACE, group=f"g{k}") for k in range(4)]
    found = accuracy_figures(faces, np.eye(5)[[2, 2, 3, 0]])
    assert found["overall"]["hits"] == 3
    assert found["recall"]["incorrect"] == found["overall"]
    assert found["uncovered"]["nose"] == found["overall"]
    assert found["reason"]["hits"] == 2
    assert found["reason"]["count"] == 3
    assert found["balanced"]["value"] == pytest.approx(0.75)
