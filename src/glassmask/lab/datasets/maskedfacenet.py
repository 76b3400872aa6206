"""Read MaskedFace-Net (Cabani et al. 2020), as published or as its Kaggle copy.

Published: `CMFD/` (correct) and `IMFD/` (incorrect) with numbered subfolders; FFHQ pictures
(`12345.png`) beside them are the unmasked class. It has no split.
Kaggle's "maskednet-flickr-faces": `train/`, `holdout/` (test), `validation/` (val), each with
`covered/`, `incorrect/`, `uncovered/`.

File names say what is covered: `12345_Mask.jpg` all, `12345_Mask_Nose_Mouth.jpg` not the chin,
`12345_Mask_Mouth_Chin.jpg` not the nose, `12345_Mask_Chin.jpg` neither nose nor mouth. The
number is the FFHQ id: pictures of one id are of one person, so of one group.
"""

from __future__ import annotations

import re
from pathlib import Path
from types import MappingProxyType
from typing import Final

from glassmask.errors import DatasetError
from glassmask.lab.datasets.ffhq import ffhq_box
from glassmask.lab.datasets.reading import (
    UNSPLIT,
    Problem,
    Reading,
    picture_size,
    pictures_under,
)
from glassmask.lab.datasets.records import FaceRecord
from glassmask.labels import Uncovered, Wear

_NAME = re.compile(r"(?P<id>\d{5})(?:_(?P<kind>Mask(?:_[A-Za-z]+)*))?")

KINDS: Final = MappingProxyType(
    {
        None: (Wear.NONE, None),
        "Mask": (Wear.CORRECT, None),
        "Mask_Nose_Mouth": (Wear.INCORRECT, Uncovered.CHIN),
        "Mask_Mouth_Chin": (Wear.INCORRECT, Uncovered.NOSE),
        "Mask_Chin": (Wear.INCORRECT, Uncovered.NOSE_AND_MOUTH),
    }
)
"""What a file name says after the id -> wear, and what is uncovered."""

_KAGGLE_SPLITS: Final = MappingProxyType({"train": "train", "validation": "val", "holdout": "test"})
_KAGGLE_WEARS: Final = MappingProxyType(
    {"covered": Wear.CORRECT, "incorrect": Wear.INCORRECT, "uncovered": Wear.NONE}
)
_PUBLISHED_WEARS: Final = MappingProxyType({"CMFD": Wear.CORRECT, "IMFD": Wear.INCORRECT})


def is_maskedfacenet(folder: Path) -> bool:
    """Whether a folder is laid out as MaskedFace-Net, published or Kaggle's."""
    if any((folder / name).is_dir() for name in _PUBLISHED_WEARS):
        return True
    return any(
        (folder / split / wear).is_dir()
        for split in _KAGGLE_SPLITS
        for wear in ("covered", "uncovered")  # `incorrect` alone is no sign of this set
    )


def read_maskedfacenet(folder: Path) -> Reading:
    """Read all faces; names that say nothing known, and files that are no pictures, are problems.

    Raises:
        DatasetError: the folder is not laid out so.
    """
    if not is_maskedfacenet(folder):
        raise DatasetError(f"{folder}: neither CMFD/ and IMFD/ nor train/covered/ and so on")
    records: list[FaceRecord] = []
    problems: list[Problem] = []
    for path in pictures_under(folder):
        found = _record(folder, path)
        if isinstance(found, FaceRecord):
            records.append(found)
        else:
            problems.append(found)
    return Reading(tuple(records), tuple(problems))


def _record(folder: Path, path: Path) -> FaceRecord | Problem:
    name = _NAME.fullmatch(path.stem)
    if name is None or name["kind"] not in KINDS:
        return Problem(str(path), "unknown label", "the file name says no known wear")
    wear, uncovered = KINDS[name["kind"]]
    parts = path.relative_to(folder).parts
    split = _KAGGLE_SPLITS.get(parts[0], UNSPLIT)
    by_folder = _PUBLISHED_WEARS.get(parts[0]) or (_KAGGLE_WEARS.get(parts[1]) if split else None)
    if by_folder is not None and by_folder is not wear:
        return Problem(str(path), "folder and file name disagree", f"{by_folder} or {wear}")
    try:
        width, height = picture_size(path)
    except OSError as error:
        return Problem(str(path), "can't be read", str(error))
    box = ffhq_box(width, height)
    return FaceRecord(
        path=path,
        dataset=folder.resolve().name,
        source="FFHQ" if wear is Wear.NONE else "MaskedFace-Net",
        split=split,
        group=f"ffhq-{int(name['id'])}",
        wear=wear,
        uncovered=uncovered,
        certain=True,
        box=box,
        face_px=min(box[2:]),
    )
