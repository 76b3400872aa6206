"""Prediction sets hold the true wear as often as promised."""

from __future__ import annotations

import math

import numpy as np
import pytest

from glassmask.lab.metrics.conformal import (
    choose_confidence,
    choose_threshold,
    estimate_coverage,
    true_probabilities,
)
from glassmask.labels import WEARS, Wear
from glassmask.verdict import prediction_set
from labelled import labelled


def test_the_threshold_by_hand() -> None:
    true = np.arange(1, 20) / 20  # 19 faces: of 20 alike, 19 are covered
    assert choose_threshold(true) == pytest.approx(1 / 20)
    assert choose_threshold(true, 0.5) == pytest.approx(10 / 20)  # the tenth largest
    assert choose_threshold(true[:18]) == 0.0  # too few to promise 95 %
    assert choose_threshold(np.zeros(0)) == 0.0


def test_what_is_promised_is_kept_and_not_much_more() -> None:
    rng = np.random.default_rng(3)
    true = 1 - rng.beta(0.4, 3, 4000)
    groups = [str(number) for number in rng.integers(0, 2500, len(true))]
    held = estimate_coverage(true, groups)
    assert held.shape == (200,)
    assert math.isclose(held.mean(), 0.95, abs_tol=0.005)
    assert held.std() > 0  # other splits, other thresholds


def test_people_are_not_on_both_sides() -> None:
    # One person's faces are all alike: if they chose their own threshold, all would be covered.
    true = np.repeat([0.9, 0.1], 50)
    held = estimate_coverage(true, ["a"] * 50 + ["b"] * 50, rounds=20)
    assert set(held) == {0.0, 1.0}


def test_probabilities_of_the_true_wear() -> None:
    found = true_probabilities(np.array([[0.1, 0.2, 0.3, 0.25, 0.15]]), [labelled(Wear.INCORRECT)])
    np.testing.assert_allclose(found, [0.7])


def chosen(true: np.ndarray) -> float:
    """The confidence where the true wear of each face has these probabilities."""

    rows = np.stack([true, 1 - true, 0 * true, 0 * true, 0 * true], axis=1)
    return choose_confidence(rows, [labelled(Wear.NONE)] * len(true))


def test_the_manifests_confidence_is_the_threshold_or_what_it_leaves() -> None:
    assert chosen(np.linspace(0.61234, 1.0, 99)) == 0.6281  # the 95th largest, cut off
    assert chosen(np.linspace(0.0, 1.0, 99)) == 0.9593  # that is 4 / 98
    assert chosen(np.linspace(0.9, 1.0, 10)) == 1.0  # too few to promise anything


@pytest.mark.parametrize("threshold", [0.02, 0.2, 0.4, 0.5, 0.7, 0.93])
def test_shown_sets_hold_what_the_promised_ones_hold(threshold: float) -> None:
    confidence = chosen(np.full(99, threshold))
    for row in np.random.default_rng(5).dirichlet((1.0, 0.5, 0.5), 500):
        promised = {WEARS[i] for i in np.flatnonzero(row >= threshold)}
        shown = prediction_set(row, confidence)
        assert promised <= set(shown)
        if threshold >= 0.5:
            assert (len(shown) > 1) is (len(promised) != 1)
