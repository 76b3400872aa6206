"""Read a folder of pictures that a CSV table describes.

A folder holds `faces.csv`, or `<folder>.csv`, with the columns `file` (relative to the
folder) and `split`, and of these what it knows: `wear` (default `none`), `uncovered`,
`certain`, `source`, `group`, `ffhq_id`, `face_x`, `face_y`, `face_w`, `face_h`,
`original_face_px`. A table without face boxes is taken to hold FFHQ-framed pictures.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from glassmask.faces.crop import Box
from glassmask.lab.datasets.records import FaceRecord
from glassmask.labels import Uncovered, Wear

FFHQ_BOX: Box = (64.0, 72.0, 128.0, 150.0)
"""Where the face is in an FFHQ-framed picture of 256 x 256 pixels."""

SPLITS = ("train", "val", "test")


class TableError(ValueError):
    """A dataset folder or its table is not as it must be; the message says where and why."""


def read_tables(folders: Iterable[Path]) -> list[FaceRecord]:
    """Read all faces of several dataset folders, in the order of the folders and rows.

    Raises:
        TableError: no table, a missing column, or a row with an unknown label.
    """
    return [record for folder in folders for record in _read_table(folder)]


def _read_table(folder: Path) -> list[FaceRecord]:
    names = ("faces.csv", f"{folder.resolve().name}.csv", "painted.csv")
    table = next((folder / name for name in names if (folder / name).is_file()), None)
    if table is None:
        raise TableError(f"{folder}: no table; expected {' or '.join(dict.fromkeys(names))}")
    with table.open(newline="", encoding="utf-8") as lines:
        reader = csv.DictReader(lines)
        missing = {"file", "split"} - set(reader.fieldnames or ())
        if missing:
            raise TableError(f"{table}: the column {sorted(missing)[0]!r} is missing")
        records = []
        for row in reader:
            try:
                records.append(_record(folder, row))
            except (KeyError, ValueError) as error:
                raise TableError(f"{table}, line {reader.line_num}: {error}") from error
    return records


def _record(folder: Path, row: dict[str, str]) -> FaceRecord:
    if row["split"] not in SPLITS:
        raise ValueError(f"split is {row['split']!r}; expected one of {', '.join(SPLITS)}")
    dataset = folder.resolve().name
    wear = Wear(row.get("wear") or "none")
    known = row.get("uncovered", "") in tuple(Uncovered)
    if row.get("face_x"):
        box = (
            float(row["face_x"]),
            float(row["face_y"]),
            float(row["face_w"]),
            float(row["face_h"]),
        )
    else:
        box = FFHQ_BOX
    if row.get("ffhq_id"):
        group = f"ffhq-{int(row['ffhq_id'])}"
    else:
        group = f"{dataset}-{row.get('group') or row['file']}"
    return FaceRecord(
        path=folder / row["file"],
        dataset=dataset,
        source=row.get("source") or dataset,
        split=row["split"],
        group=group,
        wear=wear,
        uncovered=Uncovered(row["uncovered"]) if known and wear is Wear.INCORRECT else None,
        certain=row.get("certain", "1") == "1",
        box=box,
        face_px=float(row.get("original_face_px") or min(box[2:])),
    )
