"""Read a folder of pictures that a CSV table describes.

A folder holds `faces.csv`, `painted.csv` or `<folder>.csv`, with the columns `file` (relative to
the folder) and `split`, and of these what it knows: `wear` (default `none`), `uncovered`,
`certain`, `picked`, `trait`, `licence`, `reader_a`, `reader_b`, `source`, `group` (of this
dataset), `person` (a group of any dataset), `ffhq_id`, `face_x`, `face_y`, `face_w`, `face_h`,
`original_face_px`, `gender`, `age`, `ethnicity`. A table without face boxes is taken to hold
FFHQ-framed pictures. A table without `wear` lists bare faces with nothing before them; a painted
one (`way`) says by `object` what is; an empty `answer_nose`, `answer_mouth` or `answer_chin`, that
it hides this part (without such columns: mouth and chin). `wear` may also be another known word for
it, or one whose meaning is given, see `label_words`.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

import numpy as np

from glassmask.errors import DatasetError
from glassmask.faces.crop import Box
from glassmask.lab.datasets.contents import Contents, is_hidden
from glassmask.lab.datasets.ffhq import FFHQ_BOX
from glassmask.lab.datasets.label_words import Label
from glassmask.lab.datasets.labels import LabelReader
from glassmask.lab.datasets.reading import (
    SPLITS,
    UNKNOWN_LABEL,
    UNSPLIT,
    Problem,
    Reading,
)
from glassmask.lab.datasets.records import HAND_OR_THING, FaceRecord, Reason
from glassmask.labels import PARTS, Part, Uncovered, Wear

_VAGUE: Final = frozenset({"mask"})
"""Worn somehow, as in `scenes.csv`: in a table it does not say that it is worn correctly."""


def dataset_root(folder: Path) -> Path:
    """The folder of a dataset, which may be given by its table."""
    return folder.parent if folder.suffix.lower() == ".csv" else folder


def find_table(folder: Path) -> Path | None:
    """The table of a folder, or of a path that is a table itself; None where there is none."""
    if folder.suffix.lower() == ".csv":
        return folder if folder.is_file() else None
    names = ("faces.csv", "painted.csv", f"{folder.resolve().name}.csv")
    return next((folder / name for name in names if (folder / name).is_file()), None)


def dataset_name(table: Path) -> str:
    """The name of a table's dataset: its folder's; of a second table there, `wild-scenes`."""
    folder = table.parent.resolve().name
    usual = table.stem in ("faces", "painted", folder)
    return folder if usual else f"{folder}-{table.stem}"


def find_tables(contents: Contents, labels: LabelReader) -> list[Path]:  # noqa: ARG001
    """The table of a dataset, if it has one."""
    table = find_table(contents.folder)
    return [] if table is None else [table]


def read_table(contents: Contents, labels: LabelReader) -> Reading:
    """Read the faces of a folder with a table.

    Rows with an unknown label or split, without their picture, or with a number that is none,
    are problems.

    Raises:
        DatasetError: a table that is no CSV, or a missing column.
    """
    (table,) = find_tables(contents, labels)
    records: list[FaceRecord] = []
    problems: list[Problem] = []
    try:
        with table.open(newline="", encoding="utf-8-sig") as lines:
            reader = csv.DictReader(lines)
            columns = reader.fieldnames or ()
            missing = {"file", "split"} - set(columns)
            if missing:
                there = ", ".join(map(repr, columns)) or "none"
                there += ": commas are wanted between them" if len(columns) == 1 else ""
                raise DatasetError(
                    f"{table}: the column {sorted(missing)[0]!r} is missing; there are {there}"
                )
            for row in reader:
                where = f"{table}, line {reader.line_num}"
                try:
                    record = _record(table, row, labels, where)
                except _UnusableRowError as error:
                    problems.append(Problem(where, error.what, error.detail))
                else:
                    records += [record] if record else []
    except (UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{table}: not a CSV table in UTF-8: {error}") from error
    unknown, notes = labels.report(str(table))
    return Reading(tuple(records), (*unknown, *problems), tuple(notes))


class _UnusableRowError(ValueError):
    """What is wrong with a row, and what exactly."""

    def __init__(self, what: str, detail: str = "") -> None:
        super().__init__(what)
        self.what, self.detail = what, detail


def _record(table: Path, row: dict[str, str], labels: LabelReader, where: str) -> FaceRecord | None:
    """The face of a row; None if its label is unknown, and counted, or to be skipped.

    Raises:
        _UnusableRowError: it has none.
    """
    folder, dataset = table.parent, dataset_name(table)
    if None in row.values() or None in row:
        raise _UnusableRowError("not as many fields as columns")
    if row["split"] not in (*SPLITS, UNSPLIT):
        raise _UnusableRowError("unknown split", repr(row["split"]))
    if Path(row["file"]).is_absolute() or ".." in Path(row["file"]).parts:
        raise _UnusableRowError("a file outside the folder", row["file"])
    if any(map(is_hidden, Path(row["file"]).parts)):
        raise _UnusableRowError("a hidden file", row["file"])
    if not (folder / row["file"]).is_file():
        raise _UnusableRowError("no such picture", row["file"])
    label = labels.read(row.get("wear", Wear.NONE), where, _VAGUE)
    if label is None:
        return None
    label = _with_reason(label, row.get("uncovered") or "")
    if row.get("picked", "") not in ("", "0", "1"):
        raise _UnusableRowError("picked is neither 0 nor 1", repr(row["picked"]))
    try:
        box = _box(row)
        face_px = float(row.get("original_face_px") or min(box[2:]))
        group = group_name(row, folder.resolve().name)
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
        wear=label.wear,
        uncovered=label.uncovered,
        certain=row.get("certain", "1") == "1",
        box=box,
        face_px=face_px,
        gender=row.get("gender", ""),
        age=row.get("age", ""),
        ethnicity=row.get("ethnicity", ""),
        elsewhere=label.elsewhere,
        picked=row.get("picked") == "1",
        traits=_traits(row),
        licence=row.get("licence", ""),
        readers=(row.get("reader_a", ""), row.get("reader_b", "")),
        clear="wear" not in row or "way" in row,
        hidden=_hidden(row, label),
    )


def _with_reason(label: Label, uncovered: str) -> Label:
    """A row's label with what its column `uncovered` says.

    Raises:
        _UnusableRowError: it does not go with the label.
    """
    if not uncovered:
        return label
    own = Reason.ELSEWHERE if label.elsewhere else label.uncovered
    known = label.wear is Wear.INCORRECT and uncovered in (Reason.ELSEWHERE, *Uncovered)
    if not known or own not in (None, uncovered):
        raise _UnusableRowError(
            UNKNOWN_LABEL, f"uncovered {uncovered!r} of wear {str(label.wear)!r}"
        )
    if uncovered == Reason.ELSEWHERE:
        return Label(label.wear, elsewhere=True)
    return Label(label.wear, Uncovered(uncovered))


def _traits(row: dict[str, str]) -> tuple[str, ...]:
    named = tuple((row.get("trait") or "").split())
    in_front = row.get("object") and HAND_OR_THING not in named
    return (*named, HAND_OR_THING) if in_front else named


def _hidden(row: dict[str, str], label: Label) -> tuple[Part, ...]:
    """What a thing hides of a bare face: what `answer_PART` leaves open, or else mouth and chin.

    Raises:
        _UnusableRowError: a bare face's part is said not to be uncovered.
    """
    if label.wear is not Wear.NONE:
        return ()
    said = {part: row[f"answer_{part}"] for part in PARTS if f"answer_{part}" in row}
    for part, answer in said.items():
        if answer not in ("", "yes"):
            raise _UnusableRowError("an answer that a bare face can't have", f"{part}: {answer!r}")
    if said:
        return tuple(part for part, answer in said.items() if not answer)
    return (Part.MOUTH, Part.CHIN) if HAND_OR_THING in _traits(row) else ()


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
