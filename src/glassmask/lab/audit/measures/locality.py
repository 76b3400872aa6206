"""Does the evidence at a place come from the pixels there?

A cell of a deep network may see the whole crop. So: all outside a region is hidden, and the
region's share of the map should stay; the region is hidden, and it should go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from glassmask.lab.attribution import Method, Target
from glassmask.lab.attribution.baselines import make_baseline
from glassmask.lab.audit.figures import pearson
from glassmask.lab.audit.queries import crop_maps
from glassmask.lab.networks.photo_network import PhotoNetwork

FILLS: Final = ("mean", "blur")
"""What hides pixels in an audit, each told by itself: see `attribution.baselines.BASELINES`."""


@dataclass(frozen=True, slots=True, eq=False)
class Locality:
    """What became of the evidence in N regions.

    Attributes:
        stays: float64 (N,), with all else hidden: the region's sum over what it was.
        goes: float64 (N,), with the region hidden: likewise; 0 or less for a local map.
        alike: float64 (N,), with all else hidden: correlation of the map inside the region with
            what it was.
    """

    stays: NDArray[np.float64]
    goes: NDArray[np.float64]
    alike: NDArray[np.float64]


def measure_locality(
    network: PhotoNetwork,
    crops: NDArray[np.uint8],
    targets: Sequence[Target],
    maps: NDArray[np.float32],
    regions: NDArray[np.bool_],
    method: Method,
    baseline: str,
) -> Locality:
    """Hide what is outside a region, and what is inside, and compare the map in the region.

    Sums are of the signed map. Regions whose sum is not positive (nothing there speaks for the
    target) or that are empty give NaN.

    Args:
        network: in evaluation mode.
        crops: RGB uint8 (N, S, S, 3).
        targets: of each crop.
        maps: float32 (N, S, S), of the crops as they are.
        regions: bool (N, S, S).
        method: is asked for the others.
        baseline: what hides, one of `attribution.baselines.BASELINES`.
    """
    hidden = make_baseline(baseline, torch.from_numpy(crops).float()).numpy()
    inside = regions[..., None]
    alone = np.where(inside, crops, hidden).round().astype(np.uint8)
    without = np.where(inside, hidden, crops).round().astype(np.uint8)
    kept, lost = (
        crop_maps(network, hidden_crops, targets, method) for hidden_crops in (alone, without)
    )
    sums, kept_sums, lost_sums = (
        (values * regions).sum(axis=(1, 2), dtype=np.float64) for values in (maps, kept, lost)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        there = sums > 0
        stays = np.where(there, kept_sums / sums, np.nan)
        goes = np.where(there, lost_sums / sums, np.nan)
    alike = [
        pearson(one[region], other[region]) if region.any() else np.nan
        for one, other, region in zip(maps, kept, regions, strict=True)
    ]
    return Locality(stays, goes, np.array(alike, np.float64))
