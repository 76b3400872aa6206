"""Non-maximum suppression: of boxes that overlap much, keep the one with the best score."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def suppress(
    boxes: NDArray[np.floating],
    scores: NDArray[np.floating],
    overlap: float,
    within: float | None = None,
) -> NDArray[np.int64]:
    """Which boxes stay, greedily from the best score down.

    Equal scores go by the boxes' numbers, so the order of the input does not matter.

    Args:
        boxes: (N, 4) x, y, w, h; any unit.
        scores: (N,).
        overlap: a box goes if its IoU with one that stays is above this.
        within: a box also goes if, with one that stays, it shares more than this part of the
            smaller of the two: it lies in the other, or around it. None: it stays.

    Returns:
        Positions of the boxes that stay, int64, best score first.
    """
    x, y, w, h = np.asarray(boxes, np.float64).reshape(-1, 4).T
    right, bottom, area = x + w, y + h, w * h
    waiting = np.lexsort((h, w, y, x, -np.asarray(scores, np.float64)))
    kept: list[int] = []
    while len(waiting):
        best, waiting = waiting[0], waiting[1:]
        kept.append(int(best))
        shared_w = np.minimum(right[waiting], right[best]) - np.maximum(x[waiting], x[best])
        shared_h = np.minimum(bottom[waiting], bottom[best]) - np.maximum(y[waiting], y[best])
        shared = np.maximum(shared_w, 0) * np.maximum(shared_h, 0)
        apart = shared <= overlap * (area[waiting] + area[best] - shared)
        if within is not None:
            apart &= shared <= within * np.minimum(area[waiting], area[best])
        waiting = waiting[apart]
    return np.array(kept, np.int64)
