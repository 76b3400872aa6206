"""Right for the right reason: in which regions of the face the evidence lies, class by class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.faces.regions import REGIONS
from glassmask.lab.audit.parts import shares

BORDER: Final = "border"
"""The outermost twentieth of the crop, on all sides: it overlaps the regions."""

SHORTCUTS: Final = ("background", "forehead", "eyes", BORDER)
"""Where no mask is, nor what it should cover: hair, background, and the picture's own edge."""


SOME, MUCH = 0.1, 0.2
"""Shares of the evidence that are worth a word, and that are too much in a region of any size."""


def shares_by_region(
    maps: NDArray[np.float32], regions: NDArray[np.uint8]
) -> dict[str, NDArray[np.float64]]:
    """Region -> the share of each map's positive sum in it, float64 (N,); NaN for an empty map.

    Args:
        maps: float32 (N, S, S).
        regions: uint8 (N, S, S), positions in `REGIONS`.
    """
    rim = np.broadcast_to(_rim(maps.shape[1]), maps.shape).astype(np.uint8)
    return {**shares(maps, regions, REGIONS), BORDER: shares(maps, rim, ("inside", BORDER))[BORDER]}


def areas_by_region(regions: NDArray[np.uint8]) -> dict[str, float]:
    """Region -> the mean share of the crop that it takes: what chance would give it."""
    areas = {name: float((regions == place).mean()) for place, name in enumerate(REGIONS)}
    return {**areas, BORDER: float(_rim(regions.shape[1]).mean())}


def shortcuts(found: Mapping[str, float], areas: Mapping[str, float]) -> list[str]:
    """The regions of `SHORTCUTS` that hold too much of the evidence.

    That is a fifth of it or more; or a tenth and more than their area, which chance would give.
    """
    return [name for name in SHORTCUTS if found.get(name, 0.0) > min(max(areas[name], SOME), MUCH)]


def _rim(size: int) -> NDArray[np.bool_]:
    width = max(1, round(size / 20))
    rim = np.ones((size, size), np.bool_)
    rim[width:-width, width:-width] = False
    return rim


def by_class(classes: Sequence[str]) -> dict[str, list[int]]:
    """Class -> the rows of it, in the order of their first."""
    rows: dict[str, list[int]] = {}
    for row, name in enumerate(classes):
        rows.setdefault(name, []).append(row)
    return rows
