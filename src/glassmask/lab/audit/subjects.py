"""What an audit looks at: faces as the network sees them, and what is known of their pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glassmask.faces.crop import Square, crop
from glassmask.faces.landmarks import Landmarker
from glassmask.faces.regions import mean_points, regions_of
from glassmask.lab.datasets import FaceRecord
from glassmask.lab.datasets.pairs import PaintedPair
from glassmask.lab.evaluation.judge import Judge
from glassmask.photos import read_photo


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A face as the network sees it.

    Attributes:
        record: its label, and whose it is.
        crop: RGB uint8 (S, S, 3).
        regions: uint8 (S, S), positions in `faces.regions.REGIONS`, by its landmarks.
    """

    record: FaceRecord
    crop: NDArray[np.uint8]
    regions: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class SubjectPair:
    """Two subjects that differ in known pixels.

    Attributes:
        before: the mask is worn correctly.
        after: a part is uncovered.
        changes: bool (S, S), the pixels of the crop in which they differ.
    """

    before: Subject
    after: Subject
    changes: NDArray[np.bool_]


def subjects_of(
    records: Sequence[FaceRecord],
    judge: Judge,
    landmarker: Landmarker,
) -> list[Subject]:
    """Cut faces out of their pictures as `glassmask check` does for a found face.

    But never more than the picture has: datasets hold portraits that are cut close already, and
    an audit of repeated borders would be one of no photo that people take. Networks that were
    trained on repeated borders (framed as in FFHQ) are shown them.

    Raises:
        PhotoError: a picture can't be read.
    """
    return [_subject(record, judge, landmarker) for record in records]


def subject_pairs_of(
    pairs: Sequence[PaintedPair],
    judge: Judge,
    landmarker: Landmarker,
) -> list[SubjectPair]:
    """Likewise for pairs; both pictures are cut alike.

    Raises:
        PhotoError: a picture can't be read.
    """
    found = []
    for pair in pairs:
        before, after = (
            _subject(record, judge, landmarker) for record in (pair.before, pair.after)
        )
        picture = read_photo(pair.changes)
        changes = crop(picture, _square(judge, pair.before, picture), judge.size)[..., 0] > 0
        found.append(SubjectPair(before, after, changes))
    return found


def _subject(record: FaceRecord, judge: Judge, landmarker: Landmarker) -> Subject:
    photo = read_photo(record.path)
    square = _square(judge, record, photo)
    (placed,) = landmarker.place(photo, [record.box])
    points = placed.points or mean_points(record.box)
    return Subject(
        record=record,
        crop=crop(photo, square, judge.size),
        regions=regions_of(points, square, judge.size),
    )


def _square(judge: Judge, record: FaceRecord, photo: NDArray[np.uint8]) -> Square:
    """What of a record's picture is shown."""
    wanted = judge.square(record.box)
    if judge.framing == "ffhq":
        return wanted
    height, width = photo.shape[:2]
    side = min(wanted.side, height, width)
    x, y, w, h = record.box
    left = min(max(0.0, x + w / 2 - side / 2), width - side)
    return Square(left, min(max(0.0, y + h / 2 - side / 2), height - side), side)
