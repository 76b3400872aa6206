"""What reading a dataset gives: its faces, and a list of what could not be used."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image, UnidentifiedImageError

from glassmask.errors import DatasetError
from glassmask.formats import SUFFIXES
from glassmask.lab.datasets.records import FaceRecord
from glassmask.photos import FORMATS, MAX_PIXELS

SPLITS: Final = ("train", "val", "test")

UNSPLIT: Final = ""
"""The split of a face whose dataset has none; `glassmask data split` makes one."""


_ORIENTATION: Final = 0x0112  # the EXIF tag, 1 to 8
_ON_ITS_SIDE: Final = 5  # from here on width and height change places


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
    """

    where: str
    what: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f" ({self.detail})" if self.detail else "")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read.

    Attributes:
        records: the usable faces, in the order of files or rows.
        problems: what was left out, and why.
    """

    records: tuple[FaceRecord, ...]
    problems: tuple[Problem, ...] = ()

    @classmethod
    def joined(cls, parts: Iterable[Reading]) -> Reading:
        """Several readings as one."""
        whole = list(parts)
        return cls(
            tuple(record for part in whole for record in part.records),
            tuple(problem for part in whole for problem in part.problems),
        )

    def summary(self) -> str:
        """The problems in one line, by kind; empty if there are none."""
        kinds = Counter(problem.what for problem in self.problems)
        return ", ".join(f"{count} x {kind}" for kind, count in kinds.most_common())


def picture_size(path: Path) -> tuple[int, int]:
    """Width and height as shown, after EXIF rotation, by the file's header alone.

    Raises:
        OSError: no such file, no picture, or one larger than photos may be.
    """
    try:
        # Opened here: Pillow leaves a broken picture's file open when it gives up on it.
        with path.open("rb") as file, Image.open(file, formats=FORMATS) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS:
                raise OSError(f"{width} x {height} is more than {MAX_PIXELS / 1e6:.0f} megapixels")
            turned = picture.getexif().get(_ORIENTATION, 1) >= _ON_ITS_SIDE
            return (height, width) if turned else (width, height)
    except UnidentifiedImageError as error:
        raise OSError("not a picture") from error
    except (Image.DecompressionBombError, SyntaxError, ValueError) as error:
        raise OSError(str(error)) from error


def pictures_under(folder: Path) -> list[Path]:
    """All files under a folder that end like pictures, sorted."""
    return sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
