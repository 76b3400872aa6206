"""Right for the right reason: the share of the evidence in each region or part of a picture.

Regions are those of the face by its landmarks: they say where the nose is, covered or not. Parts
are known by pixel from a painter or from segments: they say what shows there, mask or nose.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.faces.regions import REGIONS
from glassmask.lab.audit.figures import Table, mean_of

BORDER: Final = "border"
"""The outermost twentieth of the crop, on all sides: it overlaps the regions."""


def part_shares(
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


def part_table(
    maps: NDArray[np.float32],
    labels: NDArray[np.uint8],
    names: Sequence[str],
    groups: Sequence[str],
) -> Table:
    """Part -> the mean share of the positive evidence in it."""
    shares = part_shares(maps, labels, names)
    return {name: mean_of(values, groups) for name, values in shares.items()}


def area_table(labels: NDArray[np.uint8], names: Sequence[str], groups: Sequence[str]) -> Table:
    """Part -> the mean share of the crop that it takes: what chance gives."""
    return part_table(np.ones(labels.shape, np.float32), labels, names, groups)


def region_shares(
    maps: NDArray[np.float32], regions: NDArray[np.uint8]
) -> dict[str, NDArray[np.float64]]:
    """Region -> the share of each map's positive sum in it, float64 (N,); NaN for an empty map.

    Args:
        maps: float32 (N, S, S).
        regions: uint8 (N, S, S), positions in `REGIONS`.
    """
    rim = np.broadcast_to(_rim(maps.shape[1]), maps.shape).astype(np.uint8)
    return {
        **part_shares(maps, regions, REGIONS),
        BORDER: part_shares(maps, rim, ("inside", BORDER))[BORDER],
    }


def region_areas(regions: NDArray[np.uint8]) -> dict[str, float]:
    """Region -> the mean share of the crop that it takes: what chance would give it."""
    areas = {name: float((regions == place).mean()) for place, name in enumerate(REGIONS)}
    return {**areas, BORDER: float(_rim(regions.shape[1]).mean())}


def _rim(size: int) -> NDArray[np.bool_]:
    width = max(1, round(size / 20))
    rim = np.ones((size, size), np.bool_)
    rim[width:-width, width:-width] = False
    return rim
