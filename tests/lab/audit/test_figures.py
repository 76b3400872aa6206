"""Means with their doubt, and correlations."""

from __future__ import annotations

import numpy as np
import pytest

from glassmask.lab.audit.figures import lead, mean_of, pearson, spearman


def test_means_by_groups() -> None:
    found = mean_of([1, 1, 1, 0, np.nan], ["a", "a", "a", "b", "c"])
    assert (found.value, found.count, found.people) == (0.75, 4, 2)
    assert (found.low, found.high) == (0, 1)  # two people: one of them alone may be drawn
    sure = mean_of(np.full(50, 0.3), [str(k) for k in range(50)])
    assert [sure.low, sure.high] == pytest.approx([0.3, 0.3])
    empty = mean_of([np.nan], ["a"])
    assert empty.count == 0
    assert empty.to_json() == {"value": None, "interval": None, "count": 0, "people": 0}
    with pytest.raises(ValueError, match="2 faces"):
        mean_of([1.0], ["a", "b"])


def test_correlations() -> None:
    ramp = np.arange(6.0).reshape(2, 3)
    assert pearson(ramp, 2 * ramp + 1) == pytest.approx(1)
    assert spearman(ramp, np.exp(ramp)) == pytest.approx(1)
    assert spearman(ramp, -(ramp**3)) == pytest.approx(-1)
    assert np.isnan(pearson(ramp, np.full((2, 3), 0.1)))
    assert np.isnan(spearman(np.zeros((2, 3)), ramp))


def test_a_lead_is_of_the_same_faces() -> None:
    own, other = mean_of([1.0, np.nan, 3.0], ["a", "b", "c"]), mean_of([0.5, 9.0, 2.5], list("abc"))
    found = lead(own, other)
    assert (found.value, found.low, found.high) == (0.5, 0.5, 0.5)
    assert (found.count, found.people) == (2, 2)
    with pytest.raises(ValueError, match="other faces"):
        lead(own, mean_of([0.5, 2.5], list("ab")))
