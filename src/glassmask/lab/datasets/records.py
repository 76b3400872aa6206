"""One labelled face in a dataset: the record type that all readers give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from glassmask.faces.crop import Box
from glassmask.labels import CLASSES, CLASSES_OF_WEAR, WEARS, Uncovered, Wear, class_index


@dataclass(frozen=True, slots=True)
class FaceRecord:
    """A labelled face.

    Attributes:
        path: the picture's file.
        dataset: the folder that lists it, for instance `real`.
        source: where the dataset took it from.
        split: `train`, `val` or `test`; empty where the dataset has none.
        group: pictures of one group (person, FFHQ id, near-duplicates) stay in one split.
        wear: the label.
        uncovered: what is uncovered; None for other wears, and for an incorrect one where it
            is not known or none of the three.
        certain: a person looked at the label and had no doubt.
        box: (x, y, w, h) of the face in pixels of the file.
        face_px: shorter side of the face before the dataset reduced the picture, in pixels.
        gender: as the dataset says it; empty where it does not.
        age: likewise.
        ethnicity: likewise.
    """

    path: Path
    dataset: str
    source: str
    split: str
    group: str
    wear: Wear
    uncovered: Uncovered | None
    certain: bool
    box: Box
    face_px: float
    gender: str = ""
    age: str = ""
    ethnicity: str = ""

    @property
    def label(self) -> str:
        """The label in one word: what is uncovered where that is known, else the wear."""
        return str(self.uncovered or self.wear)

    def scaled(self, scale: float) -> FaceRecord:
        """The record of its picture at another scale."""
        if scale == 1:
            return self
        x, y, w, h = self.box
        return replace(self, box=(x * scale, y * scale, w * scale, h * scale))

    def target(self) -> NDArray[np.bool_]:
        """Which of the five classes the label allows, (5,): all incorrect ones if not known."""
        allowed = np.zeros(len(CLASSES), np.bool_)
        if self.wear is Wear.INCORRECT and self.uncovered is None:
            allowed[list(CLASSES_OF_WEAR[Wear.INCORRECT])] = True
        else:
            allowed[class_index(self.wear, self.uncovered)] = True
        return allowed


def wear_positions(records: Sequence[FaceRecord]) -> NDArray[np.int64]:
    """The wears of the records, (N,), as positions in `WEARS`."""
    return np.array([WEARS.index(record.wear) for record in records], np.int64)
