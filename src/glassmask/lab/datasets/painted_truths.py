"""What each pixel of painted pictures shows, and what it would show were a mask worn otherwise."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.errors import DatasetError
from glassmask.lab.datasets.tables import dataset_root
from glassmask.labels import PARTS, QUESTIONS, Question
from glassmask.painter import Region

REGIONS: Final = {
    Question.MASK: Region.MASK,
    **{Question(part): Region[part.name] for part in PARTS},
}
"""The region in which the evidence for a question lies."""


@dataclass(frozen=True, slots=True)
class PaintedTruth:
    """Where the truth of a painted picture is kept.

    Attributes:
        regions: a picture of what each pixel shows, values of `Region`.
        other: the same of the other one of a pair; None where there is none.
    """

    regions: Path
    other: Path | None = None

    def marks(self, shape: tuple[int, ...]) -> NDArray[np.bool_]:
        """Where the parts that the questions are about are seen, in this picture or the other.

        Args:
            shape: height and width that the picture was kept at.

        Returns:
            bool (H, W, 4), in the order of `QUESTIONS`; of the mask, in this picture alone.

        Raises:
            OSError: a picture can't be read.
        """
        own = _read(self.regions, shape)
        other = own if self.other is None else _read(self.other, shape)
        seen = [own == REGIONS[Question.MASK]]
        seen += [(own == REGIONS[q]) | (other == REGIONS[q]) for q in QUESTIONS[1:]]
        return np.stack(seen, axis=-1)


def read_truths(folder: Path) -> dict[Path, PaintedTruth]:
    """Each picture of a painted folder, and its truth; none where the folder is not painted.

    Args:
        folder: of the dataset, or its table.

    Raises:
        DatasetError: its table can't be read.
    """
    folder = dataset_root(folder)
    table = folder / "painted.csv"
    if not table.is_file():
        return {}
    try:
        with table.open(newline="", encoding="utf-8") as lines:
            rows = [row for row in csv.DictReader(lines) if row.get("regions")]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{table}: can't be read: {error}") from error
    pairs: dict[str, list[Path]] = {}
    for row in rows:
        if row.get("pair"):
            pairs.setdefault(row["pair"], []).append(folder / row["regions"])
    truths = {}
    for row in rows:
        own = folder / row["regions"]
        others = [path for path in pairs.get(row.get("pair") or "", []) if path != own]
        truths[folder / row["file"]] = PaintedTruth(own, others[0] if others else None)
    return truths


def _read(path: Path, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise OSError(f"{path}: can't be read")
    height, width = shape[:2]
    if picture.shape != (height, width):
        picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(picture, np.uint8)
