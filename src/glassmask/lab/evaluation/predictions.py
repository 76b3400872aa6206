"""What a network said of labelled faces, calibrated; `predictions.csv` holds it."""

from __future__ import annotations

import csv
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from glassmask.files import replacing
from glassmask.lab.classes import CLASSES, class_probabilities, fold_wears
from glassmask.lab.datasets import FaceRecord, require_measurable
from glassmask.lab.metrics.accuracy import certain_rows
from glassmask.lab.metrics.calibration import fit_temperature
from glassmask.labels import WEARS


@dataclass(frozen=True, slots=True)
class Predictions:
    """What a network said of labelled faces.

    Attributes:
        name: of the network.
        records: the N faces.
        scores: as `class_probabilities` takes them, (N, C).
        temperature: by which it is calibrated on the `val` faces; None where there were none,
            and `calibrated` is `raw`.
        raw: probabilities (N, 5) before, and
        calibrated: after.
    """

    name: str
    records: tuple[FaceRecord, ...]
    scores: NDArray[np.float32]
    temperature: float | None
    raw: NDArray[np.float64]
    calibrated: NDArray[np.float64]

    @classmethod
    def calibrate(
        cls, name: str, records: Sequence[FaceRecord], scores: NDArray[np.float32]
    ) -> Predictions:
        """Calibrate on the certain faces of `val`, whatever the faces are judged for.

        Raises:
            DatasetError: some of the faces were picked, see `require_measurable`.
        """
        require_measurable(records)
        raw = class_probabilities(scores, 1.0)
        of_val = [row for row, record in enumerate(records) if record.split == "val"]
        if not of_val:
            return cls(name, tuple(records), scores, None, raw, raw)
        rows = [of_val[row] for row in certain_rows([records[row] for row in of_val])]
        val = [records[row] for row in rows]
        temperature = fit_temperature(scores[rows], val)
        calibrated = class_probabilities(scores, temperature)
        return cls(name, tuple(records), scores, temperature, raw, calibrated)

    def only(self, splits: Collection[str]) -> Predictions:
        """The same of some splits; the temperature stays."""
        rows = [row for row, record in enumerate(self.records) if record.split in splits]
        return replace(
            self,
            records=tuple(self.records[row] for row in rows),
            scores=self.scores[rows],
            raw=self.raw[rows],
            calibrated=self.calibrated[rows],
        )

    @property
    def names_reasons(self) -> bool:
        """Whether the network says what is uncovered."""
        return bool(self.scores.shape[1] > len(WEARS))

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


def write_predictions(predictions: Predictions, path: Path) -> None:
    """Write a row a face, with what it is, what it is called, and the calibrated chances.

    Raises:
        OSError: it can't be written.
    """
    folded = fold_wears(predictions.calibrated)
    with (
        replacing(path) as partial,
        partial.open("w", newline="", encoding="utf-8") as lines,
    ):
        writer = csv.writer(lines)
        classes = [f"p_{name}" for name in CLASSES] if predictions.names_reasons else []
        header = ("file", "dataset", "source", "split", "wear", "reason", "certain", "called")
        writer.writerow([*header, *(f"p_{wear}" for wear in WEARS), *classes])
        for record, wears, fine in zip(
            predictions.records, folded, predictions.calibrated, strict=True
        ):
            fields = (record.path.as_posix(), record.dataset, record.source, record.split)
            labels = (record.wear, record.reason or "", int(record.certain))
            chances = [*wears, *(fine if classes else ())]
            called = WEARS[int(wears.argmax())]
            writer.writerow([*fields, *labels, called, *(f"{chance:.5f}" for chance in chances)])
