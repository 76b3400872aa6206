"""What a network's own doubt is worth: calibration, faces left open, sets that hold the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.lab.classes import fold_wears
from glassmask.lab.datasets import FaceRecord
from glassmask.lab.datasets.records import wear_positions
from glassmask.lab.metrics.accuracy import Proportion, accuracy
from glassmask.lab.metrics.calibration import calibration_error
from glassmask.lab.metrics.conformal import estimate_coverage, true_probabilities
from glassmask.labels import WEARS, Wear
from glassmask.verdict import prediction_set

LEFT_OPEN: Final = 0.05
"""The share of faces that a network may leave open in the figure with abstention."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Figures of a network's doubt.

    Attributes:
        calibration_error: expected calibration error, in [0, 1].
        sure: how many faces reach the confidence with one wear alone.
        right_when_sure: how many of those are right.
        balanced_with_abstention: balanced accuracy of the faces that stay when the `LEFT_OPEN`
            least sure are left open.
        sets_hold_truth: how many prediction sets hold the true wear.
        truth_reaches_confidence: how often the true wear reaches the confidence by itself, which
            is what the confidence promises where it is one half or more.
        coverage: the same by thresholds chosen on half of the groups for the other half: mean
            and standard deviation over 200 draws.
        mask_or_none: balanced accuracy of telling a mask worn correctly from none, where any mask
            counts; NaN where there are neither.
    """

    calibration_error: float
    sure: Proportion
    right_when_sure: Proportion
    balanced_with_abstention: float
    sets_hold_truth: Proportion
    truth_reaches_confidence: Proportion
    coverage: tuple[float, float]
    mask_or_none: float


def doubt(
    records: Sequence[FaceRecord], probabilities: NDArray[np.float64], confidence: float
) -> Doubt:
    """Measure the doubt of class probabilities (N, 5) of N labelled faces by a confidence."""
    wears = fold_wears(probabilities)  # (N, 3)
    top = wears.max(axis=1)
    sure = top >= confidence
    right = wears.argmax(axis=1) == wear_positions(records)
    kept = np.flatnonzero(top >= np.quantile(top, LEFT_OPEN)).tolist()
    true = true_probabilities(probabilities, records)
    held = estimate_coverage(true, [record.group for record in records])
    sets = sum(
        record.wear in prediction_set(own, confidence)
        for record, own in zip(records, wears, strict=True)
    )
    return Doubt(
        calibration_error=calibration_error(probabilities, records),
        sure=Proportion(int(sure.sum()), len(sure)),
        right_when_sure=Proportion(int(right[sure].sum()), int(sure.sum())),
        balanced_with_abstention=accuracy([records[k] for k in kept], probabilities[kept]).balanced,
        sets_hold_truth=Proportion(sets, len(true)),
        truth_reaches_confidence=Proportion(int((true >= confidence).sum()), len(true)),
        coverage=(float(held.mean()), float(held.std())),
        mask_or_none=_mask_or_none(records, wears),
    )


def _mask_or_none(records: Sequence[FaceRecord], wears: NDArray[np.float64]) -> float:
    positions = wear_positions(records)
    masked = wears.argmax(axis=1) != WEARS.index(Wear.NONE)
    worn = masked[positions == WEARS.index(Wear.CORRECT)]
    bare = ~masked[positions == WEARS.index(Wear.NONE)]
    shares = [float(hits.mean()) for hits in (worn, bare) if len(hits)]
    return float(np.mean(shares)) if shares else float("nan")
