"""What a finder takes for faces in labelled pictures: to learn to tell them apart."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.faces.crop import Box
from glassmask.faces.face import Face
from glassmask.faces.finder import Finder
from glassmask.lab.datasets.cache import PictureCache
from glassmask.lab.datasets.landmark_faces import LandmarkFace
from glassmask.lab.datasets.scenes import Scene
from glassmask.lab.metrics.detection import HIT_IOU, TRUE_IOU, iou

SCORE_SHARE: Final = 0.6
"""In scenes, candidates with down to this much of the finder's own least score are taken too:
in what it was trained on it is surer of itself than elsewhere."""

_EVERY: Final = 3  # one portrait in this many: eyes are eyes, and finding them takes minutes


@dataclass(frozen=True, slots=True)
class Candidate:
    """A box in a picture, and the faces that are really there.

    Attributes:
        path: the picture's file.
        box: (x, y, w, h) in its pixels.
        faces: the labelled faces.
        unsure: boxes of what may be faces, or of faces whose boxes are drawn otherwise.
    """

    path: Path
    box: Box
    faces: tuple[Box, ...]
    unsure: tuple[Box, ...]

    @property
    def match(self) -> BoxMatch:
        """How its box matches the faces.

        Raises:
            ValueError: that is not known; such a box is no candidate.
        """
        match = match_box(self.box, self.faces, self.unsure)
        if match is None:
            raise ValueError(f"{self.box} in {self.path} may be a face, or not")
        return match

    @property
    def is_face(self) -> bool:
        """Whether there is a face in the box, if a badly framed one."""
        return self.match.quality > 0


@dataclass(frozen=True, slots=True)
class BoxMatch:
    """How a box matches the faces of a picture.

    Attributes:
        quality: 1 where it overlaps one at `HIT_IOU`, 0 where at `TRUE_IOU` at most.
        face: the face that it overlaps most, if any.
    """

    quality: float
    face: Box | None


def match_box(box: Box, faces: Sequence[Box], unsure: Sequence[Box]) -> BoxMatch | None:
    """How a box matches the faces of a picture; None where that is not known."""
    own, near = _overlaps(box, faces), _overlaps(box, unsure)
    best = float(own.max(initial=0.0))
    if near.max(initial=0.0) >= max(TRUE_IOU, best):
        return None
    quality = float(np.clip((best - TRUE_IOU) / (HIT_IOU - TRUE_IOU), 0, 1))
    return BoxMatch(quality, faces[int(own.argmax())] if best > 0 else None)


def propose_in_scenes(
    finder: Finder, scenes: Sequence[Scene], cache: PictureCache
) -> tuple[Candidate, ...]:
    """What a finder proposes in scenes, and every labelled face by its own box."""
    least = SCORE_SHARE * finder.manifest.score
    photos = [cache[scene] for scene in scenes]
    found = []
    for scene, faces in zip(scenes, _propose(finder, photos, least), strict=True):
        clear = tuple(face.box for face in scene.faces if face.clear)
        unsure = *(face.box for face in scene.faces if not face.clear), *scene.unlabelled
        found += [
            Candidate(scene.path, box, clear, unsure)
            for box in (*clear, *(face.box for face in faces))
            if match_box(box, clear, unsure)
        ]
    return tuple(found)


def propose_in_portraits(
    finder: Finder, faces: Sequence[LandmarkFace], cache: PictureCache
) -> tuple[Candidate, ...]:
    """What a finder proposes inside the face of a portrait, and is none: an eye, a nostril.

    Boxes around landmarks are not drawn as those of scenes are, so none is learnt from here; what
    lies beside the face may be another face, and is left out.
    """
    some = faces[::_EVERY]
    photos = [cache[face] for face in some]
    found = []
    for face, proposals in zip(some, _propose(finder, photos), strict=True):
        (left, top), (right, bottom) = face.points.min(axis=0), face.points.max(axis=0)
        whole = float(left), float(top), float(right - left), float(bottom - top)
        for proposed in proposals:
            x, y, w, h = proposed.box
            within = left <= x + w / 2 <= right and top <= y + h / 2 <= bottom
            if within and match_box(proposed.box, (), (whole,)):
                found.append(Candidate(face.path, proposed.box, (), (whole,)))
    return tuple(found)


def _propose(
    finder: Finder, photos: Sequence[NDArray[np.uint8]], least: float | None = None
) -> Iterator[tuple[Face, ...]]:
    """What a finder proposes in each photo, on all cores."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(lambda p: finder.propose(p, min_face=8.0, min_score=least), photos)


def _overlaps(box: Box, others: Sequence[Box]) -> NDArray[np.float64]:
    return iou(np.array([box]), np.array(others, np.float64).reshape(-1, 4)).ravel()
