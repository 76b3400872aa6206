"""What the network sees of a face in a photo, and where the face's parts are in that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.faces.crop import Box, Square, crop
from glassmask.faces.face import Face
from glassmask.faces.points import FacePoints
from glassmask.faces.regions import face_regions, mean_points, mean_regions, outline_outside
from glassmask.labels import PARTS, Part

CROP_MARGIN: Final = 1.8
"""Side of a found face's crop, in longer sides of its box."""

MAX_OUTSIDE: Final = 0.35
"""A part of which more than this share of the outline lies outside the photo can't be seen. Cut off
further, a bare chin of the demo portrait is surely taken for a covered one."""


@dataclass(frozen=True, slots=True, eq=False)
class FramedFace:
    """What the network sees of one face.

    Attributes:
        face: which face.
        square: the square of the photo that the crop shows.
        crop: RGB uint8 (S, S, 3).
        outside: the parts of the face that lie outside the photo.
    """

    face: Face
    square: Square
    crop: NDArray[np.uint8]
    outside: frozenset[Part]

    def regions(self) -> NDArray[np.uint8]:
        """The regions of the crop, uint8 (S, S): by the face's landmarks, or an average face's."""
        points, size = _points(self.face), len(self.crop)
        return mean_regions(size) if points is None else face_regions(points, self.square, size)


def frame(photo: NDArray[np.uint8], face: Face, size: int) -> FramedFace:
    """Cut a face out of a photo as the network sees it.

    Args:
        photo: RGB uint8 (H, W, 3).
        face: in it.
        size: side of the crop in pixels.
    """
    square = Square.around(face.box, 1.0 if face.is_whole else CROP_MARGIN, face.turn)
    points = _points(face)
    outside: frozenset[Part] = frozenset()
    if points is not None:
        height, width = photo.shape[:2]
        shares = {part: outline_outside(points, part, width, height) for part in PARTS}
        outside = frozenset(part for part in PARTS if shares[part] > MAX_OUTSIDE)
    return FramedFace(face, square, crop(photo, square, size), outside)


def whole_picture(photo: NDArray[np.uint8], found: Sequence[Face]) -> Face:
    """A photo (H, W, 3) as one face, with the place and landmarks of the only one found in it."""
    height, width = photo.shape[:2]
    box: Box = (0.0, 0.0, float(width), float(height))
    if len(found) != 1:
        return Face(box)
    (face,) = found
    return Face(box, None, face.landmarks, face.extent or face.box, face.turn)


def _points(face: Face) -> FacePoints | None:
    """Where a face's parts are: by its landmarks, or by an average face in its uncut box.

    None for a whole picture without landmarks: nobody has said where in it the face is.
    """
    if face.landmarks is not None:
        return face.landmarks
    if face.is_whole and face.extent is None:
        return None
    return mean_points(face.extent or face.box, face.turn)
