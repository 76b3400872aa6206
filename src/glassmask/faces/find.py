"""Find the faces of a photo: one network proposes, another looks closer, twice."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.faces.crop import Box, cut_to
from glassmask.faces.face import Face
from glassmask.faces.finder import MIN_FACE, Finder, reading_order
from glassmask.faces.landmarks import Landmarker
from glassmask.faces.nms import suppress
from glassmask.faces.points import FacePoints

OVERLAP: Final = 0.5
"""Of two faces with an IoU above this, the less sure one is dropped."""

WITHIN: Final = 0.7
"""Likewise of two that share more than this part of the smaller: eyes and nose of a large face
look like a small one."""

LOOKS: Final = 2
"""How often the landmark network looks, each time at the box that it gave before."""

EVEN: Final = 0.5
"""A lower joint score is not looked at again."""

GRID: Final = 16
"""Boxes lie on sixteenths of a pixel. Another machine's last digit would else shift a crop by a
hair, and what 8-bit networks make of a hair is a quarter of a pixel."""

_LEAST: Final = 1e-6  # a score of 0 or 1 says no more than this


class FaceFinder:
    """Finds faces and their landmarks.

    The finder sees the whole photo in few pixels, and takes a patterned bag for a face now and
    then; the landmark network sees each of its candidates in full. A face is what both believe,
    and its box is what the second says, which sees it best, and looks again at where it says
    the face is.

    Attributes:
        finder: proposes.
        landmarker: looks closer, and places the landmarks.
    """

    def __init__(
        self,
        finder: str | os.PathLike[str] | None = None,
        landmarks: str | os.PathLike[str] | None = None,
        *,
        threads: int | None = None,
    ) -> None:
        """Load the networks (None: the shipped ones).

        Args:
            finder: ONNX file with its manifest beside it.
            landmarks: likewise.
            threads: how many each may use for one call, 1 or more; None: about one per core.

        Raises:
            NetworkError: a file is missing, not what its manifest says, or no such network.
        """
        self.finder = Finder(finder, threads=threads)
        self.landmarker = Landmarker(landmarks, threads=threads)

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
        proposed = self.finder.propose(photo, min_face=min_face)
        seen = [_Seen(_on_grid(face.box), (_logit(_score(face)),)) for face in proposed]
        for _ in range(LOOKS):
            seen = _distinct(self._look(photo, seen, min_face))
        least = self.landmarker.manifest.score
        faces = (Face(one.box, one.score, one.points) for one in seen if one.score >= least)
        return tuple(sorted(faces, key=reading_order))

    def _look(
        self, photo: NDArray[np.uint8], seen: Sequence[_Seen], min_face: float
    ) -> list[_Seen]:
        """Look closer at boxes; what is likely to be no face goes."""
        places = self.landmarker.place(photo, [one.box for one in seen])
        closer = [
            _Seen(
                _on_grid(cut_to(photo, place.box)), (*one.logits, _logit(place.face)), place.points
            )
            for one, place in zip(seen, places, strict=True)
        ]
        return [
            one for one in closer if one.score >= EVEN and min(one.box[2:]) >= max(min_face, 1e-6)
        ]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A box, the logits of all who looked whether it is a face, and its landmarks."""

    box: Box
    logits: tuple[float, ...]
    points: FacePoints | None = None

    @property
    def score(self) -> float:
        """The joint score: the logistic of the mean of the logits."""
        return 1 / (1 + math.exp(-sum(self.logits) / len(self.logits)))


def _distinct(seen: Sequence[_Seen]) -> list[_Seen]:
    """Of two that are one face, the surer."""
    boxes = np.array([one.box for one in seen], np.float64).reshape(-1, 4)
    scores = np.array([one.score for one in seen], np.float64)
    return [seen[number] for number in suppress(boxes, scores, OVERLAP, WITHIN)]


def _on_grid(box: Box) -> Box:
    """The box with its edges on the grid; it stays inside the photo."""
    x, y, w, h = box
    left, top, right, bottom = (math.floor(v * GRID + 0.5) / GRID for v in (x, y, x + w, y + h))
    return left, top, right - left, bottom - top


def _score(face: Face) -> float:
    return EVEN if face.score is None else face.score


def _logit(chance: float) -> float:
    chance = min(max(chance, _LEAST), 1 - _LEAST)
    return math.log(chance / (1 - chance))
