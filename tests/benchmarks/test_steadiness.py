"""What a small change of a photo is, and how far shares move: by hand."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.steadiness import CHANGES, largest_move, lit, moved, steady
from glassmask import Checker, Question
from glassmask.painter import demo_photos


def test_changes_are_small_and_none_is_nothing() -> None:
    photo = np.random.default_rng(0).integers(40, 200, (32, 48, 3), np.uint8)
    np.testing.assert_array_equal(moved(1, 0)(photo)[:, 1:], photo[:, :-1])
    np.testing.assert_array_equal(moved(0, 1)(photo)[0], photo[0])
    assert (lit(1.05)(photo) >= photo).all()
    for name, change in CHANGES.items():
        made = change(photo)
        assert (made.shape, made.dtype) == (photo.shape, photo.dtype)
        assert (made != photo).any(), name


def test_a_move_is_the_largest_of_any_region(checker: Checker) -> None:
    (one,) = checker.check(demo_photos()["nose"])
    (other,) = checker.check(demo_photos()["correct"])
    by_hand = max(abs(one.shares[region] - other.shares[region]) for region in one.shares)
    assert largest_move(one, other, None) == by_hand > 0.05
    assert largest_move(one, one, Question.NOSE) == 0
    told = steady([(one, one), (one, other)], None)
    assert told["kept"]["hits"] == 1  # type: ignore[index, call-overload]
    assert told["p95"] == pytest.approx(0)
