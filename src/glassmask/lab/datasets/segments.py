"""Read faces whose table names a picture of segments: what each pixel shows."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from glassmask.lab.datasets.formats import read_datasets
from glassmask.lab.datasets.records import FaceRecord
from glassmask.lab.datasets.tables import dataset_root, find_table

_COLUMN = "segment"


@dataclass(frozen=True, slots=True)
class SegmentedFace:
    """A face and its segments.

    Attributes:
        record: the face.
        segments: picture of the same size: 0 background, 1 visible face, 2 mask.
    """

    record: FaceRecord
    segments: Path


def has_segments(folder: Path) -> bool:
    """Whether a dataset's table names segments."""
    return bool(_segments(folder))


def read_segments(
    folder: Path, mending: Path | None = None, labels: Mapping[str, str] | None = None
) -> list[SegmentedFace]:
    """Read the faces that have segments, in their order.

    Raises:
        DatasetError: the folder is not as it must be.
    """
    named = _segments(folder)
    records = read_datasets([folder], mending, labels).records
    return [SegmentedFace(record, named[record.path]) for record in records if record.path in named]


def _segments(folder: Path) -> dict[Path, Path]:
    """Picture -> its segments, of those that are there."""
    table = find_table(folder)
    if table is None:
        return {}
    root = dataset_root(folder)
    try:
        with table.open(newline="", encoding="utf-8-sig") as lines:
            rows = [row for row in csv.DictReader(lines) if row.get(_COLUMN) and row.get("file")]
    except (OSError, UnicodeDecodeError, csv.Error):
        return {}  # whoever reads its faces says what is wrong
    named = {root / row["file"]: root / row[_COLUMN] for row in rows}
    return {picture: segments for picture, segments in named.items() if segments.is_file()}
