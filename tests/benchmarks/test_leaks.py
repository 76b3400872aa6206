"""How many test faces leak when a set is split by picture: by hand, and by drawing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.leaks import drawn, expected
from glassmask.labels import Wear
from labelled import labelled


def test_single_pictures_never_leak_and_pairs_as_often_as_the_other_is_in_training() -> None:
    face = labelled(Wear.NONE)
    single = [replace(face, group=f"p{k}") for k in range(50)]
    pairs = [replace(face, group=f"p{k // 2}") for k in range(100)]
    assert drawn(single, 0.65) == 0
    assert drawn(pairs, 0.65) == pytest.approx(0.65, abs=0.03)


def test_published_ranges() -> None:
    assert expected(0.65, bare=False) == pytest.approx((0.621, 0.649), abs=0.001)
    assert expected(0.8, bare=True) == pytest.approx((0.946, 0.951), abs=0.001)
