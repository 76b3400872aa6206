"""What reading a dataset gives: its faces, and a list of what could not be used."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from glassmask.errors import DatasetError
from glassmask.lab.datasets.records import FaceRecord

SPLITS: Final = ("train", "val", "test")

SPLIT_FILE: Final = "split.csv"
"""A table in a dataset's folder, columns file, split, group, that settles both for its faces."""

UNSPLIT: Final = ""
"""The split of a face whose dataset has none; `glassmask data split` makes one."""

MAX_ANNOTATION_BYTES: Final = 5_000_000
"""An annotation of one picture, or a list of names, that is larger is none."""

UNKNOWN_LABEL: Final = "unknown label"
"""The kind of problem of faces whose label means nothing that is known."""


def numbered_rows(
    path: Path, columns: tuple[str, ...], hint: str = ""
) -> list[tuple[int, dict[str, str]]]:
    """The lines of a CSV table that has just these columns, with their numbers in the file.

    A field that a line lacks is None.

    Args:
        path: of the table.
        columns: all of them, in their order.
        hint: what the message about other columns ends with.

    Raises:
        DatasetError: no such file, not such a table, or a line with more fields than columns.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as lines:
            reader = csv.DictReader(lines)
            found, rows = tuple(reader.fieldnames or ()), list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{path}: can't be read: {error}") from error
    if found != columns:
        raise DatasetError(f"{path}: not a table of {', '.join(columns)}{hint}")
    numbered = list(enumerate(rows, start=2))
    for number, row in numbered:
        if len(row) > len(columns):
            raise DatasetError(
                f"{path}: line {number} has more than {len(columns)} fields: put those that hold "
                "commas into quotes"
            )
    return numbered


def require_unique_names(
    named: Collection[tuple[str, str]], records: Iterable[FaceRecord], table: Path
) -> None:
    """Check that a table which names faces by dataset and file means one face by each name.

    Args:
        named: the (dataset, file's name) that the table names.
        records: the faces that it may mean.
        table: its file, for the message.

    Raises:
        DatasetError: two faces go by one of the names.
    """
    faces = Counter((record.dataset, record.path.name) for record in records)
    for dataset, file in named:
        if faces[dataset, file] > 1:
            raise DatasetError(
                f"{table}: {file} of {dataset!r} is the name of {faces[dataset, file]} faces: "
                "give each a file with a name of its own"
            )


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a dataset that could not be used.

    Attributes:
        where: the file, with the line or object where it has such.
        what: the kind of problem, in a few words that are the same for all of its kind.
        detail: what exactly.
        count: how many faces, pictures or rows it is about.
    """

    where: str
    what: str
    detail: str = ""
    count: int = 1

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f" ({self.detail})" if self.detail else "")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read.

    Attributes:
        records: the usable faces, in the order of files or rows.
        problems: what was left out, and why.
        notes: lines about what was mended or passed over, as it should be.
    """

    records: tuple[FaceRecord, ...]
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()

    @classmethod
    def joined(cls, parts: Iterable[Reading]) -> Reading:
        """Several readings as one."""
        whole = list(parts)
        return cls(
            tuple(record for part in whole for record in part.records),
            tuple(problem for part in whole for problem in part.problems),
            tuple(note for part in whole for note in part.notes),
        )

    def summary(self) -> str:
        """The problems in one line, by kind; empty if there are none."""
        kinds: Counter[str] = Counter()
        for problem in self.problems:
            kinds[problem.what] += problem.count
        return ", ".join(f"{count} x {kind}" for kind, count in kinds.most_common())


def is_text(name: str) -> bool:
    """Whether a name can be written into a table: a file's may hold bytes that are no UTF-8."""
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


def read_text(path: Path) -> str:
    """The text of a small file, UTF-8 with or without a mark.

    Raises:
        OSError: it can't be read, is no text, or is too large.
    """
    if path.stat().st_size > MAX_ANNOTATION_BYTES:
        raise OSError(f"more than {MAX_ANNOTATION_BYTES // 1_000_000} MB")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise OSError("no text in UTF-8") from error
    if "\0" in text:
        raise OSError("no text")
    return text
