"""Find the faces of a photo: one network proposes, another looks closer."""

from __future__ import annotations

import math
import os
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.faces.crop import cut_to
from glassmask.faces.face import Face
from glassmask.faces.finder import MIN_FACE, Finder, reading_order
from glassmask.faces.landmarks import Landmarker
from glassmask.faces.nms import suppress

OVERLAP: Final = 0.5
"""Of two faces with an IoU above this, the less sure one is dropped."""

WITHIN: Final = 0.7
"""Likewise of two that share more than this part of the smaller: eyes and nose of a large face
look like a small one."""

_LEAST: Final = 1e-6  # a score of 0 or 1 says no more than this


class FaceFinder:
    """Finds faces and their landmarks.

    The finder sees the whole photo in few pixels, and takes a patterned bag for a face now and
    then; the landmark network sees each of its candidates in full. A face is what both believe,
    and its box is what the second says, which sees it best.

    Attributes:
        finder: proposes.
        landmarker: looks closer, and places the landmarks.
    """

    def __init__(
        self,
        finder: str | os.PathLike[str] | None = None,
        landmarks: str | os.PathLike[str] | None = None,
    ) -> None:
        """Load the networks (None: the shipped ones).

        Raises:
            NetworkError: a file is missing, not what its manifest says, or no such network.
        """
        self.finder = Finder(finder)
        self.landmarker = Landmarker(landmarks)

    def find(self, photo: NDArray[np.uint8], *, min_face: float = MIN_FACE) -> tuple[Face, ...]:
        """Find the faces of a photo.

        Args:
            photo: RGB uint8 (H, W, 3), of any size from 1 x 1.
            min_face: leave out faces whose box, cut to the photo, has a shorter side under
                this, in photo pixels.

        Returns:
            Faces from left to right by the middle of their boxes (of equals, from top to
            bottom). Boxes lie inside the photo.
        """
        candidates = self.finder.propose(photo, min_face=min_face)
        closer = self.landmarker.place(photo, [face.box for face in candidates])
        least = self.landmarker.manifest.score
        faces = []
        for face, place in zip(candidates, closer, strict=True):
            score = joint_score(face.score, place.face)
            box = cut_to(photo, place.box)
            if score >= least and min(box[2:]) >= max(min_face, 1e-6):
                faces.append(Face(box, score, place.points))
        # Two candidates that looked different may turn out to be one face.
        boxes = np.array([face.box for face in faces], np.float64).reshape(-1, 4)
        kept = suppress(
            boxes, np.array([face.score for face in faces], np.float64), OVERLAP, WITHIN
        )
        return tuple(sorted((faces[number] for number in kept), key=reading_order))


def joint_score(one: float | None, other: float) -> float:
    """Two chances of the same thing as one: the logistic of the mean of their logits.

    Args:
        one: the finder's score, in [0, 1]; None where nobody asked it, for even chances.
        other: the landmark network's.
    """
    logits = [
        math.log(p / (1 - p))
        for p in (min(max(p, _LEAST), 1 - _LEAST) for p in (0.5 if one is None else one, other))
    ]
    return 1 / (1 + math.exp(-sum(logits) / 2))
