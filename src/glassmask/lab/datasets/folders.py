"""Read pictures sorted into folders by class: `[train|val|test/]CLASS/picture.jpg`."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Final

from glassmask.errors import DatasetError
from glassmask.lab.datasets.reading import (
    UNSPLIT,
    Problem,
    Reading,
    picture_size,
    pictures_under,
)
from glassmask.lab.datasets.records import FaceRecord
from glassmask.labels import Uncovered, Wear

CLASSES_OF_FOLDER: Final = MappingProxyType(
    {
        **dict.fromkeys(("none", "without_mask", "no_mask", "unmasked"), (Wear.NONE, None)),
        **dict.fromkeys(("correct", "with_mask", "mask", "masked"), (Wear.CORRECT, None)),
        **dict.fromkeys(
            ("incorrect", "incorrect_mask", "mask_weared_incorrect", "improper"),
            (Wear.INCORRECT, None),
        ),
        **{str(part): (Wear.INCORRECT, part) for part in Uncovered},
    }
)
"""Folder name, in lower case -> wear, and what is uncovered."""

_SPLITS: Final = MappingProxyType(
    {
        "train": "train",
        "training": "train",
        "val": "val",
        "valid": "val",
        "validation": "val",
        "test": "test",
        "testing": "test",
    }
)


def is_by_folder(folder: Path) -> bool:
    """Whether a folder, or its split folders, hold class folders."""
    if not folder.is_dir():
        return False
    inner = [child for child in folder.iterdir() if child.is_dir()]
    split = [child for child in inner if child.name.lower() in _SPLITS]
    roots = [grandchild for child in split for grandchild in child.iterdir()]
    return any(child.name.lower() in CLASSES_OF_FOLDER for child in (*inner, *roots))


def read_folders(folder: Path) -> Reading:
    """Read all faces, each filling its picture; other folders and broken files are problems.

    Raises:
        DatasetError: no class folders.
    """
    if not is_by_folder(folder):
        known = ", ".join(CLASSES_OF_FOLDER)
        raise DatasetError(f"{folder}: no folder is named after a class ({known})")
    dataset = folder.resolve().name
    records: list[FaceRecord] = []
    problems: list[Problem] = []
    for path in pictures_under(folder):
        parts = [part.lower() for part in path.relative_to(folder).parts[:-1]]
        split = _SPLITS.get(parts[0], UNSPLIT) if parts else UNSPLIT
        classes = [part for part in parts if part in CLASSES_OF_FOLDER]
        labels = {CLASSES_OF_FOLDER[name] for name in classes}
        if len(labels) > 1:
            labels.discard((Wear.INCORRECT, None))  # incorrect/nose/ says the same, closer
        if len(labels) != 1:
            detail = "its folders name several classes" if labels else "its folders name no class"
            problems.append(Problem(str(path), "unknown label", detail))
            continue
        try:
            width, height = picture_size(path)
        except OSError as error:
            problems.append(Problem(str(path), "can't be read", str(error)))
            continue
        ((wear, uncovered),) = labels
        records.append(
            FaceRecord(
                path=path,
                dataset=dataset,
                source=dataset,
                split=split,
                group=f"{dataset}-{path.relative_to(folder)}",
                wear=wear,
                uncovered=uncovered,
                certain=True,
                box=(0.0, 0.0, float(width), float(height)),  # a face and nothing else
                face_px=float(min(width, height)),
            )
        )
    return Reading(tuple(records), tuple(problems))
