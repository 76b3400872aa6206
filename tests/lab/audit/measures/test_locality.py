"""A map whose evidence comes from its place, and one whose evidence does not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glassmask.lab.attribution import Evidence
from glassmask.lab.audit.measures.locality import measure_locality
from glassmask.lab.audit.queries import crop_maps
from glassmask.lab.networks.classifier import Classifier


def test_a_local_map_is_local_and_a_spread_one_is_not(
    local: Classifier, spread: Classifier, crops: NDArray[np.uint8]
) -> None:
    regions = np.zeros(crops.shape[:3], np.bool_)
    regions[0, 4:8, 2:6] = regions[1, 4:8, 12:16] = True
    for network, stays, goes in ((local, 1.0, 0.0), (spread, 0.13, 0.87)):
        maps = crop_maps(network, crops, [2, 2], Evidence())
        found = measure_locality(network, crops, [2, 2], maps, regions, Evidence(), "black")
        np.testing.assert_allclose(found.stays, stays, atol=0.02)
        np.testing.assert_allclose(found.goes, goes, atol=0.02)


def test_regions_without_evidence_are_not_counted(
    local: Classifier, crops: NDArray[np.uint8]
) -> None:
    maps = np.zeros(crops.shape[:3], np.float32)
    regions = np.zeros(crops.shape[:3], np.bool_)
    found = measure_locality(local, crops, [2, 2], maps, regions, Evidence(), "mean")
    assert np.isnan(found.stays).all()
    assert np.isnan(found.alike).all()
