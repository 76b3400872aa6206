"""Which format a dataset is in, and its reader: one call for all of them."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from glassmask.errors import DatasetError
from glassmask.lab.datasets.folders import is_by_folder, read_folders
from glassmask.lab.datasets.maskedfacenet import is_maskedfacenet, read_maskedfacenet
from glassmask.lab.datasets.mending import read_mending
from glassmask.lab.datasets.reading import SPLITS, Reading
from glassmask.lab.datasets.tables import dataset_root, find_table, read_table
from glassmask.lab.datasets.voc import is_voc, read_voc

SPLIT_FILE: Final = "split.csv"
"""A table in a dataset's folder, columns file, split, group, that settles both for its faces."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format: how a folder of it is known, and what reads it."""

    name: str
    matches: Callable[[Path], bool]
    read: Callable[[Path], Reading]


FORMATS: Final = (
    Format("table", lambda folder: find_table(folder) is not None, read_table),
    Format("PASCAL VOC", is_voc, read_voc),
    Format("MaskedFace-Net", is_maskedfacenet, read_maskedfacenet),
    Format("folder per class", is_by_folder, read_folders),
)
"""All formats, in the order in which a folder is tried."""


def detect_format(folder: Path) -> Format:
    """The format of a folder.

    Raises:
        DatasetError: it does not exist, or is of none.
    """
    if not folder.exists():
        raise DatasetError(f"{folder}: no such folder")
    for known in FORMATS:
        if known.matches(folder):
            return known
    names = ", ".join(known.name for known in FORMATS)
    raise DatasetError(f"{folder}: no dataset of a known format ({names})")


def read_datasets(folders: Iterable[Path], mending: Path | None = None) -> Reading:
    """Read all faces of several datasets, in the order of the folders; one given twice, once.

    Args:
        folders: of the datasets.
        mending: a table that mends splits which leak into each other.

    Raises:
        DatasetError: a folder is of no known format, or a table is broken.
    """
    once = {os.path.realpath(folder): folder for folder in reversed([*folders])}
    folders = reversed(once.values())
    reading = Reading.joined(_with_split(f, detect_format(f).read(f)) for f in folders)
    if mending is None:
        return reading
    return Reading(read_mending(mending).apply(reading.records), reading.problems)


def _with_split(folder: Path, reading: Reading) -> Reading:
    """Apply the folder's split file, if it has one."""
    root = dataset_root(folder)
    path = root / SPLIT_FILE
    if not path.is_file():
        return reading
    try:
        with path.open(newline="", encoding="utf-8-sig") as lines:
            rows = {row.get("file"): row for row in csv.DictReader(lines)}
    except (UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{path}: not a CSV table in UTF-8: {error}") from error
    records = []
    for record in reading.records:
        row = rows.get(record.path.relative_to(root).as_posix())
        if row is None:
            raise DatasetError(f"{path}: {record.path} is not in it; split it again")
        if row.get("split") not in SPLITS:
            raise DatasetError(f"{path}: {record.path}: split is {row.get('split')!r}")
        records.append(replace(record, split=row["split"], group=row.get("group") or record.group))
    return Reading(tuple(records), reading.problems)
