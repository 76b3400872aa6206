"""Faces with landmarks: a table, its FaceMesh points, and the pictures."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from glassmask.errors import MeshError
from glassmask.faces.crop import Box
from glassmask.faces.points import MESH_INDICES, MESH_POINTS, FacePoints
from glassmask.lab.datasets.tables import group_name

MESH: Final = "mesh468.npz"


@dataclass(frozen=True, slots=True)
class MeshFace:
    """A face without a mask, with its landmarks.

    Attributes:
        path: the picture's file.
        name: of the file in its folder.
        split: `train`, `val` or `test`.
        source: where the dataset took it from.
        group: pictures of one group stay in one split.
        ffhq_id: as the table has it; empty where the picture is not of FFHQ.
        box: (x, y, w, h) of the face in pixels.
        points: float64 (109, 2), as `FacePoints` wants them.
    """

    path: Path
    name: str
    split: str
    source: str
    group: str
    ffhq_id: str
    box: Box
    points: NDArray[np.float64]

    @property
    def turned(self) -> float:
        """How far the face is turned aside: 0 from the front, about 1 in a profile."""
        face = FacePoints(self.points)
        left, right = np.sort(face.part("outline")[:, 0])[[0, -1]]
        tip = face.part("bridge")[-1, 0]
        return float(abs(2 * tip - left - right) / max(right - left, 1e-6))


def read_mesh_faces(folder: Path, split: str | None = None) -> list[MeshFace]:
    """Read `faces.csv` and `mesh468.npz` of a folder; row i of one is row i of the other.

    Rows with landmarks that are no finite numbers are left out.

    Raises:
        MeshError: a file or column is missing, or table and mesh don't have as many rows.
    """
    table = folder / "faces.csv"
    try:
        with table.open(newline="", encoding="utf-8-sig") as lines:
            rows = list(csv.DictReader(lines))
    except FileNotFoundError as error:
        raise MeshError(f"{table}: not there; faces to paint on need it") from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise MeshError(f"{table}: can't be read: {error}") from error
    try:
        # Opened here: NumPy leaves the file open when it is not what it should be.
        with (folder / MESH).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            mesh = arrays["mesh"]
    except FileNotFoundError as error:
        raise MeshError(f"{folder / MESH}: not there; faces to paint on need it") from error
    except (IndexError, KeyError, TypeError, ValueError, OSError, BadZipFile) as error:
        raise MeshError(f"{folder / MESH}: holds no array `mesh`: {error}") from error
    if mesh.shape != (len(rows), MESH_POINTS, 2):
        raise MeshError(
            f"{folder}: faces.csv has {len(rows)} rows, {MESH} holds an array of {mesh.shape}; "
            f"it must be ({len(rows)}, {MESH_POINTS}, 2)"
        )
    points = mesh[:, list(MESH_INDICES)].astype(np.float64)
    faces = []
    for row, own in zip(rows, points, strict=True):
        try:
            if (split and row["split"] != split) or not np.isfinite(own).all():
                continue
            ffhq = row.get("ffhq_id", "")
            faces.append(
                MeshFace(
                    path=folder / row["file"],
                    name=row["file"],
                    split=row["split"],
                    source=row.get("source", ""),
                    group=group_name(row, folder.resolve().name),
                    ffhq_id=ffhq,
                    box=(
                        float(row["face_x"]),
                        float(row["face_y"]),
                        float(row["face_w"]),
                        float(row["face_h"]),
                    ),
                    points=own,
                )
            )
        except (KeyError, TypeError, ValueError) as error:
            raise MeshError(f"{table}: {row.get('file', '?')}: {error}") from error
    return faces
