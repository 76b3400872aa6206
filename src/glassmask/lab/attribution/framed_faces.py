"""The faces of a photo as a network wants to see them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glassmask.faces.crop import Box, Square, crop
from glassmask.faces.find import FaceDetector
from glassmask.lab.judging.judge import Judge


@dataclass(frozen=True, slots=True, eq=False)
class FramedFace:
    """What a network sees of one face.

    Attributes:
        box: (x, y, w, h) of the face, in photo pixels.
        square: what of the photo the crop shows.
        crop: RGB uint8 (S, S, 3).
    """

    box: Box
    square: Square
    crop: NDArray[np.uint8]


def frame_faces(
    photo: NDArray[np.uint8],
    judge: Judge,
    finder: FaceDetector | None,
    min_face: float,
    max_faces: int | None,
) -> list[FramedFace]:
    """The faces of a photo as a network wants to see them, from left to right.

    Args:
        photo: RGB uint8 (H, W, 3).
        judge: says how faces are framed for it.
        finder: None: the whole photo is one face.
        min_face: faces whose shorter side is less are left out, in photo pixels.
        max_faces: the largest ones only, so many at most; None: all.
    """
    if finder is None:
        height, width = photo.shape[:2]
        whole: Box = (0.0, 0.0, float(width), float(height))
        squares = [(whole, Square.around(whole))]
    else:
        faces = finder.find(photo, min_face=min_face, max_faces=max_faces)
        squares = [(face.box, judge.square(face.box, face.turn)) for face in faces]
    return [FramedFace(box, square, crop(photo, square, judge.size)) for box, square in squares]
