"""Shares of the evidence by region and by part, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from glassmask.faces.regions import REGIONS
from glassmask.lab.audit.checks import shortcuts
from glassmask.lab.audit.measures.region_shares import (
    BORDER,
    area_table,
    part_shares,
    region_areas,
    region_shares,
)

SIDE = 20


def test_region_shares() -> None:
    regions = np.full((1, SIDE, SIDE), REGIONS.index("background"), np.uint8)
    regions[0, 10:, :] = REGIONS.index("mouth")
    maps = np.zeros((2, SIDE, SIDE), np.float32)
    maps[0, 12, 5], maps[0, 0, 0], maps[0, 5, 5] = 3.0, 1.0, -7.0
    found = region_shares(maps, np.repeat(regions, 2, axis=0))
    assert found["mouth"][0] == pytest.approx(0.75)
    assert found["background"][0] == pytest.approx(0.25)
    assert found[BORDER][0] == pytest.approx(0.25)
    assert np.isnan([values[1] for values in found.values()]).all()
    areas = region_areas(regions)
    assert areas["mouth"] == areas["background"] == 0.5
    assert areas[BORDER] == pytest.approx(1 - 18**2 / 20**2)
    told = {name: float(values[0]) for name, values in found.items()}
    assert shortcuts(told, areas) == ["background", BORDER]  # a quarter is too much anywhere
    assert shortcuts({**told, "background": 0.19}, areas) == [BORDER]  # less than its area
    assert shortcuts({**told, BORDER: 0.09}, areas) == ["background"]  # hardly any
    assert shortcuts({**told, BORDER: 0.15}, {**areas, BORDER: 0.1}) == ["background", BORDER]


def test_shares_by_part_by_hand() -> None:
    """1 + 2 of 6 in the first column; the negative value is no evidence; an empty map has none."""
    maps = np.array([[[1, 3], [2, -4]], [[0, -1], [0, 0]]], np.float32)
    labels = np.array([[[0, 2], [0, 2]]] * 2, np.uint8)
    found = part_shares(maps, labels, ("one", "two", "three"))
    assert found["one"][0] == pytest.approx(0.5)
    assert found["two"][0] == 0
    assert found["three"][0] == pytest.approx(0.5)
    assert all(np.isnan(values[1]) for values in found.values())
    table = area_table(labels, ("one", "two", "three"), ["a", "b"])
    assert (table["one"].value, table["two"].value, table["three"].count) == (0.5, 0, 2)
