"""Where the parts of photographed faces are, by the shipped landmark network.

A mask hides a nose, and yet it is known where it is: so a photograph can say, too, where the
evidence for an answer must lie, and what there is to hide. (Of painted faces the painter knows.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.faces.landmarks import Landmarker
from glassmask.faces.points import FacePoints
from glassmask.lab.datasets import FaceRecord, PictureCache
from glassmask.lab.datasets.painted_truths import REGIONS
from glassmask.labels import QUESTIONS, Question
from glassmask.painter.frame import Frame
from glassmask.painter.regions import bare_regions
from glassmask.painter.sheet import Window

_PARTS: Final = [question for question in QUESTIONS if question is not Question.MASK]


@dataclass(frozen=True, slots=True, eq=False)
class LandmarkTruth:
    """Where the parts of a face are, whether they are covered or not.

    Attributes:
        points: the face's landmarks, in pixels of the picture as the cache keeps it.
    """

    points: NDArray[np.float32]

    def marks(self, shape: tuple[int, ...]) -> NDArray[np.bool_]:
        """Where the parts are, bool (H, W, 4) in the order of `QUESTIONS`; of the mask, nowhere.

        Args:
            shape: height and width of the picture as the cache keeps it.
        """
        height, width = shape[:2]
        frame = Frame.of(FacePoints(self.points.astype(np.float64)))
        seen = bare_regions(frame, Window(0, 0, width, height))
        parts = [seen == REGIONS[question] for question in _PARTS]
        return np.stack([np.zeros((height, width), np.bool_), *parts], axis=-1)


def landmark_truths(
    records: Iterable[FaceRecord], cache: PictureCache, landmarker: Landmarker
) -> Mapping[Path, LandmarkTruth]:
    """The truths of masked faces whose landmarks are trusted, by their pictures.

    Args:
        records: any; those without a mask, and pictures of several faces, are passed over.
        cache: holds their pictures.
        landmarker: places the landmarks.
    """
    masked = [record for record in records if record.answers.mask]
    faces = Counter(record.path for record in masked)
    truths: dict[Path, LandmarkTruth] = {}
    for record in masked:
        if faces[record.path] > 1:
            continue
        box = record.scaled(cache.scale(record)).box
        (placed,) = landmarker.place(cache[record], [box])
        if placed.points is None:
            continue
        truth = LandmarkTruth(placed.points.xy.astype(np.float32))
        try:
            Frame.of(placed.points)
        except ValueError:  # too small, or no face
            continue
        truths[record.path] = truth
    return truths
