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
from functools import partial
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Final

from glassmask.lab.datasets.contents import Contents
from glassmask.lab.datasets.ffhq import ffhq_box
from glassmask.lab.datasets.label_words import Label
from glassmask.lab.datasets.labels import LabelReader
from glassmask.lab.datasets.reading import Problem, Reading
from glassmask.lab.datasets.records import FaceRecord
from glassmask.lab.datasets.single_faces import read_single_faces, split_and_size
from glassmask.labels import Wear

_NAME = re.compile(r"(?P<id>\d{5})(?:_(?P<kind>Mask(?:_[A-Za-z]+)*))?")

_KAGGLE_SPLITS: Final = frozenset({"train", "validation", "holdout"})
_WEARS: Final = MappingProxyType(
    {
        "CMFD": Wear.CORRECT,
        "IMFD": Wear.INCORRECT,
        "covered": Wear.CORRECT,
        "incorrect": Wear.INCORRECT,
        "uncovered": Wear.NONE,
    }
)


def find_maskedfacenet(contents: Contents, labels: LabelReader) -> list[Path]:  # noqa: ARG001
    """The pictures of a folder that is laid out as MaskedFace-Net, published or Kaggle's."""
    return [path for path in contents.pictures if _is_laid_out(contents.folders_of(path))]


def _is_laid_out(folders: tuple[str, ...]) -> bool:
    if not {"CMFD", "IMFD"}.isdisjoint(folders):
        return True
    # `incorrect` alone is no sign of this set.
    return any(
        split in _KAGGLE_SPLITS and wear in ("covered", "uncovered")
        for split, wear in pairwise(folders)
    )


def read_maskedfacenet(contents: Contents, labels: LabelReader) -> Reading:
    """Read all faces; names that say nothing known, and what is no picture, are problems."""
    return read_single_faces(contents, labels, partial(_record, contents, labels))


def _record(contents: Contents, labels: LabelReader, path: Path) -> FaceRecord | Problem | None:
    """The face of a picture; None where its name is unknown, and counted as such."""
    name = _NAME.fullmatch(path.stem)
    group = f"ffhq-{int(name['id'])}" if name else f"{contents.name}-{contents.relative(path)}"
    label: Label | None = Label(Wear.NONE)  # FFHQ's own names say nothing but the id
    if name is None or name["kind"]:
        label = labels.read(name["kind"] if name else path.name, str(path))
    if label is None:
        return None
    folders = contents.folders_of(path)
    by_folder = next((_WEARS[folder] for folder in folders if folder in _WEARS), None)
    if by_folder is not None and by_folder is not label.wear:
        return Problem(str(path), "folder and file name disagree", f"{by_folder} or {label.wear}")
    found = split_and_size(contents, path)
    if isinstance(found, Problem):
        return found
    split, width, height = found
    box = ffhq_box(width, height)
    return FaceRecord(
        path=path,
        dataset=contents.name,
        source="FFHQ" if label.wear is Wear.NONE else "MaskedFace-Net",
        split=split,
        group=group,
        clear=True,
        wear=label.wear,
        uncovered=label.uncovered,
        elsewhere=label.elsewhere,
        certain=True,
        box=box,
        face_px=min(box[2:]),
    )
