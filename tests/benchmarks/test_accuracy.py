"""Doubt in the figures of the wear network: faces left open, and sets that hold the truth."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.accuracy import told
from glassmask.labels import Wear
from labelled import labelled


def test_doubt_by_hand() -> None:
    """Nineteen sure and right; one called correct at 0.45 that is bare, which has 0.40."""
    wears = [Wear.CORRECT] * 10 + [Wear.NONE] * 10
    faces = [labelled(wear, group=f"g{k}") for k, wear in enumerate(wears)]
    chances = np.full((20, 5), 0.01)
    chances[:10, 1] = chances[10:, 0] = 0.96
    chances[19] = (0.40, 0.45, 0.05, 0.05, 0.05)
    found = told("faces", faces, np.log(chances), 1.0, 0.8)
    assert found["balanced_accuracy"] == pytest.approx(0.95)
    assert found["with_abstention"] == 1.0
    assert found["sure"].endswith("(19/20)")
    assert found["right_when_sure"].endswith("(19/19)")
    assert found["sets_hold_truth"].endswith("(20/20)")
    assert found["truth_reaches_confidence"].endswith("(19/20)")
    assert found["mask_or_none"].startswith("0.9500")
    assert found["recall"]["none"]["hits"] == 9
