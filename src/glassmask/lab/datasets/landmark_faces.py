"""The faces that landmarks are learned from: pictures, and the true points on each.

A folder of bare faces has `mesh468.npz` beside its table; a painted folder's table says in the
column `photo` which of those faces it was painted on. A painted picture has the pixel geometry
of its photo, so the photo's points are its truth, also under the mask.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.errors import DatasetError
from glassmask.faces.points import PARTS, part_rows
from glassmask.lab.datasets import (
    FaceRecord,
    Problem,
    Reading,
    read_datasets,
)
from glassmask.lab.datasets.meshes import MESH, MeshFace, read_mesh_faces
from glassmask.lab.datasets.painted import TABLE


@dataclass(frozen=True, slots=True)
class LandmarkFace:
    """A picture of a face and its true points.

    Attributes:
        record: the picture, with its (mended) split.
        points: float64 (109, 2), in pixels of the picture.
        painted: whether something was painted before the face.
        turned: how far the face is turned aside: 0 from the front, about 1 in a profile.
    """

    record: FaceRecord
    points: NDArray[np.float64]
    painted: bool
    turned: float

    @property
    def path(self) -> Path:
        """The picture's file."""
        return self.record.path


def eye_distance(points: NDArray[np.floating]) -> NDArray[np.float64]:
    """The distance between the centres of the two eyes: points (..., 109, 2) to (...)."""
    left = points[..., part_rows("left_eye"), :].mean(axis=-2)
    right = points[..., part_rows("right_eye"), :].mean(axis=-2)
    return np.asarray(np.linalg.norm(left - right, axis=-1), np.float64)


def _mirrored() -> NDArray[np.int64]:
    """Where each point comes from when a photo is mirrored; see `MIRRORED`."""
    rows = {part: np.arange(109)[part_rows(part)] for part in PARTS}
    source = {part: (part, np.arange(len(rows[part]))) for part in PARTS}
    # Round parts go clockwise from a point; mirrored they go back round from its counterpart.
    for part, start in (("outline", 0), ("lips", 10), ("mouth", 4)):
        source[part] = (part, (start - np.arange(len(rows[part]))) % len(rows[part]))
    source["nostrils"] = ("nostrils", np.arange(len(rows["nostrils"]))[::-1])
    for one, other in (("left", "right"), ("right", "left")):
        source[f"{one}_brow"] = (f"{other}_brow", np.arange(5)[::-1])
        source[f"{one}_eye"] = (f"{other}_eye", (4 - np.arange(8)) % 8)
    return np.concatenate([rows[source[part][0]][source[part][1]] for part in PARTS])


MIRRORED: Final = _mirrored()
"""int64 (109,): point i of a mirrored face is the mirrored point `MIRRORED[i]` of the face."""


def read_landmark_faces(
    folders: Sequence[Path],
    mending: Path | None = None,
    labels: Mapping[str, str] | None = None,
) -> tuple[list[LandmarkFace], Reading]:
    """Read bare and painted faces with their points.

    Args:
        folders: at least one with `mesh468.npz`; any others with `painted.csv`.
        mending: a table that mends splits which leak into each other.
        labels: what unknown words of the datasets mean, see `read_datasets`.

    Returns:
        The faces, in the order of the folders, and what was read and left out.

    Raises:
        DatasetError: a folder has neither, or is not as it must be.
        MeshError: a mesh is not as it must be.
    """
    bare: dict[str, MeshFace] = {}
    for folder in folders:
        if (folder / MESH).is_file():
            bare.update((face.name, face) for face in read_mesh_faces(folder))
        elif not (folder / TABLE).is_file():
            raise DatasetError(f"{folder}: neither {MESH} nor {TABLE}: no points to learn from")
    if not bare:
        raise DatasetError(f"no folder with {MESH}: give that of the bare faces with --data")
    reading = read_datasets(folders, mending, labels)
    photo_of = {path: name for folder in folders for path, name in _photos(folder).items()}
    faces, problems = [], list(reading.problems)
    for record in reading.records:
        face = bare.get(photo_of.get(record.path, ""))
        if face is None:
            problems.append(Problem(str(record.path), "no points for it"))
            continue
        painted = record.path != face.path
        faces.append(LandmarkFace(record, face.points, painted, face.turned))
    return faces, Reading(tuple(face.record for face in faces), tuple(problems), reading.notes)


def _photos(folder: Path) -> dict[Path, str]:
    """Picture -> the name of the bare face that it shows."""
    table = folder / ("faces.csv" if (folder / MESH).is_file() else TABLE)
    with table.open(newline="", encoding="utf-8-sig") as lines:
        rows = csv.DictReader(lines)
        return {folder / row["file"]: row.get("photo") or row["file"] for row in rows}
