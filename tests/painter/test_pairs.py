from __future__ import annotations

import cv2
import numpy as np
import pytest

from glassmask.errors import PaintError
from glassmask.painter import (
    Pair,
    Region,
    demo_portrait,
    draw_look,
    paint_pair,
)
from glassmask.painter.pairs import CHANGES


def pair(uncovered: str, seed: int) -> Pair:
    photo, points = demo_portrait()
    for attempt in range(20):
        rng = np.random.default_rng([seed, attempt])
        try:
            return paint_pair(photo, points, draw_look(rng), uncovered, rng)
        except PaintError:
            continue
    raise AssertionError("20 attempts failed")


@pytest.mark.parametrize("uncovered", CHANGES)
@pytest.mark.parametrize("seed", range(4))
def test_a_pair_differs_exactly_in_its_map(uncovered: str, seed: int) -> None:
    made = pair(uncovered, seed)
    assert (made.before.way, made.after.way) == ("correct", uncovered)
    differs = (made.before.picture != made.after.picture).any(axis=2)
    np.testing.assert_array_equal(made.changes, differs)
    newly_visible = np.isin(made.after.regions, (Region.NOSE, Region.MOUTH, Region.CHIN))
    assert made.changes[newly_visible].mean() > 0.97


@pytest.mark.parametrize("uncovered", CHANGES)
def test_one_thing_changes(uncovered: str) -> None:
    """Away from where the cloth was folded in, no bit differs, on the mask or off it."""
    made = pair(uncovered, 7)
    moved = made.before.regions != made.after.regions
    near = cv2.dilate(moved.astype(np.uint8), np.ones((33, 33), np.uint8)) > 0
    assert not made.changes[~near].any()
    still_cloth = (made.after.regions == Region.MASK) & ~near
    if uncovered != "nose_and_mouth":  # of that mask only a strip is left
        assert still_cloth.sum() > 100


def test_an_unknown_change() -> None:
    photo, points = demo_portrait()
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="no change 'ear'; there are: nose, chin"):
        paint_pair(photo, points, draw_look(rng), "ear", rng)
