"""In which parts of a picture does the evidence lie, where the parts are known by pixel?

Regions by landmarks (`reasons`) say where the nose is, covered or not. Parts say what each pixel
shows: mask, or the nose itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.lab.audit.figures import Table, mean_of
from glassmask.painter.regions import Region

PAINTED: Final = tuple(region.name.lower() for region in Region)
"""The parts of a painted picture."""

SEGMENTS: Final = ("background", "face", "mask")
"""The parts that MaskedFace-Net's segments tell: the face is what of it is visible."""


def shares(
    maps: NDArray[np.float32], labels: NDArray[np.uint8], names: Sequence[str]
) -> dict[str, NDArray[np.float64]]:
    """Name -> the share of each map's positive sum there, float64 (N,); NaN for an empty map.

    Args:
        maps: float32 (N, S, S), signed.
        labels: uint8 (N, S, S), positions in `names`.
        names: of the labels.
    """
    rows = np.full((len(maps), len(names)), np.nan)
    for row, values, places in zip(rows, maps, labels, strict=True):
        positive = np.maximum(values, 0, dtype=np.float64).ravel()
        if (total := positive.sum()) > 0:
            row[:] = np.bincount(places.ravel(), positive, len(names)) / total
    return dict(zip(names, rows.T, strict=True))


def parts_table(
    maps: NDArray[np.float32],
    labels: NDArray[np.uint8],
    names: Sequence[str],
    groups: Sequence[str],
) -> Table:
    """Part -> the mean share of the positive evidence in it."""
    return {name: mean_of(some, groups) for name, some in shares(maps, labels, names).items()}


def areas_table(labels: NDArray[np.uint8], names: Sequence[str], groups: Sequence[str]) -> Table:
    """Part -> the mean share of the crop that it takes: what chance gives."""
    return parts_table(np.ones(labels.shape, np.float32), labels, names, groups)
