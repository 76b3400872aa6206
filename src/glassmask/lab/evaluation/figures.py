"""All figures of a network on labelled faces, split by split; `metrics.json` holds them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from glassmask.lab.classes import fold_wears
from glassmask.lab.datasets import FaceRecord, Traits
from glassmask.lab.datasets.records import wear_positions
from glassmask.lab.evaluation.bootstrap import Intervals, bootstrap
from glassmask.lab.evaluation.curves import Roc, confusion, roc
from glassmask.lab.evaluation.hardness import Hardness, hardness
from glassmask.lab.evaluation.predictions import Predictions
from glassmask.lab.evaluation.slices import SLICES, rows_by_slice
from glassmask.lab.metrics.accuracy import Accuracy, Proportion, accuracy
from glassmask.lab.metrics.calibration import Bin, calibration_error, reliability
from glassmask.labels import WEARS, Wear

MIN_SLICE: Final = 5
"""Parts of a slice with fewer faces get no figures."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far probabilities mean what they say.

    Attributes:
        bins: by the largest probability.
        error: expected calibration error, in [0, 1].
    """

    bins: tuple[Bin, ...]
    error: float

    @classmethod
    def measure(
        cls, probabilities: NDArray[np.float64], records: Sequence[FaceRecord]
    ) -> Calibration:
        """Of class probabilities (N, 5) and N labelled faces."""
        return cls(reliability(probabilities, records), calibration_error(probabilities, records))


@dataclass(frozen=True, slots=True, eq=False)
class SplitFigures:
    """The figures of one split.

    Attributes:
        faces: how many faces they are of.
        doubtful: how many faces are left out because their labels are doubtful.
        accuracy: three-class accuracy.
        intervals: of the balanced accuracy and the recalls, by drawing groups.
        confusion: int64 (3, 3), faces by label (rows) and by what they are called (columns), in
            the order of `WEARS`.
        roc: wear to its curve, where it occurs and is not the only one.
        before: calibration of the network's own probabilities.
        after: of those with the temperature chosen on `val`.
        slices: slice to part to its accuracy, for parts of `MIN_SLICE` faces or more.
        traits: how much harder each trait makes faces; None: no traits were given.
        names_reasons: whether the network says what is uncovered.
    """

    faces: int
    doubtful: int
    accuracy: Accuracy
    intervals: Intervals
    confusion: NDArray[np.int64]
    roc: Mapping[Wear, Roc]
    before: Calibration
    after: Calibration
    slices: Mapping[str, Mapping[str, Accuracy]]
    traits: tuple[Hardness, ...] | None
    names_reasons: bool

    def to_json(self) -> dict[str, Any]:
        """As `metrics.json` holds them."""
        fields: dict[str, Any] = {
            "faces": self.faces,
            "doubtful": self.doubtful,
            "accuracy": _proportion(self.accuracy.overall),
            "balanced_accuracy": {
                "value": round(self.accuracy.balanced, 4),
                "interval": [round(end, 4) for end in self.intervals.balanced],
            },
            "by_wear": _proportions(self.accuracy.by_wear),
            "by_reason": _proportions(self.accuracy.by_reason),
            "confusion": {
                str(wear): dict(zip(map(str, WEARS), row, strict=True))
                for wear, row in zip(WEARS, self.confusion.tolist(), strict=True)
            },
            "roc_area": {str(wear): round(curve.area, 4) for wear, curve in self.roc.items()},
            "calibration_error": {
                "before": round(self.before.error, 4),
                "after": round(self.after.error, 4),
            },
            "slices": {
                name: {
                    part: {
                        **_proportion(figures.overall),
                        "by_wear": _proportions(figures.by_wear),
                    }
                    for part, figures in parts.items()
                }
                for name, parts in self.slices.items()
            },
        }
        if self.names_reasons:
            fields["reason"] = _proportion(self.accuracy.reason)
        if self.traits is not None:
            fields["traits"] = {found.trait: _hardness(found) for found in self.traits}
        return fields


def measure_split(
    predictions: Predictions, split: str, traits: Traits | None = None
) -> SplitFigures:
    """Measure every figure of a split that occurs; with traits, how much harder each makes faces.

    Raises:
        DatasetError: some of the faces were picked, see `require_measurable`.
    """
    rows = predictions.rows(split)
    records = [predictions.records[row] for row in rows]
    raw, calibrated = predictions.raw[rows], predictions.calibrated[rows]
    wrong = fold_wears(calibrated).argmax(axis=1) != wear_positions(records)
    return SplitFigures(
        faces=len(records),
        doubtful=predictions.doubtful(split),
        accuracy=accuracy(records, calibrated),
        intervals=bootstrap(records, calibrated),
        confusion=confusion(calibrated, records),
        roc=roc(calibrated, records),
        before=Calibration.measure(raw, records),
        after=Calibration.measure(calibrated, records),
        slices={name: _slice(records, calibrated, name) for name in SLICES},
        traits=None if traits is None else tuple(hardness(records, wrong, traits)),
        names_reasons=predictions.names_reasons,
    )


def _slice(
    records: Sequence[FaceRecord], probabilities: NDArray[np.float64], name: str
) -> dict[str, Accuracy]:
    return {
        part: accuracy([records[row] for row in rows], probabilities[rows])
        for part, rows in rows_by_slice(records, name).items()
        if len(rows) >= MIN_SLICE
    }


def _proportions(found: Mapping[Any, Proportion]) -> dict[str, Any]:
    return {str(key): _proportion(proportion) for key, proportion in found.items()}


def _proportion(proportion: Proportion) -> dict[str, Any]:
    if not proportion.count:
        return {"value": None, "hits": 0, "count": 0}
    low, high = proportion.interval()
    return {
        "value": round(proportion.value, 4),
        "interval": [round(low, 4), round(high, 4)],
        "hits": proportion.hits,
        "count": proportion.count,
    }


def _hardness(found: Hardness) -> dict[str, Any]:
    return {
        "errors_with": _proportion(found.errors_with),
        "errors_without": _proportion(found.errors_without),
        "ratio": _number(found.ratio),
        "interval": [_number(end) for end in found.interval],
        "matters": found.matters,
    }


def _number(value: float) -> float | str | None:
    """For JSON, which knows neither infinity nor what is no number."""
    if math.isnan(value):
        return None
    return round(value, 3) if math.isfinite(value) else "infinite"
