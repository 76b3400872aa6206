"""Does an explanation point where the truth is? Pairs differ in known pixels and in class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

TOLERANCE: Final = 1 / 20
"""Half a cell of the shipped network's 10 x 10 grid, in sides of the crop: the same for every
method and network."""


@dataclass(frozen=True, slots=True, eq=False)
class Located:
    """How N maps lie to the truth.

    Attributes:
        hit: float64 (N,), 1 where a map's maximum lies in the dilated truth, else 0.
        mass: float64 (N,), share of a map's positive sum inside it; NaN for a map without any.
        rank: float64 (N,), share of the n highest pixels inside it, n being its size.
        area: float64 (N,), the share of the crop that it takes: what chance gives of all three.
    """

    hit: NDArray[np.float64]
    mass: NDArray[np.float64]
    rank: NDArray[np.float64]
    area: NDArray[np.float64]


def dilated(truth: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """True pixels, and those no further than the tolerance from one: bool (S, S)."""
    radius = round(TOLERANCE * len(truth))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return np.asarray(cv2.dilate(truth.astype(np.uint8), disc) > 0)


def locate(maps: NDArray[np.float32], truths: NDArray[np.bool_]) -> Located:
    """Compare maps with truths.

    Pointing game (Zhang et al. 2018), relevance mass and rank accuracy (Arras et al. 2022).

    Args:
        maps: (N, S, S), signed.
        truths: (N, S, S), dilated already; one without a true pixel gives NaN.
    """
    hit, mass, rank, area = (np.full(len(maps), np.nan) for _ in range(4))
    for row, (values, truth) in enumerate(zip(maps, truths, strict=True)):
        size = int(truth.sum())
        if not size:
            continue
        positive = np.maximum(values, 0).astype(np.float64)
        total = positive.sum()
        area[row] = truth.mean()
        # A map that is the same everywhere points nowhere.
        pointing = float(np.ptp(values)) > 0
        hit[row] = float(pointing and truth.ravel()[int(values.argmax())])
        mass[row] = positive[truth].sum() / total if total > 0 else np.nan
        if pointing:
            highest = np.argpartition(-values.ravel(), size - 1)[:size]
            rank[row] = truth.ravel()[highest].mean()
        else:
            rank[row] = area[row]
    return Located(hit, mass, rank, area)
