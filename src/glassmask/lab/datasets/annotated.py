"""Photos with boxes of faces, whatever the annotations are written in, as records of faces."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from glassmask.faces.crop import Box
from glassmask.lab.datasets.contents import Contents, foreign_problem, picture_size
from glassmask.lab.datasets.label_words import Label
from glassmask.lab.datasets.labels import LabelReader, clip
from glassmask.lab.datasets.reading import Problem, Reading
from glassmask.lab.datasets.records import FaceRecord
from glassmask.labels import Wear

MAX_OUTSIDE: Final = 1.0
"""A box may reach so many pixels out of its picture and is cut there: of rounding, and of pixels
that are counted from 1. One that reaches farther is of another picture, or another size of it."""

_ROBOFLOW: Final = re.compile(r"\.rf\.[0-9A-Za-z]{8,}(?=\.[^.]+$)")
"""What Roboflow adds to the name of each altered copy of a picture."""


Corners: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass(frozen=True, slots=True)
class AnnotatedFace:
    """A face as an annotation has it.

    Attributes:
        where: file and place.
        word: the dataset's label.
        corners: of its box in pixels, or see `AnnotatedPhoto.relative`; None where there are
            no four numbers.
    """

    where: str
    word: str
    corners: Corners | None


@dataclass(frozen=True, slots=True)
class AnnotatedPhoto:
    """What an annotation says of a photo.

    Attributes:
        annotation: its file, with the place.
        picture: the photo's file.
        split: `train`, `val`, `test` or `UNSPLIT`.
        faces: one per box.
        size: width and height by the annotation; None where it says none.
        relative: corners are shares of width and height, not pixels.
        complete: all of its faces could be read; problems tell of the others.
    """

    annotation: str
    picture: Path
    split: str
    faces: tuple[AnnotatedFace, ...]
    size: tuple[int, int] | None = None
    relative: bool = False
    complete: bool = True


class AnnotatedReader:
    """Makes records of annotated photos, and keeps count of what is mended or left out."""

    def __init__(self, contents: Contents, labels: LabelReader) -> None:
        """Begin with nothing read."""
        self.contents, self.labels = contents, labels
        self.records: list[FaceRecord] = []
        self.problems: list[Problem] = []
        self._annotations: dict[Path, str] = {}
        self._mended = self._empty = self._repeated = 0

    def read(self, photo: AnnotatedPhoto) -> None:
        """Take the faces of a photo, and list those that can't be used."""
        first = self._annotations.setdefault(photo.picture, photo.annotation)
        if first != photo.annotation:
            detail = f"{self.contents.relative(photo.picture)} by {first}, which is read"
            self.problems.append(Problem(photo.annotation, "a picture annotated twice", detail))
            return
        where = f"{photo.annotation}: {photo.picture}"
        try:
            size = picture_size(photo.picture)
        except OSError as error:
            self.problems.append(Problem(where, "can't be read", error.strerror or str(error)))
            return
        if photo.size and max(abs(a - b) for a, b in zip(photo.size, size, strict=True)) > 1:
            detail = "annotated at {} x {} pixels, now {} x {}".format(*photo.size, *size)
            self.problems.append(Problem(where, "a picture of another size", detail))
            return
        self._empty += photo.complete and not photo.faces
        by_box: dict[Corners | str, list[tuple[AnnotatedFace, Label]]] = defaultdict(list)
        for face in photo.faces:
            label = self.labels.read(face.word, face.where)
            if label is not None:
                by_box[face.corners or face.where].append((face, label))
        for alike in by_box.values():
            face, label = alike[0]
            if any(other != label for _, other in alike):
                words = " and ".join(sorted({clip(face.word) for face, _ in alike}))
                problem = Problem(face.where, "several labels", f"{words} of one box", len(alike))
                self.problems.append(problem)
            else:
                self._repeated += len(alike) - 1
                self._add(photo, face, label, size)

    def reading(self, annotations: Iterable[Path]) -> Reading:
        """Everything that was read.

        Args:
            annotations: files that were read for it; the others that are no pictures are counted.
        """
        contents, folder = self.contents, str(self.contents.folder)
        problems, notes = self.labels.report(folder)
        bare = [path for path in contents.pictures if path not in self._annotations]
        foreign = [problem for problem in map(foreign_problem, bare) if problem]
        counts = (
            (self._mended, "a box up to a pixel outside of its picture, cut there"),
            (self._repeated, "a box given twice, counted once"),
            (len(bare) - len(foreign), "a picture without a usable annotation"),
            (self._empty, "an annotation without a face"),
        )
        notes += [f"{folder}: {count} x {what}" for count, what in counts if count]
        return Reading(
            tuple(self.records),
            (*problems, *self.problems, *foreign, *contents.problems),
            (*notes, *contents.other_files(annotations)),
        )

    def _add(
        self, photo: AnnotatedPhoto, face: AnnotatedFace, label: Label, size: tuple[int, int]
    ) -> None:
        corners = face.corners
        if corners is not None and photo.relative:
            x0, y0, x1, y1 = corners
            corners = x0 * size[0], y0 * size[1], x1 * size[0], y1 * size[1]
        if corners is None or not all(map(math.isfinite, corners)):
            self.problems.append(Problem(face.where, "no usable box", "not four numbers"))
            return
        box = _cut(corners, size)
        if isinstance(box, str):
            self.problems.append(Problem(face.where, "no usable box", box))
            return
        cut = (box[0], box[1], box[0] + box[2], box[1] + box[3])
        self._mended += max(abs(a - b) for a, b in zip(cut, corners, strict=True)) > 1e-3
        dataset = self.contents.name
        self.records.append(
            FaceRecord(
                path=photo.picture,
                dataset=dataset,
                source=dataset,
                split=photo.split,
                group=f"{dataset}-{self._group(photo.picture)}",
                wear=label.wear,
                uncovered=label.uncovered,
                elsewhere=label.elsewhere,
                # Sets that only say "incorrectly" call many things so.
                certain=label.wear is not Wear.INCORRECT or label != Label(Wear.INCORRECT),
                box=box,
                face_px=min(box[2:]),
            )
        )

    def _group(self, picture: Path) -> str:
        """Altered copies of a picture are one group, in whatever split they lie."""
        plain, copies = _ROBOFLOW.subn("", picture.name)
        return plain if copies else self.contents.relative(picture)


def _cut(corners: Corners, size: tuple[int, int]) -> Box | str:
    """The box inside the picture, or what is wrong with it."""
    x0, y0, x1, y1 = corners
    width, height = size
    said = f"{x0:g}, {y0:g} to {x1:g}, {y1:g}"
    if not (x0 < x1 and y0 < y1):
        return f"{said} is empty or upside down"
    # A hair more: shares of a picture's width are rounded.
    if max(-x0, -y0, x1 - width, y1 - height) > MAX_OUTSIDE + 1e-3:
        return f"{said} reaches out of {width} x {height}"
    x0, y0, x1, y1 = max(x0, 0.0), max(y0, 0.0), min(x1, float(width)), min(y1, float(height))
    return (x0, y0, x1 - x0, y1 - y0) if x0 < x1 and y0 < y1 else f"{said} is empty"
