"""Figures of a classifier, with the doubt that their number of pictures leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from glassmask.lab.classes import fold_wears
from glassmask.lab.datasets import FaceRecord, Reason, require_measurable
from glassmask.labels import WEARS, Uncovered, Wear

MIN_FACE_PX = 48.0
"""Real faces smaller than this, before the dataset reduced them, are not in the main figures."""


@dataclass(frozen=True, slots=True)
class Proportion:
    """Hits out of a count, with the 95 % Wilson score interval (Wilson 1927)."""

    hits: int
    count: int

    @property
    def value(self) -> float:
        """Hits / count; NaN for a count of 0."""
        return self.hits / self.count if self.count else float("nan")

    def interval(self, z: float = 1.959964) -> tuple[float, float]:
        """Lower and upper bound in [0, 1]."""
        if not self.count:
            return 0.0, 1.0
        n, p = self.count, self.value
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, middle - half), min(1.0, middle + half)

    def __str__(self) -> str:
        low, high = self.interval()
        return f"{self.value:.3f} [{low:.3f}, {high:.3f}] ({self.hits}/{self.count})"


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Three-class accuracy.

    Attributes:
        overall: right wears of all.
        by_wear: recall of each wear that occurs.
        by_reason: of the incorrect faces with this reason, how many are called incorrect,
            whatever the reason named.
        reason: of the incorrect faces with a known part that are called incorrect, how many
            have that part named.
    """

    overall: Proportion
    by_wear: dict[Wear, Proportion]
    by_reason: dict[Reason, Proportion]
    reason: Proportion

    @property
    def balanced(self) -> float:
        """Mean recall of the wears that occur."""
        return float(np.mean([recall.value for recall in self.by_wear.values()]))


def is_counted(record: FaceRecord) -> bool:
    """Whether a real face counts: large enough, its label certain, and it may be measured on."""
    return record.face_px >= MIN_FACE_PX and record.certain and record.is_measurable


def certain_rows(records: Sequence[FaceRecord]) -> list[int]:
    """The rows that figures of classes are made of: those whose label is certain.

    Of a wear none of whose labels is certain, as in a dataset that says nothing of it, all count.
    """
    sure = {record.wear for record in records if record.certain}
    return [row for row, r in enumerate(records) if r.certain or r.wear not in sure]


def accuracy(records: Sequence[FaceRecord], probabilities: NDArray[np.floating]) -> Accuracy:
    """Compare class probabilities (N, 5) with the labels of N records.

    Raises:
        DatasetError: some of the faces were picked, see `require_measurable`.
    """
    require_measurable(records)
    called = [WEARS[i] for i in fold_wears(probabilities).argmax(axis=1)]
    right = np.array([wear is r.wear for wear, r in zip(called, records, strict=True)])
    reasons = [
        list(Uncovered)[i]
        for i in probabilities[:, 2:].argmax(axis=1)  # nose, chin, nose_and_mouth
    ]
    named = [
        reason is r.uncovered
        for reason, wear, r in zip(reasons, called, records, strict=True)
        if r.uncovered is not None and wear is Wear.INCORRECT
    ]
    wears = [r.wear for r in records]
    why = [r.reason for r in records]
    return Accuracy(
        overall=Proportion(int(right.sum()), len(records)),
        by_wear={w: _recall(right, [x is w for x in wears]) for w in WEARS if w in wears},
        by_reason={p: _recall(right, [x is p for x in why]) for p in Reason if p in why},
        reason=Proportion(sum(named), len(named)),
    )


def _recall(right: NDArray[np.bool_], of: Sequence[bool]) -> Proportion:
    return Proportion(int(right[np.array(of)].sum()), int(np.sum(of)))
