"""What an audit looks at: faces as the network sees them, and what is known of their pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from glassmask.errors import PhotoError
from glassmask.faces.crop import Square, crop
from glassmask.faces.landmarks import Landmarker
from glassmask.faces.regions import mean_points, regions_of
from glassmask.lab.audit.parts import PAINTED
from glassmask.lab.datasets import FaceRecord
from glassmask.lab.datasets.pairs import PaintedPair
from glassmask.lab.judging.judge import Judge
from glassmask.photos import read_photo


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A face as the network sees it.

    Attributes:
        record: its label, and whose it is.
        crop: RGB uint8 (S, S, 3).
        regions: uint8 (S, S), positions in `faces.regions.REGIONS`, by its landmarks.
        parts: uint8 (S, S), what each pixel shows, where its dataset tells: positions in
            `parts.PAINTED` or in `parts.SEGMENTS`.
    """

    record: FaceRecord
    crop: NDArray[np.uint8]
    regions: NDArray[np.uint8]
    parts: NDArray[np.uint8] | None = None


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


@dataclass(frozen=True, slots=True, eq=False)
class Subjects:
    """All that an audit looks at; any may be empty.

    Attributes:
        pairs: painted pairs of people that the network never saw.
        faces: real faces of such people.
        segmented: faces whose `parts` are MaskedFace-Net's segments.
    """

    pairs: tuple[SubjectPair, ...] = ()
    faces: tuple[Subject, ...] = ()
    segmented: tuple[Subject, ...] = ()


@dataclass(frozen=True, slots=True)
class Cutter:
    """Cuts faces out of their pictures as `glassmask check` does for a found face.

    But never more than the picture has: datasets hold portraits that are cut close already, and
    an audit of repeated borders would be one of no photo that people take. Networks that were
    trained on repeated borders (framed as in FFHQ) are shown them.

    Attributes:
        judge: says how its network wants to see faces.
        landmarker: says where the regions are.
    """

    judge: Judge
    landmarker: Landmarker

    def face(
        self, record: FaceRecord, parts: Path | None = None, names: Sequence[str] = ()
    ) -> Subject:
        """A face, and where a picture of labels tells them, its parts, positions in `names`.

        Raises:
            PhotoError: a picture can't be read, or the labels are others or of another size.
        """
        photo = _photo(record.path)
        square = _square(self.judge, record, photo)
        (placed,) = self.landmarker.place(photo, [record.box])
        points = placed.points or mean_points(record.box)
        return Subject(
            record=record,
            crop=crop(photo, square, self.judge.size),
            regions=regions_of(points, square, self.judge.size),
            parts=None if parts is None else self._parts(parts, photo, names, square),
        )

    def pair(self, pair: PaintedPair) -> SubjectPair:
        """Both members, cut alike.

        Raises:
            PhotoError: as for a face.
        """
        before, after = (
            self.face(record, parts, PAINTED)
            for record, parts in zip((pair.before, pair.after), pair.regions, strict=True)
        )
        picture = _photo(pair.changes)
        square = _square(self.judge, pair.before, picture)
        changes = crop(picture, square, self.judge.size)[..., 0] > 0
        return SubjectPair(before, after, changes)

    def _parts(
        self, path: Path, photo: NDArray[np.uint8], names: Sequence[str], square: Square
    ) -> NDArray[np.uint8]:
        labels = _photo(path)[..., 0]
        if labels.shape != photo.shape[:2]:
            raise PhotoError(
                f"{path}: not of its photo's size, {photo.shape[1]} x {photo.shape[0]}"
            )
        if labels.max() >= len(names):
            known = ", ".join(f"{place} {name}" for place, name in enumerate(names))
            raise PhotoError(f"{path}: a label is {labels.max()}; there are {known}")
        return cut_labels(labels, square, self.judge.size)


def parts_in(subjects: Sequence[Subject]) -> NDArray[np.uint8]:
    """What each pixel of them shows: uint8 (N, S, S).

    Raises:
        ValueError: nobody told of one.
    """
    known = [subject.parts for subject in subjects if subject.parts is not None]
    if len(known) != len(subjects):
        raise ValueError("the parts of a face are not known")
    return np.stack(known)


def cut_labels(labels: NDArray[np.uint8], square: Square, size: int) -> NDArray[np.uint8]:
    """Labels (H, W) in a crop, uint8 (S, S): that of the nearest pixel; the border repeats."""
    centres = (np.arange(size) + 0.5) * square.side / size
    rows, columns = (
        np.clip(np.floor(start + centres).astype(int), 0, length - 1)
        for start, length in zip((square.y, square.x), labels.shape, strict=True)
    )
    return np.ascontiguousarray(labels[np.ix_(rows, columns)])


def _photo(path: Path) -> NDArray[np.uint8]:
    try:
        return read_photo(path)
    except PhotoError as error:
        raise PhotoError(f"{path}: {error}") from error


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
