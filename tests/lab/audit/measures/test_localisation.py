"""Pointing, mass and rank, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from glassmask.lab.audit.measures.localisation import measure_localisation
from glassmask.lab.datasets.pairs import dilate_truth


def test_pointing_mass_and_rank() -> None:
    truth = np.zeros((1, 4, 4), np.bool_)
    truth[0, 1, 1:3] = True
    values = np.zeros((1, 4, 4), np.float32)
    values[0, 1, 1], values[0, 0, 0], values[0, 3, 3] = 3.0, 2.0, -9.0
    found = measure_localisation(values, truth)
    assert found.hit.tolist() == [1]
    assert found.mass[0] == pytest.approx(3 / 5)
    assert found.rank[0] == pytest.approx(1 / 2)  # the two highest: one in, one out
    assert found.area[0] == pytest.approx(2 / 16)
    missed = measure_localisation(-values, truth)
    assert (missed.hit[0], missed.mass[0]) == (0, 0)
    flat = measure_localisation(
        np.ones((1, 4, 4), np.float32), truth
    )  # points nowhere: chance at best
    assert (flat.hit[0], flat.rank[0]) == (0, 2 / 16)
    assert flat.mass[0] == pytest.approx(2 / 16)
    assert np.isnan(measure_localisation(values, truth & False).hit[0])
    for nothing in (np.zeros((1, 4, 4), np.float32), -1 - values.clip(0)):
        empty = measure_localisation(nothing, truth)  # speaks for nothing anywhere
        assert (empty.hit[0], empty.mass[0], empty.rank[0]) == (0, 0, 2 / 16)


def test_ties_are_drawn() -> None:
    """Of four maxima one lies right; of the three highest pixels two are of six that are equal."""
    truth = np.zeros((1, 4, 4), np.bool_)
    truth[0, 0, :3] = True
    plateau = np.zeros((1, 4, 4), np.float32)
    plateau[0, :2, 2:] = 5.0
    assert measure_localisation(plateau, truth).hit[0] == pytest.approx(1 / 4)
    steps = np.zeros((1, 4, 4), np.float32)
    steps[0, 3, 3] = 2.0
    steps[0, 0, :3] = steps[0, 2, :3] = 1.0
    assert measure_localisation(steps, truth).rank[0] == pytest.approx(2 * (3 / 6) / 3)
    for place in ((3, 3), (2, 0), (1, 2)):  # one hot pixel, wherever it lies: chance, nearly
        spot = np.zeros((1, 4, 4), np.float32)
        spot[0, *place] = 1.0
        assert measure_localisation(spot, truth).rank[0] == pytest.approx(2 * (3 / 15) / 3)


def test_the_tolerance_is_half_a_cell() -> None:
    truth = np.zeros((160, 160), np.bool_)
    truth[80, 80] = True
    wide = dilate_truth(truth)
    assert wide[80, 88]
    assert not wide[80, 89]
    assert not wide[87, 87]  # a disc
