"""What is put in a hidden part's place."""

from __future__ import annotations

import numpy as np
import pytest

from glassmask.lab.datasets.pairs import widened
from glassmask.lab.judging.hiding import FILLS, Fill, hide

CROP = np.random.default_rng(0).integers(0, 256, (80, 80, 3), np.uint8)


@pytest.mark.parametrize("fill", FILLS)
def test_what_is_hidden_is_hidden_and_the_rest_stays(fill: Fill) -> None:
    part = np.zeros((80, 80), np.bool_)
    part[30:50, 30:50] = True
    hidden = hide(CROP, part, fill, np.random.default_rng(1))
    assert hidden.dtype == np.uint8
    changed = (hidden != CROP).any(axis=-1)
    assert changed[part].mean() > 0.95
    far = ~widened(part, 4)
    np.testing.assert_array_equal(hidden[far], CROP[far])
    inside = hidden[34:46, 34:46].astype(float)
    if fill == "grey":
        assert inside.std(axis=(0, 1)).max() < 1
    if fill == "blur":
        assert inside.std(axis=(0, 1)).max() < CROP.std() / 2


def test_the_same_chance_hides_alike() -> None:
    part = np.zeros((80, 80), np.bool_)
    part[10:20, 10:20] = True
    one, two = (hide(CROP, part, "noise", np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_nothing_to_hide_changes_nothing() -> None:
    nothing = np.zeros((80, 80), np.bool_)
    np.testing.assert_array_equal(hide(CROP, nothing, "grey", np.random.default_rng(0)), CROP)


def test_widening_by_hand() -> None:
    part = np.zeros((9, 9), np.bool_)
    part[4, 4] = True
    assert widened(part, 1).sum() == 5
    assert widened(part, 2)[4, 2]
    assert not widened(part, 2)[2, 2]
