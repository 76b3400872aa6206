"""Read photos with PASCAL VOC annotations: the 853-photo "Face Mask Detection" set of Kaggle.

`annotations/*.xml` name the photo (in `images/`) and, face by face, the class `with_mask`,
`without_mask` or `mask_weared_incorrect` (with no reason) and a box. It has no split.
"""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException, ElementTree

from glassmask.errors import DatasetError
from glassmask.faces.crop import Box
from glassmask.lab.datasets.reading import (
    UNSPLIT,
    Problem,
    Reading,
    picture_size,
)
from glassmask.lab.datasets.records import FaceRecord
from glassmask.labels import Wear

WEARS: Final = MappingProxyType(
    {
        "with_mask": Wear.CORRECT,
        "without_mask": Wear.NONE,
        "mask_weared_incorrect": Wear.INCORRECT,
    }
)
"""Class name in the annotations -> wear."""


def is_voc(folder: Path) -> bool:
    """Whether a folder holds annotations of this kind."""
    return next((folder / "annotations").glob("*.xml"), None) is not None


def read_voc(folder: Path) -> Reading:
    """Read all faces; broken annotations, unknown classes and missing photos are problems.

    Raises:
        DatasetError: no annotations.
    """
    if not is_voc(folder):
        raise DatasetError(f"{folder}: no annotations/*.xml")
    parts = [_photo(folder, path) for path in sorted((folder / "annotations").glob("*.xml"))]
    return Reading.joined(parts)


def _photo(folder: Path, annotation: Path) -> Reading:
    try:
        tree = ElementTree.parse(annotation).getroot()
    except (ParseError, DefusedXmlException, OSError, LookupError, ValueError) as error:
        return Reading((), (Problem(str(annotation), "not an annotation", str(error)),))
    if tree is None:
        return Reading((), (Problem(str(annotation), "not an annotation", "it is empty"),))
    # Only the last part of the name: an annotation must not reach outside the folder.
    name = Path(tree.findtext("filename") or annotation.with_suffix(".png").name).name
    photo = folder / "images" / name
    try:
        size = picture_size(photo)
    except FileNotFoundError:
        return Reading((), (Problem(f"{annotation}: {photo}", "no such picture"),))
    except OSError as error:
        return Reading((), (Problem(f"{annotation}: {photo}", "can't be read", str(error)),))
    records: list[FaceRecord] = []
    problems: list[Problem] = []
    for number, face in enumerate(tree.iter("object"), start=1):
        where = f"{annotation}, object {number}"
        label = face.findtext("name") or ""
        box = _box(face, size)
        if label not in WEARS:
            problems.append(Problem(where, "unknown label", repr(label)))
        elif box is None:
            problems.append(Problem(where, "no usable box"))
        else:
            records.append(_record(folder, photo, WEARS[label], box))
    return Reading(tuple(records), tuple(problems))


def _record(folder: Path, photo: Path, wear: Wear, box: Box) -> FaceRecord:
    dataset = folder.resolve().name
    return FaceRecord(
        path=photo,
        dataset=dataset,
        source=dataset,
        split=UNSPLIT,
        group=f"{dataset}-{photo.name}",
        wear=wear,
        uncovered=None,
        certain=wear is not Wear.INCORRECT,
        box=box,
        face_px=min(box[2:]),
    )


def _box(face: Element, size: tuple[int, int]) -> Box | None:
    try:
        x0, y0, x1, y1 = (
            float(face.findtext(f"bndbox/{side}") or "nan")
            for side in ("xmin", "ymin", "xmax", "ymax")
        )
    except ValueError:
        return None
    inside = 0 <= x0 < x1 <= size[0] + 1 and 0 <= y0 < y1 <= size[1] + 1
    return (x0, y0, x1 - x0, y1 - y0) if inside else None
