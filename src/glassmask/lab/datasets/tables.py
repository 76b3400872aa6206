"""Read a folder of pictures that a CSV table describes.

A folder holds `faces.csv`, `painted.csv` or `<folder>.csv`, with the columns `file` (relative to
the folder) and `split`, and of these what it knows: `wear` (default `none`), `uncovered`,
`certain`, `picked`, `trait`, `licence`, `reader_a`, `reader_b`, `source`, `group` (of this
dataset), `person` (a group of any dataset), `ffhq_id`, `face_x`, `face_y`, `face_w`, `face_h`,
`original_face_px`, `gender`, `age`, `ethnicity`. A table without face boxes is taken to hold
FFHQ-framed pictures. A painted table's `object` says what is in front of a bare face.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from glassmask.errors import DatasetError
from glassmask.faces.crop import Box
from glassmask.lab.datasets.ffhq import FFHQ_BOX
from glassmask.lab.datasets.reading import (
    SPLITS,
    UNSPLIT,
    Problem,
    Reading,
)
from glassmask.lab.datasets.records import HAND_OR_THING, FaceRecord, Reason
from glassmask.labels import Uncovered, Wear


def dataset_root(folder: Path) -> Path:
    """The folder of a dataset, which may be given by its table."""
    return folder.parent if folder.suffix.lower() == ".csv" else folder


def find_table(folder: Path) -> Path | None:
    """The table of a folder, or of a path that is a table itself; None where there is none."""
    if folder.suffix.lower() == ".csv":
        return folder if folder.is_file() else None
    names = ("faces.csv", "painted.csv", f"{folder.resolve().name}.csv")
    return next((folder / name for name in names if (folder / name).is_file()), None)


def read_table(folder: Path) -> Reading:
    """Read the faces of a folder with a table.

    Rows with an unknown label or split, without their picture, or with a number that is none,
    are problems.

    Raises:
        DatasetError: no table, a table that is no CSV, or a missing column.
    """
    table = find_table(folder)
    if table is None:
        raise DatasetError(f"{folder}: no table (faces.csv or {folder.resolve().name}.csv)")
    records: list[FaceRecord] = []
    problems: list[Problem] = []
    try:
        with table.open(newline="", encoding="utf-8-sig") as lines:
            reader = csv.DictReader(lines)
            missing = {"file", "split"} - set(reader.fieldnames or ())
            if missing:
                raise DatasetError(f"{table}: the column {sorted(missing)[0]!r} is missing")
            for row in reader:
                try:
                    records.append(_record(table.parent, row))
                except _UnusableRowError as error:
                    where = f"{table}, line {reader.line_num}"
                    problems.append(Problem(where, error.what, error.detail))
    except (UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{table}: not a CSV table in UTF-8: {error}") from error
    return Reading(tuple(records), tuple(problems))


class _UnusableRowError(ValueError):
    """What is wrong with a row, and what exactly."""

    def __init__(self, what: str, detail: str = "") -> None:
        super().__init__(what)
        self.what, self.detail = what, detail


def _record(folder: Path, row: dict[str, str]) -> FaceRecord:
    """The face of a row.

    Raises:
        _UnusableRowError: it has none.
    """
    if None in row.values() or None in row:
        raise _UnusableRowError("not as many fields as columns")
    if row["split"] not in (*SPLITS, UNSPLIT):
        raise _UnusableRowError("unknown split", repr(row["split"]))
    if Path(row["file"]).is_absolute() or ".." in Path(row["file"]).parts:
        raise _UnusableRowError("a file outside the folder", row["file"])
    if not (folder / row["file"]).is_file():
        raise _UnusableRowError("no such picture", row["file"])
    try:
        wear = Wear(row.get("wear", "none"))
    except ValueError as error:
        raise _UnusableRowError("unknown label", repr(row["wear"])) from error
    said = row.get("uncovered") or ""
    reasons = ("", Reason.ELSEWHERE, *Uncovered) if wear is Wear.INCORRECT else ("",)
    if said not in reasons:
        raise _UnusableRowError("unknown label", f"uncovered {said!r} of wear {str(wear)!r}")
    if row.get("picked", "") not in ("", "0", "1"):
        raise _UnusableRowError("picked is neither 0 nor 1", repr(row["picked"]))
    dataset = folder.resolve().name
    try:
        box = _box(row)
        face_px = float(row.get("original_face_px") or min(box[2:]))
        group = group_name(row, dataset)
    except (KeyError, ValueError) as error:
        raise _UnusableRowError("not a number", str(error)) from error
    if not (np.isfinite((*box, face_px)).all() and min(box[2:]) > 0):
        raise _UnusableRowError("no usable box", str(box))
    return FaceRecord(
        path=folder / row["file"],
        dataset=dataset,
        source=row.get("source") or dataset,
        split=row["split"],
        group=group,
        wear=wear,
        uncovered=Uncovered(said) if said in tuple(Uncovered) else None,
        certain=row.get("certain", "1") == "1",
        box=box,
        face_px=face_px,
        gender=row.get("gender", ""),
        age=row.get("age", ""),
        ethnicity=row.get("ethnicity", ""),
        elsewhere=said == Reason.ELSEWHERE,
        picked=row.get("picked") == "1",
        traits=_traits(row),
        licence=row.get("licence", ""),
        readers=(row.get("reader_a", ""), row.get("reader_b", "")),
    )


def _traits(row: dict[str, str]) -> tuple[str, ...]:
    named = tuple((row.get("trait") or "").split())
    in_front = row.get("object") and HAND_OR_THING not in named
    return (*named, HAND_OR_THING) if in_front else named


def group_name(row: dict[str, str], dataset: str) -> str:
    """The group of a row; see `FaceRecord.group`."""
    if row.get("ffhq_id"):
        return f"ffhq-{int(row['ffhq_id'])}"
    return row.get("person") or f"{dataset}-{row.get('group') or row['file']}"


def _box(row: dict[str, str]) -> Box:
    if not row.get("face_x"):
        return FFHQ_BOX
    return (
        float(row["face_x"]),
        float(row["face_y"]),
        float(row["face_w"]),
        float(row["face_h"]),
    )
