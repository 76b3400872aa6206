"""Figures of an audit: means with the doubt that the number of people leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean and its 95 % interval.

    Attributes:
        value: the mean; NaN of nothing.
        low: lower end.
        high: upper end.
        count: of how many faces.
        people: of how many people.
        faces: what it is the mean of, float64 (N,) with NaN for what is left out.
        groups: whose each face is.
    """

    value: float
    low: float
    high: float
    count: int
    people: int
    faces: NDArray[np.float64] = field(repr=False, compare=False)
    groups: Sequence[str] = field(repr=False, compare=False)

    def __str__(self) -> str:
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]" if self.count else "-"

    def to_json(self) -> dict[str, Any]:
        """For JSON; null where nothing was measured."""
        if not self.count:
            return {"value": None, "interval": None, "count": 0, "people": 0}
        return {
            "value": round(self.value, 4),
            "interval": [round(self.low, 4), round(self.high, 4)],
            "count": self.count,
            "people": self.people,
        }


Table: TypeAlias = dict[str, Figure]
"""Column -> figure."""


def mean_of(values: ArrayLike, groups: Sequence[str], rounds: int = 1000) -> Figure:
    """The mean of values (N,), its interval by drawing whole groups with replacement.

    Values that are NaN are left out. (Efron 1979; percentiles, fixed seed.)

    Raises:
        ValueError: not as many groups as values.
    """
    given = np.asarray(values, np.float64)
    if given.ndim != 1 or len(given) != len(groups):
        raise ValueError(f"{given.shape} values of {len(groups)} faces")
    measured = np.isfinite(given)
    values_kept = given[measured]
    if not len(values_kept):
        return Figure(float("nan"), float("nan"), float("nan"), 0, 0, given, groups)
    group_numbers = np.unique(np.array(groups)[measured], return_inverse=True)[1]
    number = int(group_numbers.max()) + 1
    sums, counts = (
        np.bincount(group_numbers, values_kept, number),
        np.bincount(group_numbers, minlength=number),
    )
    rng = np.random.default_rng(0)
    drawn = rng.multinomial(number, np.full(number, 1 / number), size=rounds)
    low, high = np.percentile((drawn @ sums) / (drawn @ counts), [2.5, 97.5])
    value = float(values_kept.mean())
    return Figure(value, float(low), float(high), len(values_kept), number, given, groups)


def lead(own: Figure, other: Figure) -> Figure:
    """The mean difference of two figures of the same faces, face by face, and its interval.

    Two intervals may overlap and the one still be above the other on nearly every face.

    Raises:
        ValueError: they are of other faces.
    """
    if list(own.groups) != list(other.groups):
        raise ValueError("figures of other faces can't be compared face by face")
    return mean_of(own.faces - other.faces, own.groups)


def spearman(one: NDArray[np.floating], other: NDArray[np.floating]) -> float:
    """Rank correlation of two maps of one shape; NaN where one of them is constant."""
    a, b = (rankdata(values.ravel()) for values in (one, other))
    return pearson(a, b)


def pearson(one: NDArray[np.floating], other: NDArray[np.floating]) -> float:
    """Correlation of two arrays of one shape; NaN where one of them is constant."""
    a, b = (values.ravel().astype(np.float64) for values in (one, other))
    if not (np.ptp(a) and np.ptp(b)):
        return float("nan")
    a, b = a - a.mean(), b - b.mean()
    return float(a @ b) / float(np.sqrt(a @ a) * np.sqrt(b @ b))
