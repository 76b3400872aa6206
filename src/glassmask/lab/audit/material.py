"""Which pictures an audit uses: labelled faces and painted pairs of one split."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from glassmask.errors import PhotoError
from glassmask.faces.landmarks import Landmarker
from glassmask.lab.audit.parts import SEGMENTS
from glassmask.lab.audit.sizes import Sizes, spread
from glassmask.lab.audit.subjects import Cutter, Subjects
from glassmask.lab.datasets import FaceRecord, read_datasets
from glassmask.lab.datasets.pairs import PaintedPair, has_pairs, read_pairs
from glassmask.lab.datasets.segments import SegmentedFace, has_segments, read_segments
from glassmask.lab.judging.judge import Judge
from glassmask.lab.metrics.accuracy import is_counted

Given = TypeVar("Given")
Cut = TypeVar("Cut")


@dataclass(frozen=True, slots=True)
class Material:
    """Pairs, faces, and faces whose segments are known, in the order of their folders."""

    pairs: tuple[PaintedPair, ...]
    faces: tuple[FaceRecord, ...]
    segmented: tuple[SegmentedFace, ...]

    def __bool__(self) -> bool:
        return bool(self.pairs or self.faces or self.segmented)

    def only(self, sizes: Sizes) -> Material:
        """As many as an audit uses, evenly spread; of the faces as many of each wear as may be."""
        return Material(
            tuple(spread(self.pairs, sizes.pairs, lambda pair: pair.after.uncovered)),
            tuple(spread(self.faces, sizes.faces, lambda face: face.wear)),
            tuple(spread(self.segmented, sizes.faces, lambda face: face.record.wear)),
        )

    def cut(self, judge: Judge, warn: Callable[[str], None] = lambda _: None) -> Subjects:
        """All of them as a network wants to see them; `warn` is told of those that can't be read.

        Raises:
            NetworkError: the landmark network can't be used.
        """
        cutter = Cutter(judge, Landmarker())

        def each(make: Callable[[Given], Cut], given: Sequence[Given]) -> tuple[Cut, ...]:
            cut = []
            for item in given:
                try:
                    cut.append(make(item))
                except PhotoError as error:
                    warn(str(error))
            return tuple(cut)

        return Subjects(
            each(cutter.pair, self.pairs),
            each(cutter.face, self.faces),
            each(lambda face: cutter.face(face.record, face.segments, SEGMENTS), self.segmented),
        )


def find_material(folders: Sequence[Path], mending: Path | None, split: str) -> Material:
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
    records = read_datasets(others, mending).records if others else ()
    pairs = [pair for folder in paired for pair in read_pairs(folder, mending)]
    segmented = [face for folder in with_segments for face in read_segments(folder, mending)]
    return Material(
        tuple(pair for pair in pairs if pair.before.split == split),
        tuple(record for record in records if record.split == split and is_counted(record)),
        tuple(face for face in segmented if face.record.split == split),
    )
