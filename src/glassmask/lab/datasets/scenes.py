"""Whole photos with a row a face: what a face finder learns from and is measured on."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias, cast

import numpy as np

from glassmask.errors import DatasetError
from glassmask.faces.crop import Box
from glassmask.lab.datasets.boxes import BoxChange, Change
from glassmask.lab.datasets.contents import is_hidden
from glassmask.lab.datasets.formats import read_datasets
from glassmask.lab.datasets.label_words import Label
from glassmask.lab.datasets.labels import SKIP, LabelReader
from glassmask.lab.datasets.mending import Mending, read_mending
from glassmask.lab.datasets.reading import SPLITS, Problem
from glassmask.lab.datasets.records import FaceRecord
from glassmask.lab.datasets.tables import group_name
from glassmask.labels import Wear

TABLE: Final = "scenes.csv"
UNLABELLED: Final = "scenes_unlabelled.csv"
_BOX: Final = ("face_x", "face_y", "face_w", "face_h")

MASK: Final = "mask"
"""The label of a face with a mask that is worn somehow."""

REJECT: Final = "reject"
"""The label of a face that is too dark or blurred to judge."""

UNKNOWN: Final = "unknown"
"""The label of a face of which nobody said whether there is a mask."""

SceneLabel: TypeAlias = Wear | Literal["mask", "reject", "unknown"]


@dataclass(frozen=True, slots=True)
class SceneFace:
    """A labelled face in a scene.

    Attributes:
        box: (x, y, w, h) in pixels of the file.
        label: how its mask is worn, or `MASK`, `REJECT` or `UNKNOWN`.
    """

    box: Box
    label: SceneLabel

    @property
    def clear(self) -> bool:
        """Whether it could be judged."""
        return self.label != REJECT


@dataclass(frozen=True, slots=True)
class Scene:
    """A whole photo.

    Attributes:
        path: the picture's file.
        split: `train`, `val` or `test`.
        group: pictures of one group stay in one split.
        size: width and height in pixels.
        faces: the labelled faces.
        unlabelled: boxes of what another detector took for faces and nobody labelled.
    """

    path: Path
    split: str
    group: str
    size: tuple[int, int]
    faces: tuple[SceneFace, ...]
    unlabelled: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class SceneReading:
    """What was read.

    Attributes:
        scenes: in the order of their first rows.
        problems: rows that can't be used, and why.
    """

    scenes: tuple[Scene, ...]
    problems: tuple[Problem, ...] = ()


def read_scenes(
    folder: Path, mending: Mending | None = None, labels: Mapping[str, str] | None = None
) -> SceneReading:
    """Read `scenes.csv` and, where it is there, `scenes_unlabelled.csv` of a folder.

    A row with an unknown label or split, a number that is none, or no usable box is a problem;
    the others of its scene go on.

    Args:
        folder: of the scenes.
        mending: how groups are joined, in which split they are, and which boxes were changed.
        labels: what unknown words mean, see `read_datasets`.

    Raises:
        DatasetError: no table, or one that is no CSV or lacks a column; or a meaning is none.
    """
    faces: dict[str, list[SceneFace]] = defaultdict(list)
    unlabelled: dict[str, list[Box]] = defaultdict(list)
    about: dict[str, tuple[str, str, tuple[int, int]]] = {}
    problems: list[Problem] = []
    dataset = folder.resolve().name
    places = mending.places if mending else {}
    words = LabelReader(labels)
    for line, row in _rows(folder / TABLE, ("file", "split", "wear", "width", "height", *_BOX)):
        where = f"{folder / TABLE}, line {line}"
        try:
            name, group = row["file"], group_name(row, dataset)
            group, split = places.get(group, (group, row["split"]))
            if split not in SPLITS:
                raise ValueError(f"unknown split {split!r}")
            if Path(name).is_absolute() or ".." in Path(name).parts:
                raise ValueError(f"a file outside the folder: {name}")
            if any(map(is_hidden, Path(name).parts)):
                raise ValueError(f"a hidden file: {name}")
            box, size = _box(row), (int(row["width"]), int(row["height"]))
            label = _label(row["wear"], words, where)
            if label is not None:
                about[name] = split, group, size
                faces[name].append(SceneFace(box, label))
            elif words.meaning(row["wear"]) == SKIP:
                about[name] = split, group, size
                unlabelled[name].append(box)
        except (TypeError, ValueError) as error:  # TypeError: a field that is missing
            problems.append(Problem(where, "unusable row", str(error)))
    if (folder / UNLABELLED).is_file():
        for line, row in _rows(folder / UNLABELLED, ("file", *_BOX)):
            try:
                unlabelled[row["file"]].append(_box(row))
            except (TypeError, ValueError) as error:
                where = f"{folder / UNLABELLED}, line {line}"
                problems.append(Problem(where, "unusable row", str(error)))
    scenes = []
    for name, (split, group, size) in about.items():
        changes = mending.boxes.get((dataset, name), ()) if mending else ()
        labelled, ignored = _changed(faces[name], unlabelled[name], changes)
        scenes.append(Scene(folder / name, split, group, size, labelled, ignored))
    unknown, _ = words.report(str(folder / TABLE))
    return SceneReading(tuple(scenes), (*unknown, *problems))


def _changed(
    faces: Sequence[SceneFace], unlabelled: Sequence[Box], changes: Sequence[BoxChange]
) -> tuple[tuple[SceneFace, ...], tuple[Box, ...]]:
    """The faces of a scene, and its places to ignore, after what was changed by eye."""
    kept: list[SceneFace] = []
    ignored = list(unlabelled)
    for face in faces:
        change = next((one for one in changes if one.is_of(face.box)), None)
        if change is None:
            kept.append(face)
        elif change.change is Change.MOVE and change.new is not None:
            kept.append(SceneFace(change.new, face.label))
    for change in changes:
        if change.new is None:
            continue
        if change.change is Change.ADD:
            kept.append(SceneFace(change.new, UNKNOWN))
        elif change.change is Change.IGNORE:
            ignored.append(change.new)
    return tuple(kept), tuple(ignored)


def read_split_scenes(
    data: Sequence[Path],
    mending: Path | None,
    split: str,
    labels: Mapping[str, str] | None = None,
) -> SceneReading:
    """Read the scenes of a split in those folders that hold some.

    Raises:
        DatasetError: none does, or a table is broken.
    """
    if not any(map(_holds_scenes, data)):
        raise DatasetError(f"no folder with {TABLE}: give that of the scenes with --data")
    reading = read_every_scene(data, mending, labels)
    of_split = tuple(scene for scene in reading.scenes if scene.split == split)
    return SceneReading(of_split, reading.problems)


def read_every_scene(
    data: Sequence[Path],
    mending: Path | None = None,
    labels: Mapping[str, str] | None = None,
) -> SceneReading:
    """Read the scenes of all splits, in those folders that hold some.

    Raises:
        DatasetError: a table is broken.
    """
    moved = read_mending(mending) if mending else None
    readings = [read_scenes(folder, moved, labels) for folder in data if _holds_scenes(folder)]
    return SceneReading(
        tuple(scene for part in readings for scene in part.scenes),
        tuple(problem for part in readings for problem in part.problems),
    )


def cut_faces(
    data: Sequence[Path],
    scenes: Sequence[Scene],
    mending: Path | None,
    labels: Mapping[str, str] | None = None,
) -> list[FaceRecord]:
    """The faces to train on that folders of scenes hold as cuts, and not in one of `scenes`."""
    shown = {scene.group for scene in scenes}
    folders = [folder for folder in data if _holds_scenes(folder)]
    records = read_datasets(folders, mending, labels).records
    return [r for r in records if r.split == "train" and r.group not in shown]


def without_scenes(data: Sequence[Path]) -> list[Path]:
    """Those folders that hold no scenes."""
    return [folder for folder in data if not _holds_scenes(folder)]


def _holds_scenes(folder: Path) -> bool:
    return (folder / TABLE).is_file()


def _rows(table: Path, columns: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    try:
        with table.open(newline="", encoding="utf-8-sig") as lines:
            reader = csv.DictReader(lines)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise DatasetError(f"{table}: the column {missing[0]!r} is missing")
            return [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{table}: can't be read: {error}") from error


def _label(word: str, words: LabelReader, where: str) -> SceneLabel | None:
    """The label of a row; None if it is unknown, and counted, or to be skipped."""
    if word in (MASK, REJECT) and words.meaning(word) in (None, Label(Wear.CORRECT)):
        return cast("SceneLabel", word)
    label = words.read(word, where)
    return label.wear if label else None


def _box(row: dict[str, str]) -> Box:
    x, y, w, h = (float(row[name]) for name in _BOX)
    if not (np.isfinite((x, y, w, h)).all() and w > 0 and h > 0):
        raise ValueError(f"no usable box: {(x, y, w, h)}")
    return x, y, w, h
