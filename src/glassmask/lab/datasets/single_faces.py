"""Pictures of one face each, whose folders and names say all: what their readers share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from glassmask.lab.datasets.contents import Contents, picture_size
from glassmask.lab.datasets.labels import LabelReader
from glassmask.lab.datasets.reading import Problem, Reading
from glassmask.lab.datasets.records import FaceRecord
from glassmask.lab.datasets.split_names import split_by_names


def read_single_faces(
    contents: Contents,
    labels: LabelReader,
    read_one: Callable[[Path], FaceRecord | Problem | None],
) -> Reading:
    """Read every picture of a folder.

    Args:
        contents: of the folder.
        labels: knows what words mean, and which it did not know.
        read_one: gives the face of a picture, or why it can't be used; None where its label is
            unknown, and counted as such.
    """
    records: list[FaceRecord] = []
    problems: list[Problem] = []
    for path in contents.pictures:
        found = read_one(path)
        if isinstance(found, FaceRecord):
            records.append(found)
        elif found is not None:
            problems.append(found)
    unknown, notes = labels.report(str(contents.folder))
    return Reading(
        tuple(records),
        (*unknown, *problems, *contents.problems),
        (*notes, *contents.other_files(())),
    )


def split_and_size(contents: Contents, path: Path) -> tuple[str, int, int] | Problem:
    """The split that a picture's folders name, and its width and height in pixels."""
    try:
        split = split_by_names(contents.folders_of(path))
    except ValueError as error:
        return Problem(str(path), "in several splits", str(error))
    try:
        width, height = picture_size(path)
    except OSError as error:
        return Problem(str(path), "can't be read", error.strerror or str(error))
    return split, width, height
