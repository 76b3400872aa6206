"""Does an explanation point where the truth is? Pairs differ in known pixels and in class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Localisation:
    """How N maps lie to the truth: of each.

    Attributes:
        hit: float64 (N,), 1 where a map's maximum lies in the widened truth, else 0; of several
            maxima, the share that does.
        mass: float64 (N,), share of a map's positive sum inside it.
        rank: float64 (N,), share of the n highest pixels inside it, n being its size; of equal
            ones at the end, the share that does.
        area: float64 (N,), the share of the crop that it takes: what chance gives of all three.
    """

    hit: NDArray[np.float64]
    mass: NDArray[np.float64]
    rank: NDArray[np.float64]
    area: NDArray[np.float64]


def measure_localisation(maps: NDArray[np.float32], truths: NDArray[np.bool_]) -> Localisation:
    """Compare maps with truths.

    A map without a positive value points nowhere: hit and mass are 0, and rank is what chance
    gives. Pointing game (Zhang et al. 2018), relevance mass and rank accuracy (Arras et al. 2022).

    Args:
        maps: (N, S, S), signed.
        truths: (N, S, S), widened by `dilate_truth`; one without a true pixel gives NaN.
    """
    hit, mass, rank, area = (np.full(len(maps), np.nan) for _ in range(4))
    for row, (values, truth) in enumerate(zip(maps, truths, strict=True)):
        size = int(truth.sum())
        if not size:
            continue
        positive = np.maximum(values, 0).astype(np.float64)
        total = positive.sum()
        area[row] = truth.mean()
        if total <= 0 or not float(np.ptp(values)):  # the same everywhere is nowhere, too
            hit[row], mass[row], rank[row] = 0.0, area[row] if total > 0 else 0.0, area[row]
            continue
        hit[row] = truth[values == values.max()].mean()
        mass[row] = positive[truth].sum() / total
        rank[row] = _rank_accuracy(values, truth, size)
    return Localisation(hit, mass, rank, area)


def _rank_accuracy(values: NDArray[np.float32], truth: NDArray[np.bool_], size: int) -> float:
    """The share of the `size` highest pixels that is true, as expected if ties are drawn."""
    lowest = np.partition(values.ravel(), -size)[-size]
    above, tied = values > lowest, values == lowest
    drawn = size - int(above.sum())
    return float((truth[above].sum() + drawn * truth[tied].mean()) / size)
