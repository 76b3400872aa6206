"""Whole photos with a row a face: what a face finder learns from and is measured on."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from glassmask.errors import DatasetError
from glassmask.faces.crop import Box
from glassmask.lab.datasets.formats import read_datasets
from glassmask.lab.datasets.mending import Mending, read_mending
from glassmask.lab.datasets.reading import SPLITS
from glassmask.lab.datasets.records import FaceRecord
from glassmask.lab.datasets.tables import group_of
from glassmask.labels import Wear

TABLE: Final = "scenes.csv"
UNLABELLED: Final = "scenes_unlabelled.csv"
REJECT: Final = "reject"


@dataclass(frozen=True, slots=True)
class SceneFace:
    """A labelled face in a scene.

    Attributes:
        box: (x, y, w, h) in pixels of the file.
        wear: the label; None for a face that is too dark or blurred to judge.
    """

    box: Box
    wear: Wear | None


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


def read_scenes(folder: Path, mending: Mending | None = None) -> tuple[Scene, ...]:
    """Read `scenes.csv` and, where it is there, `scenes_unlabelled.csv` of a folder.

    Raises:
        DatasetError: no table, a missing column, or a row that can't be used.
    """
    faces: dict[str, list[SceneFace]] = defaultdict(list)
    unlabelled: dict[str, list[Box]] = defaultdict(list)
    about: dict[str, tuple[str, str, tuple[int, int]]] = {}
    dataset = folder.resolve().name
    places = mending.places if mending else {}
    for line, row in _rows(folder / TABLE):
        try:
            name, group = row["file"], group_of(row, dataset)
            group, split = places.get(group, (group, row["split"]))
            if split not in SPLITS:
                raise ValueError(f"unknown split {split!r}")
            about[name] = split, group, (int(row["width"]), int(row["height"]))
            wear = None if row["wear"] == REJECT else Wear(row["wear"])
            faces[name].append(SceneFace(_box(row), wear))
        except (KeyError, ValueError) as error:
            raise DatasetError(f"{folder / TABLE}, line {line}: {error}") from error
    if (folder / UNLABELLED).is_file():
        for line, row in _rows(folder / UNLABELLED):
            try:
                unlabelled[row["file"]].append(_box(row))
            except (KeyError, ValueError) as error:
                raise DatasetError(f"{folder / UNLABELLED}, line {line}: {error}") from error
    return tuple(
        Scene(folder / name, split, group, size, tuple(faces[name]), tuple(unlabelled[name]))
        for name, (split, group, size) in about.items()
    )


def scenes_of(data: Sequence[Path], mending: Path | None, split: str) -> list[Scene]:
    """The scenes of a split in those folders that hold some.

    Raises:
        DatasetError: none does, or a table is broken.
    """
    moved = read_mending(mending) if mending else None
    folders = [folder for folder in data if _holds_scenes(folder)]
    if not folders:
        raise DatasetError(f"no folder with {TABLE}: give that of the scenes with --data")
    found = [scene for folder in folders for scene in read_scenes(folder, moved)]
    return [scene for scene in found if scene.split == split]


def cut_faces(
    data: Sequence[Path], scenes: Sequence[Scene], mending: Path | None
) -> list[FaceRecord]:
    """The faces to train on that folders of scenes hold as cuts, and not in one of `scenes`."""
    shown = {scene.group for scene in scenes}
    records = read_datasets([folder for folder in data if _holds_scenes(folder)], mending).records
    return [r for r in records if r.split == "train" and r.group not in shown]


def without_scenes(data: Sequence[Path]) -> list[Path]:
    """Those folders that hold no scenes."""
    return [folder for folder in data if not _holds_scenes(folder)]


def _holds_scenes(folder: Path) -> bool:
    return (folder / TABLE).is_file()


def _rows(table: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        with table.open(newline="", encoding="utf-8-sig") as lines:
            reader = csv.DictReader(lines)
            return [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{table}: can't be read: {error}") from error


def _box(row: dict[str, str]) -> Box:
    x, y, w, h = (float(row[f"face_{part}"]) for part in "xywh")
    if not (np.isfinite((x, y, w, h)).all() and w > 0 and h > 0):
        raise ValueError(f"no usable box: {(x, y, w, h)}")
    return x, y, w, h
