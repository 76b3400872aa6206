"""Parts of painted pictures that a figure is told for: what was painted, and on whom."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeAlias

import cv2
import numpy as np

from glassmask.lab.datasets import FaceRecord
from glassmask.lab.datasets.meshes import read_mesh_faces
from glassmask.lab.datasets.traits import Traits
from glassmask.painter import Region

ELSEWHERE: Final = "elsewhere"
"""The way of wearing on the forehead or over the eyes."""
BLACK_LUMA: Final = 45
"""A mask whose median luma (0-255) is under this is black."""
PROFILE: Final = 0.55
"""`MeshFace.turned` from which a face is a profile, or nearly."""

PaintedRow: TypeAlias = Mapping[str, str]
"""A row of `painted.csv`."""


def read_painted_rows(folders: Iterable[Path]) -> dict[Path, PaintedRow]:
    """Each painted picture's row of its table, by the picture's path.

    Raises:
        OSError: a folder has no such table.
    """
    rows: dict[Path, PaintedRow] = {}
    for folder in folders:
        with (folder / "painted.csv").open(newline="", encoding="utf-8") as lines:
            rows.update({folder / row["file"]: row for row in csv.DictReader(lines)})
    return rows


def painted_slices(
    records: Sequence[FaceRecord], rows: Mapping[Path, PaintedRow], faces: Path, traits: Traits
) -> dict[str, list[int]]:
    """Numbers of the records by what was painted and on whom.

    Masks on the forehead or over the eyes are a part by themselves and in no other: so many of
    them are missed that they would hide everything else.

    Args:
        records: painted faces.
        rows: of their tables.
        faces: the dataset that they were painted on, which knows how far heads are turned.
        traits: of that dataset's faces.
    """
    turned = {face.path.name: face.turned for face in read_mesh_faces(faces)}
    parts: dict[str, list[int]] = defaultdict(list)
    for number, record in enumerate(records):
        row = rows[record.path]
        if row["way"] == ELSEWHERE:
            parts[ELSEWHERE].append(number)
            continue
        photo = photo_name(row)
        names = [row["kind"], row["object"], row["way"]]
        if row["pattern"] not in ("", "plain", "mouth"):
            names.append("patterned mask")
        if row["pattern"] == "mouth":
            names.append("a mouth printed on it")
        if row["kind"] and mask_luma(record, row["regions"]) < BLACK_LUMA:
            names.append("black mask")
        if turned.get(photo, 0.0) >= PROFILE:
            names.append("profile, or nearly")
        names += [f"{trait} (person)" for trait in sorted(traits.by_face.get(("faces", photo), ()))]
        for name in filter(None, names):
            parts[name].append(number)
    return dict(sorted(parts.items()))


def photo_name(row: PaintedRow) -> str:
    """The name of the photo that a picture was painted on."""
    return Path(row["photo"]).name


def mask_luma(record: FaceRecord, regions: str) -> float:
    """The median luma (0-255) of the mask in a painted picture; 255 where none is seen."""
    picture = cv2.imread(str(record.path), cv2.IMREAD_GRAYSCALE)
    values = cv2.imread(str(record.path.parent.parent / regions), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    assert values is not None
    inside = picture[values == int(Region.MASK)]
    return float(np.median(inside)) if len(inside) else 255.0


def with_person(record: FaceRecord, person: FaceRecord | None) -> FaceRecord:
    """A painted face with what is known of the person whose photo it was painted on."""
    if person is None:
        return record
    return replace(record, gender=person.gender, age=person.age, ethnicity=person.ethnicity)
