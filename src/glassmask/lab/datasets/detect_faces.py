"""Faces to paint on: from a table with landmarks, or found in a folder of plain pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from glassmask.errors import MeshError, PhotoError
from glassmask.faces.find import FaceDetector
from glassmask.lab.datasets.contents import (
    is_hidden,
    is_own_picture,
    is_picture,
    own_drawings_line,
)
from glassmask.lab.datasets.meshes import MeshFace, read_mesh_faces
from glassmask.lab.datasets.reading import UNSPLIT
from glassmask.lab.datasets.tables import group_name
from glassmask.photos import read_photo

MIN_FACE: Final = 48.0
"""Shorter side, in pixels, under which a found face is too small to paint on."""


def read_faces(
    folder: Path, split: str | None = None, warn: Callable[[str], None] = lambda _: None
) -> list[MeshFace]:
    """The faces of a folder: those of its `faces.csv`, or without one, what is found in pictures.

    Args:
        folder: as `read_mesh_faces` wants it, or plain pictures of bare faces.
        split: faces of this split only; plain pictures are in none.
        warn: called with a line about each picture that can't be read, and one about those that
            Glassmask drew.

    Raises:
        MeshError: the table or its landmarks are not as they must be, or no face is found.
        NetworkError: the shipped finder or landmarks can't be used.
    """
    table = (folder / "faces.csv").exists()
    pictures = [] if table else pictures_in(folder)
    own = 0 if table or not folder.is_dir() else sum(map(is_own_picture, folder.iterdir()))
    if own:
        warn(f"{folder}: {own_drawings_line(own)}")
    if not pictures:
        return read_mesh_faces(folder, split)
    faces = find_faces(folder, pictures, warn)
    if not faces:
        raise MeshError(
            f"{folder}: {len(pictures)} pictures and no faces.csv, and in none of them a face of "
            f"{MIN_FACE:.0f} pixels or more whose landmarks are sure"
        )
    return [] if split else faces


def pictures_in(folder: Path) -> list[Path]:
    """What looks like a photo in a folder itself, not below, sorted; [] where it is none."""
    if not folder.is_dir():
        return []
    return sorted(
        path for path in folder.iterdir() if not is_hidden(path.name) and is_picture(path)
    )


def find_faces(
    folder: Path, pictures: Sequence[Path], warn: Callable[[str], None] = lambda _: None
) -> list[MeshFace]:
    """The largest face of each picture whose landmarks are sure; pictures without are left out.

    Args:
        folder: of the pictures, for the names of their groups.
        pictures: to search.
        warn: called with a line about each picture that can't be read.

    Raises:
        NetworkError: the shipped finder or landmarks can't be used.
    """
    finder = FaceDetector()
    faces = []
    for path in pictures:
        try:
            photo = read_photo(path)
        except PhotoError as error:
            warn(f"{path}: {error}")
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
