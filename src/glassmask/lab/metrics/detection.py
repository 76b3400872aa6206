"""How well faces are found: recall by size and wear, and how many finds are false.

A labelled face is found when a box overlaps it at IoU >= 0.5 (each box finds one face, the
surest first). A find is false when it overlaps no labelled or unlabelled face at IoU >= 0.3.
Faces too dark or blurred to judge count neither way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from glassmask.faces.crop import Box
from glassmask.faces.face import Face
from glassmask.lab.datasets.scenes import MASK, UNKNOWN, Scene, SceneLabel
from glassmask.lab.metrics.accuracy import Proportion
from glassmask.labels import Wear

SIZES: Final = (0.0, 24.0, 48.0, 96.0, float("inf"))
"""Bounds of the size classes: shorter side of the face, the photo's longer side being 640."""

LONGER_SIDE: Final = 640.0
HIT_IOU: Final = 0.5
TRUE_IOU: Final = 0.3


@dataclass(frozen=True, slots=True)
class Find:
    """What a finder gave for a photo: boxes (n, 4) as x, y, w, h, and scores (n,)."""

    boxes: NDArray[np.float64]
    scores: NDArray[np.float64]

    @classmethod
    def from_faces(cls, faces: Sequence[Face]) -> Find:
        """What the package's finder gave: faces with scores."""
        boxes = np.array([face.box for face in faces], np.float64).reshape(-1, 4)
        return cls(boxes, np.array([face.score for face in faces], np.float64))

    def above(self, score: float) -> Find:
        """Those with at least this score."""
        kept = self.scores >= score
        return Find(self.boxes[kept], self.scores[kept])


@dataclass(frozen=True, slots=True)
class Tally:
    """The faces of some scenes, and the false finds in them.

    Attributes:
        sizes: (n,) of the labelled faces that can be judged, in pixels at a longer side of 640.
        labels: of the same faces.
        hits: (n,) bool: found.
        false: how many finds are false.
        photos: how many scenes.
    """

    sizes: NDArray[np.float64]
    labels: tuple[SceneLabel, ...]
    hits: NDArray[np.bool_]
    false: int
    photos: int

    @property
    def false_per_photo(self) -> float:
        """False finds in a photo, on average."""
        return self.false / max(1, self.photos)

    def recall(
        self,
        min_size: float = 0.0,
        max_size: float = float("inf"),
        labels: Iterable[SceneLabel] = (*Wear, MASK, UNKNOWN),
    ) -> Proportion:
        """Share found of the faces with a size in [least, below) and one of the labels."""
        wanted = set(labels)
        chosen = (self.sizes >= min_size) & (self.sizes < max_size)
        chosen &= np.array([label in wanted for label in self.labels], bool)
        return Proportion(int(self.hits[chosen].sum()), int(chosen.sum()))

    def figures(self) -> dict[str, Any]:
        """For a manifest; a recall is None where there is no such face."""
        kinds: dict[str, tuple[SceneLabel, ...]] = {
            "masked": (Wear.CORRECT, Wear.INCORRECT, MASK),
            "bare": (Wear.NONE,),
        }
        recalls = {
            f"{min_size:.0f}-{max_size:.0f}": {
                kind: round(recall.value, 4)
                if (recall := self.recall(min_size, max_size, labels)).count
                else None
                for kind, labels in kinds.items()
            }
            for min_size, max_size in pairwise(SIZES)
        }
        return {
            "scenes": self.photos,
            "false_per_photo": round(self.false_per_photo, 4),
            "recall_by_size": recalls,
        }


def tally(scenes: Sequence[Scene], finds: Sequence[Find], hit_iou: float = HIT_IOU) -> Tally:
    """Hold what was found in each scene against its labels.

    Args:
        scenes: with their labels.
        finds: what was found in each.
        hit_iou: a face is found from this IoU on.
    """
    sizes: list[float] = []
    labels: list[SceneLabel] = []
    hits: list[bool] = []
    false = 0
    for scene, find in zip(scenes, finds, strict=True):
        found = _find_hits([face.box for face in scene.faces], find, hit_iou)
        for face, hit in zip(scene.faces, found, strict=True):
            if face.clear:
                sizes.append(min(face.box[2:]) * LONGER_SIDE / max(scene.size))
                labels.append(face.label)
                hits.append(hit)
        false += int(_is_false(scene, find).sum())
    return Tally(np.array(sizes), tuple(labels), np.array(hits, bool), false, len(scenes))


def choose_score(scenes: Sequence[Scene], finds: Sequence[Find], max_false: float) -> float:
    """The lowest score at which there are at most `max_false` false finds in a photo."""
    false = np.concatenate(
        [find.scores[_is_false(s, find)] for s, find in zip(scenes, finds, strict=True)]
    )
    scores = np.unique(np.round(np.concatenate([find.scores for find in finds]), 3))
    kept = [s for s in scores if (false >= s).sum() <= max_false * len(scenes)]
    return float(min(kept, default=1.0))


def iou(boxes: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Intersection over union of boxes (n, 4) with boxes (m, 4), both x, y, w, h: (n, m)."""
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(
        boxes[:, None, :2] + boxes[:, None, 2:], others[None, :, :2] + others[None, :, 2:]
    )
    both = np.clip(high - low, 0, None).prod(axis=2)
    union = boxes[:, 2:].prod(axis=1)[:, None] + others[:, 2:].prod(axis=1)[None] - both
    return np.asarray(both / np.maximum(union, 1e-9))


def _is_false(scene: Scene, find: Find) -> NDArray[np.bool_]:
    """Which finds, (n,), are on no face, labelled or not."""
    real = [face.box for face in scene.faces] + list(scene.unlabelled)
    overlap = iou(find.boxes, np.array(real, np.float64).reshape(-1, 4))
    return np.asarray(overlap.max(axis=1, initial=0.0) < TRUE_IOU)


def _find_hits(faces: Sequence[Box], find: Find, hit_iou: float) -> list[bool]:
    """Which faces are found, the surest find taking the face that it overlaps most."""
    overlap = iou(find.boxes, np.array(faces, np.float64).reshape(-1, 4))
    hit = np.zeros(len(faces), bool)
    for number in np.argsort(-find.scores, kind="stable"):
        free = np.where(hit, 0.0, overlap[number])
        if len(free) and free.max() >= hit_iou:
            hit[int(free.argmax())] = True
    return hit.tolist()
