"""How a training view shows a labelled face: augmented at random, or framed as a portrait."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.lab.datasets.ffhq import ffhq_square
from glassmask.lab.datasets.records import FaceRecord
from glassmask.lab.training.augmentation import random_view, random_view_with_marks
from glassmask.lab.training.placement import FACE_ROWS
from glassmask.labels import Uncovered, Wear

FaceView: TypeAlias = Callable[
    [NDArray[np.uint8], FaceRecord, np.random.Generator], NDArray[np.uint8]
]
"""Makes a crop, RGB uint8 (S, S, 3), of a record's picture; the generator is its only chance."""


@dataclass(frozen=True, slots=True)
class AugmentedView:
    """A view of a face placed, lit and degraded at random, but for what makes its label.

    Attributes:
        size: S, side of the crop in pixels.
        far_rate: how often a face is turned far, instead of a little or not at all.
    """

    size: int
    far_rate: float = 0.0

    def __call__(
        self, photo: NDArray[np.uint8], record: FaceRecord, rng: np.random.Generator
    ) -> NDArray[np.uint8]:
        """See `FaceView`."""
        return random_view(photo, record.box, self.size, rng, rows_to_keep(record), self.far_rate)

    def with_marks(
        self,
        photo: NDArray[np.uint8],
        marks: NDArray[np.bool_],
        record: FaceRecord,
        rng: np.random.Generator,
    ) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        """The same view, and where the pixels of marks (H, W, n) lie in it: bool (S, S, n)."""
        rows = rows_to_keep(record)
        return random_view_with_marks(photo, marks, record.box, self.size, rng, rows, self.far_rate)


def portrait_view(
    photo: NDArray[np.uint8], record: FaceRecord, rng: np.random.Generator, *, size: int
) -> NDArray[np.uint8]:
    """A face framed as in FFHQ and MaskedFace-Net, mirrored or not.

    By OpenCV, which is ten times as fast as `crop`; what is learnt need not be the same to the
    last digit.
    """
    square = ffhq_square(record.box)
    left, top, side = round(square.x), round(square.y), max(1, round(square.side))
    height, width = photo.shape[:2]
    if min(left, top) >= 0 and top + side <= height and left + side <= width:
        framed = photo[top : top + side, left : left + side]
    else:  # what lies beyond the border repeats it
        rows = np.clip(np.arange(top, top + side), 0, height - 1)
        columns = np.clip(np.arange(left, left + side), 0, width - 1)
        framed = photo[rows[:, None], columns]
    interpolation = cv2.INTER_AREA if side > size else cv2.INTER_LINEAR
    view = np.asarray(cv2.resize(framed, (size, size), interpolation=interpolation), np.uint8)
    return view[:, ::-1] if rng.random() < 0.5 else view


def rows_to_keep(record: FaceRecord) -> tuple[float, float]:
    """What a view of the face must keep to show why its label is true, over the box's height."""
    if record.wear in (Wear.NONE, Wear.CORRECT):
        return FACE_ROWS
    below = 1.12  # a mask pulled under the chin
    if record.uncovered is None:  # not known, or the mask is on the forehead or the eyes
        return -0.1, below
    return FACE_ROWS[0], below if record.uncovered is Uncovered.NOSE_AND_MOUTH else FACE_ROWS[1]
