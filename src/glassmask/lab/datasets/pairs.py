"""Read painted pairs: two pictures of a face, and the pixels in which they differ."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.errors import DatasetError
from glassmask.lab.datasets.formats import read_datasets
from glassmask.lab.datasets.painted import TABLE
from glassmask.lab.datasets.records import FaceRecord

_NONE = "no pairs; paint them with `glassmask data paint --pairs`"


TOLERANCE: Final = 1 / 20
"""How far what must be pointed at is widened, in sides of the crop: half a cell of a 10 x 10 grid,
the same for every method and network."""


@dataclass(frozen=True, slots=True)
class PaintedPair:
    """A pair as `glassmask data paint --pairs` writes it.

    Attributes:
        before: the mask is worn correctly.
        after: a part is uncovered.
        changes: picture that is 255 where the two differ, 0 elsewhere.
        regions: pictures of what each pixel of `before` and `after` shows.
    """

    before: FaceRecord
    after: FaceRecord
    changes: Path
    regions: tuple[Path, Path]


def has_pairs(folder: Path) -> bool:
    """Whether a dataset's folder holds painted pairs."""
    return (folder / TABLE).is_file() and (folder / "changes").is_dir()


def read_pairs(
    folder: Path, mending: Path | None = None, labels: Mapping[str, str] | None = None
) -> list[PaintedPair]:
    """Read the pairs of a painted folder, in its order.

    Raises:
        DatasetError: the folder is not as it must be, or has no pairs.
    """
    if not has_pairs(folder):
        raise DatasetError(f"{folder}: {_NONE}")
    records = {record.path: record for record in read_datasets([folder], mending, labels).records}
    rows: dict[str, list[tuple[FaceRecord, Path, Path]]] = {}
    with (folder / TABLE).open(newline="", encoding="utf-8") as lines:
        table = csv.DictReader(lines)
        missing = {"pair", "changed", "regions"} - set(table.fieldnames or ())
        if missing:
            raise DatasetError(f"{folder / TABLE}: no column {', '.join(sorted(missing))}; {_NONE}")
        for row in table:
            record = records.get(folder / row["file"])
            if row.get("pair") and record is not None:
                part = (record, folder / row["changed"], folder / row["regions"])
                rows.setdefault(row["pair"], []).append(part)
    pairs = [
        PaintedPair(one[0], other[0], one[1], (one[2], other[2]))
        for one, other in (both for both in rows.values() if len(both) == 2)
    ]
    if not pairs:
        raise DatasetError(f"{folder}: {_NONE}")
    return pairs


def dilate_truth(truth: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Widen the pixels that changed by `TOLERANCE` on all sides: bool (S, S) to bool (S, S)."""
    return widened(truth, round(TOLERANCE * len(truth)))


def widened(part: NDArray[np.bool_], radius: int) -> NDArray[np.bool_]:
    """Pixels and those up to `radius` around them: bool (S, S) to bool (S, S)."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return np.asarray(cv2.dilate(part.astype(np.uint8), disc) > 0)
