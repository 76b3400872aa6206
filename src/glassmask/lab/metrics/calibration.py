"""Make probabilities mean what they say: temperature scaling, and the error that it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from glassmask.lab.classes import class_probabilities, fold_wears
from glassmask.lab.datasets import FaceRecord
from glassmask.lab.datasets.records import wear_positions
from glassmask.labels import WEARS

TEMPERATURES: Final = (0.02, 50.0)
"""The least and the greatest that are tried."""


def fit_temperature(scores: NDArray[np.floating], records: Sequence[FaceRecord]) -> float:
    """The temperature with the least `balanced_loss` (Guo et al. 2017).

    Args:
        scores: as `class_probabilities` takes them, of N faces.
        records: N labelled faces, of a split that was not trained on.
    """
    wears = wear_positions(records)

    def loss(log_temperature: float) -> float:
        return balanced_loss(class_probabilities(scores, float(np.exp(log_temperature))), wears)

    found = minimize_scalar(loss, bounds=np.log(TEMPERATURES), method="bounded")
    return float(np.exp(found.x))


def balanced_loss(probabilities: NDArray[np.floating], wears: NDArray[np.int64]) -> float:
    """The mean negative log likelihood of the wears.

    Each wear weighs alike, however many faces it has: at a door, incorrect is not rarer than in
    a dataset, it is only not known how rare.

    Args:
        probabilities: (N, 5).
        wears: (N,), the true ones, positions in `WEARS`.
    """
    weights = 1.0 / np.maximum(np.bincount(wears, minlength=len(WEARS)), 1)[wears]
    chosen = fold_wears(probabilities)[np.arange(len(wears)), wears]
    return float(-(weights * np.log(np.maximum(chosen, 1e-12))).sum() / weights.sum())


@dataclass(frozen=True, slots=True)
class Bin:
    """Faces whose largest folded probability lies in a bin.

    Attributes:
        low: the bin's lower bound.
        count: how many faces.
        confidence: the mean of their largest probability.
        right: the share of them that is right.
    """

    low: float
    count: int
    confidence: float
    right: float


def reliability(
    probabilities: NDArray[np.floating], records: Sequence[FaceRecord], bins: int = 10
) -> tuple[Bin, ...]:
    """Equal-width bins of the largest folded probability, those that hold faces.

    Args:
        probabilities: (N, 5).
        records: N labelled faces.
        bins: how many bins [0, 1] is cut into.
    """
    folded = fold_wears(probabilities)
    top = folded.max(axis=1)
    right = folded.argmax(axis=1) == wear_positions(records)
    numbers = np.minimum((top * bins).astype(int), bins - 1)
    return tuple(
        Bin(
            low=number / bins,
            count=int((numbers == number).sum()),
            confidence=float(top[numbers == number].mean()),
            right=float(right[numbers == number].mean()),
        )
        for number in range(bins)
        if (numbers == number).any()
    )


def calibration_error(
    probabilities: NDArray[np.floating], records: Sequence[FaceRecord], bins: int = 10
) -> float:
    """Expected calibration error of the largest folded probability, equal-width bins."""
    parts = reliability(probabilities, records, bins)
    return sum(abs(p.right - p.confidence) * p.count for p in parts) / max(1, len(records))
