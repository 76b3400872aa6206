"""Doubt in the figures of the wear network: faces left open, and sets that hold the truth."""

from __future__ import annotations

import numpy as np
import pytest

from glassmask.lab.classes import class_probabilities
from glassmask.lab.evaluation.doubt import doubt
from glassmask.lab.metrics.accuracy import Proportion
from glassmask.labels import Wear
from labelled import labelled


def test_doubt_by_hand() -> None:
    """Nineteen sure and right; one called correct at 0.45 that is bare, which has 0.40."""
    wears = [Wear.CORRECT] * 10 + [Wear.NONE] * 10
    faces = [labelled(wear, group=f"g{k}") for k, wear in enumerate(wears)]
    chances = np.full((20, 5), 0.01)
    chances[:10, 1] = chances[10:, 0] = 0.96
    chances[19] = (0.40, 0.45, 0.05, 0.05, 0.05)
    found = doubt(faces, class_probabilities(np.log(chances), 1.0), 0.8)
    assert found.balanced_with_abstention == 1.0
    assert found.sure == Proportion(19, 20)
    assert found.right_when_sure == Proportion(19, 19)
    assert found.sets_hold_truth == Proportion(20, 20)
    assert found.truth_reaches_confidence == Proportion(19, 20)
    assert found.mask_or_none == pytest.approx(0.95)
    assert 0 < found.calibration_error < 0.1
    assert 0.9 < found.coverage[0] <= 1


def test_without_masks_and_bare_faces_they_can_not_be_told_apart() -> None:
    faces = [labelled(Wear.INCORRECT, group=f"g{k}") for k in range(4)]
    found = doubt(faces, class_probabilities(np.log(np.full((4, 5), 0.2)), 1.0), 0.8)
    assert np.isnan(found.mask_or_none)
