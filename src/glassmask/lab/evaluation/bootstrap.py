"""Intervals by resampling groups: faces of one person or photo are not independent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glassmask.lab.classes import fold_wears
from glassmask.lab.datasets import FaceRecord
from glassmask.lab.datasets.records import wear_positions
from glassmask.labels import WEARS, Wear

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Intervals:
    """95 % percentile intervals.

    Attributes:
        balanced: of the balanced accuracy, the mean recall of the wears that occur.
        by_wear: of the recall of each wear that occurs.
    """

    balanced: Interval
    by_wear: dict[Wear, Interval]


def bootstrap(
    records: Sequence[FaceRecord], probabilities: NDArray[np.floating], rounds: int = 1000
) -> Intervals:
    """Draw groups with replacement, `rounds` times (Efron 1979), with a fixed seed.

    Args:
        records: N labelled faces, N > 0. A resample that misses a wear doesn't count for it.
        probabilities: (N, 5).
        rounds: how many resamples.
    """
    groups = np.unique([r.group for r in records], return_inverse=True)[1]
    wears = wear_positions(records)
    right = fold_wears(probabilities).argmax(axis=1) == wears
    present = np.unique(wears)
    hits = np.zeros((groups.max() + 1, len(WEARS)))
    counts = np.zeros_like(hits)
    np.add.at(hits, (groups, wears), right)
    np.add.at(counts, (groups, wears), 1)
    rng = np.random.default_rng(0)
    drawn = rng.multinomial(len(hits), np.full(len(hits), 1 / len(hits)), size=rounds)
    with np.errstate(invalid="ignore"):
        recalls = ((drawn @ hits) / (drawn @ counts))[:, present]  # (rounds, wears)
    low, high = np.nanpercentile(recalls, [2.5, 97.5], axis=0)
    ends = np.nanpercentile(recalls.mean(axis=1), [2.5, 97.5])
    return Intervals(
        (float(ends[0]), float(ends[1])),
        {WEARS[w]: (float(a), float(b)) for w, a, b in zip(present, low, high, strict=True)},
    )
