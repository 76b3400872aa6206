"""Faces to paint on: from a table with landmarks, or found in a folder of plain pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from glassmask.errors import MeshError, PhotoError
from glassmask.faces.find import FaceDetector
from glassmask.formats import SUFFIXES
from glassmask.lab.datasets.meshes import MeshFace, read_mesh_faces
from glassmask.lab.datasets.reading import UNSPLIT
from glassmask.lab.datasets.tables import group_name
from glassmask.photos import read_photo

MIN_FACE: Final = 48.0
"""Shorter side, in pixels, under which a found face is too small to paint on."""


def read_faces(folder: Path, split: str | None = None) -> list[MeshFace]:
    """The faces of a folder: those of its `faces.csv`, or without one, what is found in pictures.

    Args:
        folder: as `read_mesh_faces` wants it, or plain pictures of bare faces.
        split: faces of this split only; plain pictures are in none.

    Raises:
        MeshError: the table or its landmarks are not as they must be, or no face is found.
        NetworkError: the shipped finder or landmarks can't be used.
    """
    pictures = [] if (folder / "faces.csv").exists() else pictures_in(folder)
    if not pictures:
        return read_mesh_faces(folder, split)
    faces = find_faces(folder, pictures)
    if not faces:
        raise MeshError(
            f"{folder}: {len(pictures)} pictures and no faces.csv, and in none of them a face of "
            f"{MIN_FACE:.0f} pixels or more whose landmarks are sure"
        )
    return [] if split else faces


def pictures_in(folder: Path) -> list[Path]:
    """The picture files of a folder itself, not those below, sorted; [] where it is none."""
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()
    )


def find_faces(folder: Path, pictures: Sequence[Path]) -> list[MeshFace]:
    """The largest face of each picture whose landmarks are sure; pictures without are left out.

    Raises:
        NetworkError: the shipped finder or landmarks can't be used.
    """
    finder = FaceDetector()
    faces = []
    for path in pictures:
        try:
            photo = read_photo(path)
        except PhotoError:
            continue
        found = finder.find(photo, min_face=MIN_FACE)
        sure = [(face.box, face.landmarks) for face in found if face.landmarks is not None]
        if sure:
            box, points = max(sure, key=lambda face: face[0][2] * face[0][3])
            faces.append(
                MeshFace(
                    path=path,
                    name=path.name,
                    split=UNSPLIT,
                    source="",
                    group=group_name({"file": path.name}, folder.resolve().name),
                    ffhq_id="",
                    box=box,
                    points=points.xy,
                )
            )
    return faces
