"""Faces with landmarks: a table, its FaceMesh points, and the pictures."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from glassmask.faces.crop import Box
from glassmask.faces.points import MESH_INDICES, MESH_POINTS

_MESH = "mesh468.npz"


class MeshError(ValueError):
    """A folder of faces with landmarks that is not as it must be; the message says where."""


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


def read_mesh_faces(folder: Path, split: str | None = None) -> list[MeshFace]:
    """Read `faces.csv` and `mesh468.npz` of a folder; row i of one is row i of the other.

    Rows with landmarks that are no finite numbers are left out.

    Raises:
        MeshError: a file or column is missing, or table and mesh don't have as many rows.
    """
    table = folder / "faces.csv"
    try:
        with table.open(newline="", encoding="utf-8") as lines:
            rows = list(csv.DictReader(lines))
        with np.load(folder / _MESH, allow_pickle=False) as arrays:
            mesh = arrays["mesh"]
    except FileNotFoundError as error:
        raise MeshError(f"{error.filename}: not there; faces to paint on need it") from error
    except (KeyError, ValueError, OSError) as error:
        raise MeshError(f"{folder / _MESH}: can't be read: {error}") from error
    if mesh.shape != (len(rows), MESH_POINTS, 2):
        raise MeshError(
            f"{folder}: faces.csv has {len(rows)} rows, {_MESH} holds an array of {mesh.shape}; "
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
                    group=row.get("group") or f"{folder.name}-{row['file']}",
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
        except (KeyError, ValueError) as error:
            raise MeshError(f"{table}: {row.get('file', '?')}: {error}") from error
    return faces
