"""Read pictures in folders by class, at any depth: `[train|val|test/]CLASS/picture.jpg`."""

from __future__ import annotations

from pathlib import Path

from glassmask.lab.datasets.contents import Contents
from glassmask.lab.datasets.label_words import Label
from glassmask.lab.datasets.labels import LabelReader, Meaning
from glassmask.lab.datasets.reading import Problem, Reading
from glassmask.lab.datasets.records import FaceRecord
from glassmask.lab.datasets.single_faces import read_single_faces, split_and_size
from glassmask.lab.datasets.split_names import named_split
from glassmask.labels import Wear


def find_by_folder(contents: Contents, labels: LabelReader) -> list[Path]:
    """The pictures below folders that are named after a class."""
    classes = _classes(contents, labels)
    return [path for path in contents.pictures if not classes.keys().isdisjoint(path.parents)]


def read_folders(contents: Contents, labels: LabelReader) -> Reading:
    """Read all faces, each filling its picture; other folders and broken files are problems."""
    classes = _classes(contents, labels)

    def read_one(path: Path) -> FaceRecord | Problem | None:
        return _record(contents, labels, path, [p for p in path.parents if p in classes])

    return read_single_faces(contents, labels, read_one)


def _classes(contents: Contents, labels: LabelReader) -> dict[Path, Meaning]:
    """The folders that are named after a class, and what that means.

    One that holds no pictures of its own, and folders of classes, only holds those together:
    a dataset called `mask`.
    """
    own = {path.parent for path in contents.pictures}
    below = {f for folder in own for f in (folder, *folder.parents)}
    inside = [f for f in below if contents.folder in f.parents]
    named = {f: meaning for f in inside if (meaning := labels.meaning(f.name))}
    around = {parent for folder in named for parent in folder.parents}
    return {f: meaning for f, meaning in named.items() if f in own or f not in around}


def _record(
    contents: Contents, labels: LabelReader, path: Path, classes: list[Path]
) -> FaceRecord | Problem | None:
    """The face of a picture in some folders of classes; None if its label gives none."""
    folders = contents.folders_of(path)
    by_meaning = {labels.meaning(folder.name): folder.name for folder in classes}
    if len(by_meaning) > 1:
        by_meaning.pop(Label(Wear.INCORRECT), None)  # incorrect/nose/ says the same, closer
    if len(by_meaning) > 1:
        names = " and ".join(sorted(by_meaning.values()))
        return Problem(str(path), "several labels", f"its folders name {names}")
    unknown = [name for name in folders if not named_split(name)]
    word = next(iter(by_meaning.values()), unknown[-1] if unknown else ".")
    label = labels.read(word, str(path))
    if label is None:
        return None
    found = split_and_size(contents, path)
    if isinstance(found, Problem):
        return found
    split, width, height = found
    return FaceRecord(
        path=path,
        dataset=contents.name,
        source=contents.name,
        split=split,
        group=f"{contents.name}-{contents.relative(path)}",
        wear=label.wear,
        uncovered=label.uncovered,
        elsewhere=label.elsewhere,
        certain=True,
        box=(0.0, 0.0, float(width), float(height)),  # a face and nothing else
        face_px=float(min(width, height)),
    )
