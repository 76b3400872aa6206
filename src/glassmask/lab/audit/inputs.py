"""What an audit looks at: faces as the network sees them, and what is known of their pixels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from glassmask.errors import PhotoError
from glassmask.faces.crop import Square, crop
from glassmask.faces.landmarks import Landmarker
from glassmask.faces.regions import face_regions, mean_points
from glassmask.lab.audit.sample_sizes import SampleSizes, choose_evenly
from glassmask.lab.datasets import FaceRecord, read_datasets
from glassmask.lab.datasets.pairs import PaintedPair, has_pairs, read_pairs
from glassmask.lab.datasets.segments import SegmentedFace, has_segments, read_segments
from glassmask.lab.judging.judge import Judge
from glassmask.lab.metrics.accuracy import is_counted
from glassmask.painter.regions import Region
from glassmask.photos import read_photo

PAINTED_PARTS: Final = tuple(region.name.lower() for region in Region)
"""The parts of a painted picture."""

SEGMENT_PARTS: Final = ("background", "face", "mask")
"""The parts that MaskedFace-Net's segments tell: the face is what of it is visible."""

Item = TypeVar("Item")
Loaded = TypeVar("Loaded")


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A face as the network sees it.

    Attributes:
        record: its label, and whose it is.
        crop: RGB uint8 (S, S, 3).
        regions: uint8 (S, S), positions in `faces.regions.REGIONS`, by its landmarks.
        parts: uint8 (S, S), what each pixel shows, where its dataset tells: positions in
            `PAINTED_PARTS` or in `SEGMENT_PARTS`.
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
class AuditInputs:
    """All that an audit looks at; any may be empty.

    Attributes:
        pairs: painted pairs of people that the network never saw.
        faces: real faces of such people.
        segmented: faces whose `parts` are MaskedFace-Net's segments.
    """

    pairs: tuple[SubjectPair, ...] = ()
    faces: tuple[Subject, ...] = ()
    segmented: tuple[Subject, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.pairs or self.faces or self.segmented)


@dataclass(frozen=True, slots=True)
class Selection:
    """Pairs, faces, and faces whose segments are known, in the order of their folders."""

    pairs: tuple[PaintedPair, ...]
    faces: tuple[FaceRecord, ...]
    segmented: tuple[SegmentedFace, ...]

    def __bool__(self) -> bool:
        return bool(self.pairs or self.faces or self.segmented)

    def sample(self, sizes: SampleSizes) -> Selection:
        """As many as an audit uses, evenly spread; of the faces as many of each wear as may be."""
        return Selection(
            tuple(choose_evenly(self.pairs, sizes.pairs, lambda pair: pair.after.uncovered)),
            tuple(choose_evenly(self.faces, sizes.faces, lambda face: face.wear)),
            tuple(choose_evenly(self.segmented, sizes.faces, lambda face: face.record.wear)),
        )

    def load(self, judge: Judge, warn: Callable[[str], None] = lambda _: None) -> AuditInputs:
        """Read and crop all of them as a network wants to see them.

        Args:
            judge: says how.
            warn: is told of each picture that can't be read; it is left out.

        Raises:
            NetworkError: the landmark network can't be used.
        """
        loader = SubjectLoader(judge, Landmarker())

        def load_all(load: Callable[[Item], Loaded], items: Sequence[Item]) -> tuple[Loaded, ...]:
            loaded = []
            for item in items:
                try:
                    loaded.append(load(item))
                except PhotoError as error:
                    warn(str(error))
            return tuple(loaded)

        return AuditInputs(
            load_all(loader.load_pair, self.pairs),
            load_all(loader.load, self.faces),
            load_all(
                lambda face: loader.load(face.record, face.segments, SEGMENT_PARTS), self.segmented
            ),
        )


def select(
    folders: Sequence[Path],
    mending: Path | None,
    split: str,
    labels: Mapping[str, str] | None = None,
) -> Selection:
    """What of a split there is, folder by folder.

    A folder of painted pairs gives pairs; one whose table names segments gives the faces that
    have them (their masks are drawn: they are not among the faces); any other gives faces. Those
    that are too small, or whose label is in doubt, are left out.

    Raises:
        DatasetError: a folder is not as it must be.
    """
    paired = [folder for folder in folders if has_pairs(folder)]
    with_segments = [folder for folder in folders if folder not in paired and has_segments(folder)]
    others = [folder for folder in folders if folder not in (*paired, *with_segments)]
    records = read_datasets(others, mending, labels).records if others else ()
    pairs = [pair for folder in paired for pair in read_pairs(folder, mending, labels)]
    segmented = [
        face for folder in with_segments for face in read_segments(folder, mending, labels)
    ]
    return Selection(
        tuple(pair for pair in pairs if pair.before.split == split),
        tuple(record for record in records if record.split == split and is_counted(record)),
        tuple(face for face in segmented if face.record.split == split),
    )


@dataclass(frozen=True, slots=True)
class SubjectLoader:
    """Crops faces out of their pictures as `glassmask check` does for a found face.

    But never more than the picture has: datasets hold portraits that are cropped close already,
    and an audit of repeated borders would be one of no photo that people take. Networks that were
    trained on repeated borders (framed as in FFHQ) are shown them.

    Attributes:
        judge: says how its network wants to see faces.
        landmarker: says where the regions are.
    """

    judge: Judge
    landmarker: Landmarker

    def load(
        self, record: FaceRecord, parts: Path | None = None, names: Sequence[str] = ()
    ) -> Subject:
        """A face, and where a picture of labels tells them, its parts, positions in `names`.

        Raises:
            PhotoError: a picture can't be read, or the labels are others or of another size.
        """
        photo = _read(record.path)
        square = _square(self.judge, record, photo)
        (placed,) = self.landmarker.place(photo, [record.box])
        points = placed.points or mean_points(record.box)
        return Subject(
            record=record,
            crop=crop(photo, square, self.judge.size),
            regions=face_regions(points, square, self.judge.size),
            parts=None if parts is None else self._load_parts(parts, photo, names, square),
        )

    def load_pair(self, pair: PaintedPair) -> SubjectPair:
        """Both members, cropped alike.

        Raises:
            PhotoError: as for a face.
        """
        before, after = (
            self.load(record, parts, PAINTED_PARTS)
            for record, parts in zip((pair.before, pair.after), pair.regions, strict=True)
        )
        picture = _read(pair.changes)
        square = _square(self.judge, pair.before, picture)
        changes = crop(picture, square, self.judge.size)[..., 0] > 0
        return SubjectPair(before, after, changes)

    def _load_parts(
        self, path: Path, photo: NDArray[np.uint8], names: Sequence[str], square: Square
    ) -> NDArray[np.uint8]:
        labels = _read(path)[..., 0]
        if labels.shape != photo.shape[:2]:
            raise PhotoError(
                f"{path}: not of its photo's size, {photo.shape[1]} x {photo.shape[0]}"
            )
        if labels.max() >= len(names):
            known = ", ".join(f"{place} {name}" for place, name in enumerate(names))
            raise PhotoError(f"{path}: a label is {labels.max()}; there are {known}")
        return crop_labels(labels, square, self.judge.size)


def stack_crops(subjects: Sequence[Subject]) -> NDArray[np.uint8]:
    """Their crops: RGB uint8 (N, S, S, 3)."""
    return np.stack([subject.crop for subject in subjects])


def stack_parts(subjects: Sequence[Subject]) -> NDArray[np.uint8]:
    """What each pixel of them shows: uint8 (N, S, S).

    Raises:
        ValueError: the parts of one are not known.
    """
    known = [subject.parts for subject in subjects if subject.parts is not None]
    if len(known) != len(subjects):
        raise ValueError("the parts of a face are not known")
    return np.stack(known)


def crop_labels(labels: NDArray[np.uint8], square: Square, size: int) -> NDArray[np.uint8]:
    """Labels (H, W) in a crop, uint8 (S, S): that of the nearest pixel; the border repeats."""
    centres = (np.arange(size) + 0.5) * square.side / size
    rows, columns = (
        np.clip(np.floor(start + centres).astype(int), 0, length - 1)
        for start, length in zip((square.y, square.x), labels.shape, strict=True)
    )
    return np.ascontiguousarray(labels[np.ix_(rows, columns)])


def _read(path: Path) -> NDArray[np.uint8]:
    try:
        return read_photo(path)
    except PhotoError as error:
        raise PhotoError(f"{path}: {error}") from error


def _square(judge: Judge, record: FaceRecord, photo: NDArray[np.uint8]) -> Square:
    """What of a record's picture is shown."""
    square = judge.square(record.box)
    if judge.framing == "ffhq":
        return square
    height, width = photo.shape[:2]
    side = min(square.side, height, width)
    x, y, w, h = record.box
    left = min(max(0.0, x + w / 2 - side / 2), width - side)
    return Square(left, min(max(0.0, y + h / 2 - side / 2), height - side), side)
