"""What charts of probabilities show: confusion, and the trade of hits against false alarms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score, roc_curve

from glassmask.lab.classes import fold_wears
from glassmask.lab.datasets import FaceRecord, require_measurable
from glassmask.labels import WEARS, Wear


@dataclass(frozen=True, slots=True)
class Roc:
    """One wear against the others.

    Attributes:
        false: share of the other faces called this, (K,), rising.
        true: share of the faces of this wear called it, (K,).
        area: under the curve.
    """

    false: NDArray[np.float64]
    true: NDArray[np.float64]
    area: float


def roc(probabilities: NDArray[np.floating], records: Sequence[FaceRecord]) -> dict[Wear, Roc]:
    """The curve of each wear that occurs and is not the only one, of probabilities (N, 5).

    Raises:
        DatasetError: some of the faces were picked, see `require_measurable`.
    """
    require_measurable(records)
    folded = fold_wears(probabilities)
    curves = {}
    for number, wear in enumerate(WEARS):
        this = np.array([record.wear is wear for record in records])
        if this.any() and not this.all():
            false, true, _ = roc_curve(this, folded[:, number])
            curves[wear] = Roc(false, true, float(roc_auc_score(this, folded[:, number])))
    return curves


def confusion(
    probabilities: NDArray[np.floating], records: Sequence[FaceRecord]
) -> NDArray[np.int64]:
    """Faces by label (rows) and by what they are called (columns), in the order of `WEARS`.

    Raises:
        DatasetError: some of the faces were picked, see `require_measurable`.
    """
    require_measurable(records)
    counts = np.zeros((len(WEARS), len(WEARS)), np.int64)
    called = fold_wears(probabilities).argmax(axis=1)
    for record, column in zip(records, called, strict=True):
        counts[WEARS.index(record.wear), column] += 1
    return counts
