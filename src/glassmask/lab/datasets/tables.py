"""Read a folder of pictures that a CSV table describes.

A folder holds `faces.csv`, `painted.csv` or `<folder>.csv`, with the columns `file` (relative to
the folder) and `split`, and of these what it knows: `wear` (default `none`), `uncovered`,
`certain`, `source`, `group` (of this dataset), `person` (a group of any dataset), `ffhq_id`,
`face_x`, `face_y`, `face_w`, `face_h`,
`original_face_px`. A table without face boxes is taken to hold FFHQ-framed pictures.
"""

from __future__ import annotations

import csv
from pathlib import Path

from glassmask.faces.crop import Box
from glassmask.lab.datasets.framing import FFHQ_BOX
from glassmask.lab.datasets.reading import SPLITS, UNSPLIT, DatasetError, Problem, Reading
from glassmask.lab.datasets.records import FaceRecord
from glassmask.labels import Uncovered, Wear


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
        with table.open(newline="", encoding="utf-8") as lines:
            reader = csv.DictReader(lines)
            missing = {"file", "split"} - set(reader.fieldnames or ())
            if missing:
                raise DatasetError(f"{table}: the column {sorted(missing)[0]!r} is missing")
            for row in reader:
                found = _record(table.parent, row)
                if isinstance(found, FaceRecord):
                    records.append(found)
                else:
                    what, detail = found
                    problems.append(Problem(f"{table}, line {reader.line_num}", what, detail))
    except (UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{table}: not a CSV table in UTF-8: {error}") from error
    return Reading(tuple(records), tuple(problems))


def _record(folder: Path, row: dict[str, str]) -> FaceRecord | tuple[str, str]:
    """The face of a row, or what is wrong with it."""
    if row["split"] not in (*SPLITS, UNSPLIT):
        return "unknown split", repr(row["split"])
    if not (folder / row["file"]).is_file():
        return "no such picture", row["file"]
    try:
        wear = Wear(row.get("wear") or "none")
    except ValueError:
        return "unknown label", repr(row["wear"])
    dataset = folder.resolve().name
    known = row.get("uncovered", "") in tuple(Uncovered)
    try:
        box = _box(row)
        face_px = float(row.get("original_face_px") or min(box[2:]))
        ffhq = int(row["ffhq_id"]) if row.get("ffhq_id") else None
    except (KeyError, TypeError, ValueError) as error:
        return "not a number", str(error)
    return FaceRecord(
        path=folder / row["file"],
        dataset=dataset,
        source=row.get("source") or dataset,
        split=row["split"],
        group=_group(row, dataset, ffhq),
        wear=wear,
        uncovered=Uncovered(row["uncovered"]) if known and wear is Wear.INCORRECT else None,
        certain=row.get("certain", "1") == "1",
        box=box,
        face_px=face_px,
    )


def _group(row: dict[str, str], dataset: str, ffhq: int | None) -> str:
    if ffhq is not None:
        return f"ffhq-{ffhq}"
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
