"""Figures as JSON values: numbers, and those with the doubt that their counts leave."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from glassmask.lab.metrics.accuracy import Proportion

Figure: TypeAlias = "float | str | bool | Sequence[Figure] | Mapping[str, Figure] | None"
Figures: TypeAlias = Mapping[str, Figure]
"""Nested JSON objects; numbers are neither NaN nor infinite."""


def proportion(found: Proportion) -> Figures:
    """`value`, its 95% Wilson `interval`, `hits` and `count`; a count of 0 has no value."""
    if not found.count:
        return {"value": None, "hits": 0, "count": 0}
    return {**estimate(found.value, found.interval()), "hits": found.hits, "count": found.count}


def estimate(value: float, interval: tuple[float, float]) -> Figures:
    """A value with its 95% interval."""
    return {"value": value, "interval": list(interval)}


def finite(value: float) -> float | None:
    """None for what JSON does not know: NaN and the infinite."""
    return value if math.isfinite(value) else None
