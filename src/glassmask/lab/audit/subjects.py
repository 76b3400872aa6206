"""What an audit looks at: faces as the network sees them, and what is known of their pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.faces.crop import Square, crop
from glassmask.faces.landmarks import Landmarker
from glassmask.faces.points import FacePoints
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
        points: the landmarks in crop pixels; None where they could not be trusted.
        truth: uint8 (S, S), values of `masks.regions.Region`; None where nothing painted it.
    """

    record: FaceRecord
    crop: NDArray[np.uint8]
    regions: NDArray[np.uint8]
    points: NDArray[np.float64] | None
    truth: NDArray[np.uint8] | None = None


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
            _subject(record, judge, landmarker, truth)
            for record, truth in zip((pair.before, pair.after), pair.regions, strict=True)
        )
        picture = read_photo(pair.changes)
        changes = crop(picture, _square(judge, pair.before, picture), judge.size)[..., 0] > 0
        found.append(SubjectPair(before, after, changes))
    return found


def _subject(
    record: FaceRecord, judge: Judge, landmarker: Landmarker, truth: Path | None = None
) -> Subject:
    photo = read_photo(record.path)
    square = _square(judge, record, photo)
    (placed,) = landmarker.place(photo, [record.box])
    points = placed.points or mean_points(record.box)
    return Subject(
        record=record,
        crop=crop(photo, square, judge.size),
        regions=regions_of(points, square, judge.size),
        points=None if placed.points is None else _in_crop(placed.points, square, judge.size),
        truth=None if truth is None else _nearest(read_photo(truth)[..., 0], square, judge.size),
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


def _in_crop(points: FacePoints, square: Square, size: int) -> NDArray[np.float64]:
    return square.to_crop(points.xy, size)


def _nearest(labels: NDArray[np.uint8], square: Square, size: int) -> NDArray[np.uint8]:
    """A map of labels, cut as a crop is; beyond the border it repeats."""
    scale = square.side / size
    shift = (square.x + 0.5 * scale - 0.5, square.y + 0.5 * scale - 0.5)
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    cut = cv2.warpAffine(
        labels,
        matrix,
        (size, size),
        flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(cut, np.uint8)
