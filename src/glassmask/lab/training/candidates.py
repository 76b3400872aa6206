"""What a finder takes for faces in labelled scenes: who looks closer learns to tell them apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from glassmask.faces.crop import Box
from glassmask.faces.finder import Finder
from glassmask.lab.datasets.cache import PictureCache
from glassmask.lab.datasets.scenes import Scene
from glassmask.lab.evaluation.finding import HIT_IOU, TRUE_IOU, iou

FAINT: Final = 0.5
"""Candidates with down to this much of the finder's own least score are looked at too."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A box in a picture.

    Attributes:
        path: the picture's file.
        box: (x, y, w, h) in its pixels.
        face: whether there is a face in the box.
    """

    path: Path
    box: Box
    face: bool


def propose_all(
    finder: Finder, scenes: Sequence[Scene], cache: PictureCache
) -> tuple[Candidate, ...]:
    """What a finder proposes in scenes, and every labelled face by its own box.

    A candidate with less overlap than `TRUE_IOU` with every labelled, doubtful or unlabelled face
    is none; one with `HIT_IOU` or more with a labelled face is one; the others are left out.
    """
    least = FAINT * finder.manifest.score
    found = []
    for scene in scenes:
        clear = [face.box for face in scene.faces if face.wear is not None]
        found += [Candidate(scene.path, box, face=True) for box in clear]
        doubtful = [face.box for face in scene.faces if face.wear is None]
        boxes = [face.box for face in finder.propose(cache[scene], min_face=8.0, least=least)]
        hit = _overlaps(boxes, clear)
        near = np.maximum(hit, _overlaps(boxes, [*doubtful, *scene.unlabelled]))
        for box, own, any_face in zip(boxes, hit, near, strict=True):
            if own >= HIT_IOU or any_face < TRUE_IOU:
                found.append(Candidate(scene.path, box, face=bool(own >= HIT_IOU)))
    return tuple(found)


def _overlaps(boxes: Sequence[Box], others: Sequence[Box]) -> np.ndarray:
    some, more = (np.array(rows, np.float64).reshape(-1, 4) for rows in (boxes, others))
    return np.asarray(iou(some, more).max(axis=1, initial=0.0))
