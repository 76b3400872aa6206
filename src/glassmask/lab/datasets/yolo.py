"""Read photos with YOLO labels: a text file per photo, a line per face.

`images/` and `labels/` beside or below a folder per split (as Ultralytics and Roboflow have it), or
the text beside the photo (Darknet, LabelImg). The classes' names are in `data.yaml` (`names:`),
`classes.txt`, `obj.names` or `_darknet.labels`; without one, the numbers are the labels. Splits are
named by folders, or by lists (`train.txt`).
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import Final

from glassmask.lab.datasets.annotated import AnnotatedFace, AnnotatedPhoto, AnnotatedReader, Corners
from glassmask.lab.datasets.class_names import read_class_names
from glassmask.lab.datasets.contents import Contents
from glassmask.lab.datasets.labels import LabelReader, clip
from glassmask.lab.datasets.reading import Problem, Reading, read_text
from glassmask.lab.datasets.split_names import (
    ListedSplits,
    is_split_list,
    read_split_lists,
    split_by_names,
)

_NAME_FILES: Final = ("classes.txt", "obj.names", "_darknet.labels", "classes.names")
_FOLDER: Final = "labels"
_BOX: Final = 5
"""Numbers of a line: class, middle and size of the box. A sixth is how sure a network was."""


def find_yolo(contents: Contents, labels: LabelReader) -> list[Path]:  # noqa: ARG001
    """The label files of this kind: in `labels/`, or beside photos if the classes have names."""
    texts = [
        path
        for path in contents.with_suffix(".txt")
        if path.name.casefold() not in _NAME_FILES and "imagesets" not in _lower(contents, path)
    ]
    beside = {path.with_suffix("") for path in contents.pictures} if _has_names(contents) else ()
    return [p for p in texts if _FOLDER in _lower(contents, p) or p.with_suffix("") in beside]


def read_yolo(contents: Contents, labels: LabelReader) -> Reading:
    """Read all faces; broken lines, unknown words and missing photos are problems."""
    reader = AnnotatedReader(contents, labels)
    label_files = find_yolo(contents, labels)
    lists = [p for p in contents.with_suffix(".txt") if is_split_list(p) and p not in label_files]
    listed, problems = read_split_lists(lists)
    reader.problems += problems
    name_files = {path.parent: path for path in reversed(_name_files(contents))}

    @cache
    def names_for(folder: Path) -> tuple[str, ...]:
        """The names that hold in a folder: its own, else those of the folder around it."""
        if folder in name_files:
            try:
                return read_class_names(name_files[folder])
            except OSError as error:
                reason = error.strerror or str(error)
                reader.problems.append(Problem(str(name_files[folder]), "can't be read", reason))
        return () if folder == contents.folder else names_for(folder.parent)

    for path in label_files:
        found = _photo(contents, path, names_for(path.parent), listed)
        if isinstance(found, Problem):
            reader.problems.append(found)
        else:
            photo, problems = found
            reader.problems += problems
            reader.read(photo)
    return reader.reading((*label_files, *name_files.values(), *lists))


def _lower(contents: Contents, path: Path) -> list[str]:
    return [name.casefold() for name in contents.folders_of(path)]


def _name_files(contents: Contents) -> list[Path]:
    """Files that may name the classes, `data.yaml` first."""
    yaml = contents.with_suffix(".yaml", ".yml")
    return [*yaml, *(p for p in contents.files if p.name.casefold() in _NAME_FILES)]


def _has_names(contents: Contents) -> bool:
    return bool(_name_files(contents))


def _photo(
    contents: Contents, path: Path, names: tuple[str, ...], listed: ListedSplits
) -> tuple[AnnotatedPhoto, list[Problem]] | Problem:
    try:
        picture = contents.find_picture(path.stem, path)
    except ValueError as error:
        return Problem(str(path), "not plain which picture it is of", str(error))
    if picture is None:
        return Problem(str(path), "no such picture", clip(path.stem))
    try:
        folders = (*contents.folders_of(picture), *contents.folders_of(path))
        split = split_by_names((*listed.get(picture.stem, ()), *folders))
    except ValueError as error:
        return Problem(str(path), "in several splits", str(error))
    try:
        lines = read_text(path).splitlines()
    except OSError as error:
        return Problem(str(path), "not an annotation", error.strerror or str(error))
    faces, problems = [], []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            where = f"{path}, line {number}"
            try:
                class_number, corners = _face(line)
            except ValueError as error:
                problems.append(Problem(where, "not a line of labels", str(error)))
                continue
            named = class_number < len(names)
            word = names[class_number] if named else str(class_number)
            faces.append(AnnotatedFace(where, word, corners))
    photo = AnnotatedPhoto(
        str(path), picture, split, tuple(faces), relative=True, complete=not problems
    )
    return photo, problems


def _face(line: str) -> tuple[int, Corners]:
    """Class and corners, as shares of the photo, of a line.

    Raises:
        ValueError: it says neither a box nor an outline.
    """
    fields = line.split()
    try:
        first, *numbers = map(float, fields)
    except ValueError:
        raise ValueError(f"{clip(line.strip())!r} holds more than numbers") from None
    if not first.is_integer() or first < 0:
        raise ValueError(f"{clip(fields[0])!r} is no class")
    if not all(map(math.isfinite, numbers)):
        raise ValueError(f"{clip(line.strip())!r} holds what is no number")
    if len(fields) in (_BOX, _BOX + 1):
        x, y, w, h = numbers[:4]
        return int(first), (x - w / 2, y - h / 2, x + w / 2, y + h / 2)
    if len(numbers) >= 6 and len(numbers) % 2 == 0:  # an outline: x, y, x, y, …
        xs, ys = numbers[::2], numbers[1::2]
        return int(first), (min(xs), min(ys), max(xs), max(ys))
    raise ValueError(f"{len(fields)} numbers: a class and a box are {_BOX}")
