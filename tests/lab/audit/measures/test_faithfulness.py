"""Deletion, insertion and ROAD, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from glassmask.lab.attribution import Evidence
from glassmask.lab.audit.measures import faithfulness as faithfulness_module
from glassmask.lab.audit.measures.faithfulness import fill_holes, measure_faithfulness, measure_road
from glassmask.lab.audit.queries import crop_maps
from glassmask.lab.networks.classifier import Classifier
from glassmask.labels import WEARS, Wear

SIDE = 20


def test_faithfulness_of_a_true_map_and_of_its_contrary(
    local: Classifier, crops: NDArray[np.uint8]
) -> None:
    maps = crop_maps(local, crops, [2, 2], Evidence())
    incorrect = [WEARS.index(Wear.INCORRECT)] * 2
    true = measure_faithfulness(local, crops, incorrect, maps, "black")
    false = measure_faithfulness(local, crops, incorrect, -maps, "black")
    assert (true.deletion < false.deletion).all()
    assert (true.insertion > false.insertion).all()
    filled = measure_road(local, crops, incorrect, maps)
    assert (filled > 0).all()
    np.testing.assert_allclose(filled, -measure_road(local, crops, incorrect, -maps), atol=0.02)


def test_deletion_by_hand(local: Classifier) -> None:
    """Blue is removed in even steps: the class's chance falls along a logistic curve."""
    photo = np.zeros((1, SIDE, SIDE, 3), np.uint8)
    photo[..., 2] = 200
    flat = np.zeros((1, SIDE, SIDE), np.float32)
    found = measure_faithfulness(local, photo, [WEARS.index(Wear.INCORRECT)], flat, "black")
    left = 200 / 50 * (1 - np.arange(17) / 16)
    chances = np.exp(left) / (np.exp(left) + 2)
    area = (chances[0] / 2 + chances[1:-1].sum() + chances[-1] / 2) / 16
    np.testing.assert_allclose(found.deletion, area, atol=1e-3)
    np.testing.assert_allclose(found.insertion, found.deletion, atol=1e-3)


def test_holes_are_filled_as_the_equations_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rong et al. 2022: 1/6 beside, 1/12 across, over those that there are; solved densely."""
    monkeypatch.setattr(faithfulness_module, "_NOISE", 0.0)
    rng = np.random.default_rng(3)
    photo = rng.integers(0, 256, (5, 7, 3), dtype=np.uint8)
    holes = rng.random((5, 7)) < 0.5
    holes[0, :2] = True  # at the border and in its corner
    places = [(y, x) for y in range(5) for x in range(7)]
    matrix, wanted = np.eye(35), photo.reshape(-1, 3).astype(float)
    for own, (y, x) in enumerate(places):
        if holes[y, x]:
            near = {
                other: 1 / 6 if abs(v - y) + abs(u - x) == 1 else 1 / 12
                for other, (v, u) in enumerate(places)
                if other != own and abs(v - y) <= 1 and abs(u - x) <= 1
            }
            for other, weight in near.items():
                matrix[own, other] = -weight / sum(near.values())
            wanted[own] = 0
    solved = np.linalg.solve(matrix, wanted).reshape(5, 7, 3)
    assert np.abs(fill_holes(photo, holes, rng) - solved).max() <= 0.5 + 1e-9


def test_holes_are_filled_with_what_is_around() -> None:
    rng = np.random.default_rng(0)
    ramp = np.tile(np.linspace(20, 220, 30)[None, :, None], (24, 1, 3)).round().astype(np.uint8)
    holes = np.zeros((24, 30), np.bool_)
    holes[6:18, 8:22] = True
    filled = fill_holes(ramp, holes, rng).astype(int)
    np.testing.assert_array_equal(filled[~holes], ramp[~holes])
    assert np.abs(filled[holes] - ramp[holes]).max() < 14  # the mean of neighbours keeps a ramp
    assert np.abs(filled[holes] - ramp[holes]).mean() < 4
    flat = np.full((9, 9, 3), 77, np.uint8)
    all_but_one = np.ones((9, 9), np.bool_)
    all_but_one[0, 0] = False
    assert np.abs(fill_holes(flat, all_but_one, rng).astype(int) - 77).max() < 14
    everything = np.ones((9, 9), np.bool_)
    np.testing.assert_array_equal(fill_holes(flat, everything, rng), flat)
    np.testing.assert_array_equal(fill_holes(flat, ~everything, rng), flat)
