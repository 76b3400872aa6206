"""All figures of a network on labelled faces, split by split."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassmask.files import replacing
from glassmask.lab.datasets import FaceRecord, Traits, require_measurable
from glassmask.lab.datasets.records import wear_positions
from glassmask.lab.evaluation.bootstrap import bootstrap
from glassmask.lab.evaluation.curves import confusion, roc
from glassmask.lab.evaluation.hardness import Hardness, hardness
from glassmask.lab.evaluation.slices import SLICES, rows_by_slice
from glassmask.lab.judging.judge import five_logits, five_probabilities
from glassmask.lab.metrics.accuracy import Proportion, accuracy, certain_rows
from glassmask.lab.metrics.calibration import calibration_error, fit_temperature
from glassmask.labels import CLASSES, WEARS, fold_wears

LEAST: int = 5
"""Parts of a slice with fewer faces get no figures."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a network said of labelled faces.

    Attributes:
        name: of the network.
        records: the N faces.
        logits: (N, 3) or (N, 5).
        temperature: by which it is calibrated on the `val` faces; None where there were none,
            and `calibrated` is `raw`.
        raw: probabilities (N, 5) before, and
        calibrated: after.
    """

    name: str
    records: tuple[FaceRecord, ...]
    logits: NDArray[np.float32]
    temperature: float | None
    raw: NDArray[np.float64]
    calibrated: NDArray[np.float64]

    @classmethod
    def of(
        cls, name: str, records: Sequence[FaceRecord], logits: NDArray[np.float32]
    ) -> Evaluation:
        """Calibrate on the certain faces of `val`, whatever the faces are judged for.

        Raises:
            DatasetError: some of the faces were picked, see `require_measurable`.
        """
        require_measurable(records)
        raw = five_probabilities(logits, 1.0)
        of_val = [row for row, record in enumerate(records) if record.split == "val"]
        if not of_val:
            return cls(name, tuple(records), logits, None, raw, raw)
        rows = [of_val[row] for row in certain_rows([records[row] for row in of_val])]
        val = [records[row] for row in rows]
        temperature = fit_temperature(five_logits(logits[rows]), val)
        calibrated = five_probabilities(logits, temperature)
        return cls(name, tuple(records), logits, temperature, raw, calibrated)

    def only(self, splits: Collection[str]) -> Evaluation:
        """The same of some splits; the temperature stays."""
        rows = [row for row, record in enumerate(self.records) if record.split in splits]
        return replace(
            self,
            records=tuple(self.records[row] for row in rows),
            logits=self.logits[rows],
            raw=self.raw[rows],
            calibrated=self.calibrated[rows],
        )

    @property
    def tells_reasons(self) -> bool:
        """Whether the network tells what is uncovered."""
        return bool(self.logits.shape[1] == len(CLASSES))

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits that occur: train, val, test, and others."""
        known = ("train", "val", "test")
        found = {record.split for record in self.records}
        return tuple(s for s in known if s in found) + tuple(sorted(found - set(known)))

    def rows(self, split: str) -> list[int]:
        """The rows of a split that its figures are made of, see `certain_rows`."""
        every = [row for row, record in enumerate(self.records) if record.split == split]
        return [every[row] for row in certain_rows([self.records[row] for row in every])]

    def doubtful(self, split: str) -> int:
        """How many faces of a split its figures leave out, for their labels are doubtful."""
        every = sum(record.split == split for record in self.records)
        return every - len(self.rows(split))


def metrics_of(evaluation: Evaluation, traits: Traits | None = None) -> dict[str, Any]:
    """Every figure, as it is written to `metrics.json`; with traits, how hard each makes it."""
    return {
        "network": evaluation.name,
        "temperature": evaluation.temperature and round(evaluation.temperature, 4),
        "splits": {split: _split(evaluation, split, traits) for split in evaluation.splits},
    }


def write_metrics(metrics: Mapping[str, Any], path: Path) -> None:
    """Write the figures as JSON.

    Raises:
        OSError: it can't be written.
    """
    with replacing(path) as partial:
        partial.write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")


def write_predictions(evaluation: Evaluation, path: Path) -> None:
    """Write a row a face, with what it is, what it is called, and the calibrated chances.

    Raises:
        OSError: it can't be written.
    """
    folded = fold_wears(evaluation.calibrated)
    with (
        replacing(path) as partial,
        partial.open("w", newline="", encoding="utf-8") as lines,
    ):
        writer = csv.writer(lines)
        classes = [f"p_{name}" for name in CLASSES] if evaluation.tells_reasons else []
        header = ("file", "dataset", "source", "split", "wear", "reason", "certain", "called")
        writer.writerow([*header, *(f"p_{wear}" for wear in WEARS), *classes])
        for record, wears, fine in zip(
            evaluation.records, folded, evaluation.calibrated, strict=True
        ):
            fields = (record.path.as_posix(), record.dataset, record.source, record.split)
            labels = (record.wear, record.reason or "", int(record.certain))
            chances = [*wears, *(fine if classes else ())]
            called = WEARS[int(wears.argmax())]
            writer.writerow([*fields, *labels, called, *(f"{chance:.5f}" for chance in chances)])


def _split(evaluation: Evaluation, split: str, traits: Traits | None) -> dict[str, Any]:
    rows = evaluation.rows(split)
    records = [evaluation.records[row] for row in rows]
    raw, calibrated = evaluation.raw[rows], evaluation.calibrated[rows]
    found, intervals = accuracy(records, calibrated), bootstrap(records, calibrated)
    figures: dict[str, Any] = {
        "faces": len(records),
        "doubtful": evaluation.doubtful(split),
        "accuracy": _told(found.overall),
        "balanced_accuracy": {
            "value": round(found.balanced, 4),
            "interval": [round(end, 4) for end in intervals.balanced],
        },
        "by_wear": {str(wear): _told(recall) for wear, recall in found.by_wear.items()},
        "by_reason": {str(reason): _told(recall) for reason, recall in found.by_reason.items()},
        "confusion": {
            str(wear): dict(zip(map(str, WEARS), row, strict=True))
            for wear, row in zip(WEARS, confusion(calibrated, records).tolist(), strict=True)
        },
        "roc_area": {str(wear): round(c.area, 4) for wear, c in roc(calibrated, records).items()},
        "calibration_error": {
            "before": round(calibration_error(raw, records), 4),
            "after": round(calibration_error(calibrated, records), 4),
        },
        "slices": {name: _slice(records, calibrated, name) for name in SLICES},
    }
    if evaluation.tells_reasons:
        figures["reason"] = _told(found.reason)
    if traits is not None:
        wears = wear_positions(records)
        wrong = fold_wears(calibrated).argmax(axis=1) != wears
        figures["traits"] = {h.trait: _hard(h) for h in hardness(records, wrong, traits)}
    return figures


def _hard(found: Hardness) -> dict[str, Any]:
    return {
        "errors_with": _told(found.having),
        "errors_without": _told(found.lacking),
        "ratio": _number(found.ratio),
        "interval": [_number(end) for end in found.interval],
        "matters": found.matters,
    }


def _number(value: float) -> float | str | None:
    """For JSON, which knows neither infinity nor what is no number."""
    if math.isnan(value):
        return None
    return round(value, 3) if math.isfinite(value) else "infinite"


def _slice(
    records: Sequence[FaceRecord], probabilities: NDArray[np.float64], name: str
) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    for part, rows in rows_by_slice(records, name).items():
        if len(rows) >= LEAST:
            found = accuracy([records[row] for row in rows], probabilities[rows])
            parts[part] = {
                **_told(found.overall),
                "by_wear": {str(wear): _told(recall) for wear, recall in found.by_wear.items()},
            }
    return parts


def _told(proportion: Proportion) -> Mapping[str, Any]:
    if not proportion.count:
        return {"value": None, "hits": 0, "count": 0}
    low, high = proportion.interval()
    return {
        "value": round(proportion.value, 4),
        "interval": [round(low, 4), round(high, 4)],
        "hits": proportion.hits,
        "count": proportion.count,
    }
