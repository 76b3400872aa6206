"""Which pictures an audit uses: labelled faces and painted pairs of one split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from glassmask.faces.landmarks import Landmarker
from glassmask.lab.audit.sizes import Sizes, spread
from glassmask.lab.audit.subjects import Subject, SubjectPair, subject_pairs_of, subjects_of
from glassmask.lab.datasets import FaceRecord, read_datasets
from glassmask.lab.datasets.pairs import PaintedPair, has_pairs, read_pairs
from glassmask.lab.evaluation.judge import Judge
from glassmask.lab.evaluation.metrics import is_judged


@dataclass(frozen=True, slots=True)
class Material:
    """Faces and pairs, in the order of their folders."""

    faces: tuple[FaceRecord, ...]
    pairs: tuple[PaintedPair, ...]

    def only(self, sizes: Sizes) -> Material:
        """As many as an audit uses, evenly spread; of the faces as many of each wear as may be."""
        wears = sorted({face.wear for face in self.faces})
        each = -(-sizes.faces // max(1, len(wears)))
        kept = [
            face
            for wear in wears
            for face in spread([f for f in self.faces if f.wear is wear], each)
        ]
        return Material(tuple(kept), tuple(spread(self.pairs, sizes.pairs)))

    def cut(self, judge: Judge) -> tuple[list[SubjectPair], list[Subject]]:
        """The pairs and faces as a network wants to see them.

        Raises:
            PhotoError: a picture can't be read.
            NetworkError: the landmark network can't be used.
        """
        landmarker = Landmarker()
        pairs = subject_pairs_of(self.pairs, judge, landmarker)
        return pairs, subjects_of(self.faces, judge, landmarker)


def find_material(folders: Sequence[Path], mending: Path | None, split: str) -> Material:
    """Faces of a split in folders of labelled faces, and pairs of it in those of painted pairs.

    Faces that are too small, or whose label is in doubt, are left out.

    Raises:
        DatasetError: a folder is not as it must be.
    """
    paired = [folder for folder in folders if has_pairs(folder)]
    others = [folder for folder in folders if folder not in paired]
    records = read_datasets(others, mending).records if others else ()
    pairs = [pair for folder in paired for pair in read_pairs(folder, mending)]
    return Material(
        tuple(record for record in records if record.split == split and is_judged(record)),
        tuple(pair for pair in pairs if pair.before.split == split),
    )
