"""A training view while it is made: the picture, and which faces in it the finder has to find."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from glassmask.lab.tasks.finder.loss import FACE, IGNORED
from glassmask.lab.training.augmentation import degrade, vary_light

MAX_TARGETS: Final = 80
"""Targets a view has room for."""

LARGEST: Final = 128.0
"""Faces with a longer side above this are none of the finder's: it sees them in the photo
reduced. Up to twice this they count for nothing, beyond they are background."""

MIN_VISIBLE: Final = 0.45
"""A face of which a smaller share than this is in the picture counts for nothing."""

_MIN_SIDE: Final = 8.0  # a face smaller than this counts for nothing
_FLIP: Final = [1, 0, 2, 4, 3]  # left and right change places


@dataclass
class Canvas:
    """A picture, and what is in it.

    Attributes:
        picture: RGB uint8 (S, S, 3).
        boxes: of faces and places, (4,) each: left, top, right, bottom in pixels.
        kinds: `FACE` or `IGNORED`, of each.
        points: the five points (5, 2) of each; None where they are not known.
    """

    picture: NDArray[np.uint8]
    boxes: list[NDArray[np.float64]] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    points: list[NDArray[np.float64] | None] = field(default_factory=list)

    def add(self, box: NDArray[np.float64], kind: int, points: NDArray[np.float64] | None) -> None:
        """Note a face or a place."""
        self.boxes.append(box)
        self.kinds.append(kind)
        self.points.append(points)

    def add_visible(
        self, box: NDArray[np.float64], kind: int, points: NDArray[np.float64] | None
    ) -> None:
        """Note a face or a place, as far as it is in the picture and not too large."""
        size = self.picture.shape[0]
        inside = np.clip(box, 0, size)
        w, h = inside[2:] - inside[:2]
        across, down = box[2:] - box[:2]
        if w < 2 or h < 2 or max(across, down) > 2 * LARGEST:
            return
        too_large = max(across, down) > LARGEST
        if w * h < MIN_VISIBLE * across * down or max(w, h) < _MIN_SIDE or too_large:
            kind = IGNORED
        self.add(inside, kind, points)

    def finish(self, rng: np.random.Generator) -> tuple[torch.Tensor, ...]:
        """The view as a camera might have taken it, mirrored or not.

        Returns:
            The picture uint8 (S, S, 3), boxes (M, 4), kinds (M,), points (M, 5, 2), and whether
            they are known (M,), with M = `MAX_TARGETS`.
        """
        faces = [
            max(b[2:] - b[:2]) for b, k in zip(self.boxes, self.kinds, strict=True) if k == FACE
        ]
        picture = vary_light(self.picture, rng)
        # The smallest face decides how far the picture may be degraded.
        picture = degrade(picture, min(faces, default=100.0), rng)
        boxes = np.array(self.boxes, np.float32).reshape(-1, 4)[:MAX_TARGETS]
        kinds = np.array(self.kinds, np.int64)[:MAX_TARGETS]
        has_points = np.array([p is not None for p in self.points], bool)[:MAX_TARGETS]
        empty = np.zeros((len(_FLIP), 2))
        points = np.array([empty if p is None else p for p in self.points], np.float32).reshape(
            -1, len(_FLIP), 2
        )[:MAX_TARGETS]
        if rng.random() < 0.5:
            size = self.picture.shape[0]
            picture = picture[:, ::-1]
            boxes = np.stack([size - boxes[:, 2], boxes[:, 1], size - boxes[:, 0], boxes[:, 3]], 1)
            points = np.stack([size - points[:, _FLIP, 0], points[:, _FLIP, 1]], axis=-1)
        return (
            torch.from_numpy(np.ascontiguousarray(picture)),
            _pad(boxes),
            _pad(kinds),
            _pad(points),
            _pad(has_points),
        )


def _pad(rows: NDArray[np.generic]) -> torch.Tensor:
    out = np.zeros((MAX_TARGETS, *rows.shape[1:]), rows.dtype)
    out[: len(rows)] = rows
    return torch.from_numpy(out)
