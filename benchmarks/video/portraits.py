"""Faces to make painted films of: the demo portrait, and portraits of val that no person has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.faces.points import FacePoints
from glassmask.lab.datasets.meshes import MeshFace, read_mesh_faces
from glassmask.painter import demo_portrait
from glassmask.photos import read_photo

SOURCES: Final = ("Faker512", "GenPhotos512")
"""Of generated people: photos with room around the face, and nobody else in them."""

_ASIDE: Final = 0.2  # how far a face may be turned
_ROOM: Final = 0.3  # of the face's size, on each side
_BORDER: Final = 1.2  # of the photo's longer side, around it
_FADE: Final = 0.10  # of the photo's shorter side, inside it


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """A face before a backdrop into which its photo fades.

    Attributes:
        name: of it.
        picture: RGB uint8 (H, W, 3).
        points: of the face.
    """

    name: str
    picture: NDArray[np.uint8]
    points: FacePoints

    @property
    def box(self) -> NDArray[np.float64]:
        """x, y, w, h around the face's points."""
        low, high = self.points.xy.min(axis=0), self.points.xy.max(axis=0)
        return np.concatenate([low, high - low])


def portraits(data: Path) -> list[Portrait]:
    """The demo portrait, and those of val where the data is there, always in the same order."""
    photo, points = demo_portrait()
    found = [_before_backdrop("demo", photo, points)]
    if (data / "faces").is_dir():
        faces = [face for face in read_mesh_faces(data / "faces", "val") if face.source in SOURCES]
        order = np.random.default_rng(0).permutation(len(faces))
        for face in (faces[place] for place in order):
            photo = read_photo(face.path)
            if _suits(face, photo):
                found.append(_before_backdrop(Path(face.name).stem, photo, FacePoints(face.points)))
    return found


def _suits(face: MeshFace, photo: NDArray[np.uint8]) -> bool:
    low, high = face.points.min(axis=0), face.points.max(axis=0)
    room = _ROOM * (high - low)
    size = np.array(photo.shape[1::-1])
    return face.turned < _ASIDE and bool((low > room).all() and (high < size - room).all())


def _before_backdrop(name: str, photo: NDArray[np.uint8], points: FacePoints) -> Portrait:
    """The photo goes on beyond its border as a blur of itself."""
    height, width = photo.shape[:2]
    border = 8 * round(_BORDER * max(height, width) / 8)  # JPEG's blocks stay where they were
    around = (border, border, border, border)
    wide = cv2.copyMakeBorder(photo, *around, borderType=cv2.BORDER_REPLICATE)
    small = cv2.resize(wide, None, fx=1 / 8, fy=1 / 8, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), 0.08 * max(height, width) / 8)
    back = cv2.resize(small, wide.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    fade = max(2, round(_FADE * min(height, width)))
    inside = np.zeros((height, width), np.float32)
    inside[fade:-fade, fade:-fade] = 1
    weight = cv2.copyMakeBorder(inside, *around, borderType=cv2.BORDER_CONSTANT, value=0.0)
    weight = cv2.blur(weight, (2 * fade - 1, 2 * fade - 1))[..., None]
    picture = np.rint(wide * weight + back * (1 - weight)).astype(np.uint8)
    return Portrait(name, picture, points.moved(border, border))
