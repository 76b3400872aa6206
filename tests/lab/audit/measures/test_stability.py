"""Maps of photos with a change that does not matter."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from glassmask.lab.attribution import Evidence
from glassmask.lab.audit.measures.stability import CHANGES, measure_stability
from glassmask.lab.audit.queries import crop_maps
from glassmask.lab.networks.classifier import Classifier


def test_stability(local: Classifier, crops: NDArray[np.uint8]) -> None:
    crops = crops.copy()
    crops[:, :, :, 1] += 100  # sure enough of its wear to stay with it
    maps = crop_maps(local, crops, [2, 2], Evidence())
    found = measure_stability(local, crops, [2, 2], maps, Evidence())
    assert list(found) == list(CHANGES)
    assert found["shift"] == pytest.approx(1)
    assert (found["noise"] > 0.9).all()
    assert (found["JPEG"] > 0.5).all()
