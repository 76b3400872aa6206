"""Time variants of the same work as benchmarks must: in one process, in turn, medians."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Timed:
    """Median seconds of a variant, and what it gave last."""

    seconds: float
    result: Any


def interleaved(
    variants: Mapping[str, Callable[[], Any]], rounds: int, *, warm: int = 3, pause: float = 0.0
) -> dict[str, Timed]:
    """Each variant in turn, round by round.

    Args:
        variants: calls, by name.
        rounds: that count.
        warm: rounds before them that don't.
        pause: seconds before each call: until the threads of the one before have stopped waiting
            actively.
    """
    times: dict[str, list[float]] = {name: [] for name in variants}
    results: dict[str, Any] = {}
    for number in range(warm + rounds):
        for name, call in variants.items():
            if pause:
                time.sleep(pause)
            started = time.perf_counter()
            results[name] = call()
            if number >= warm:
                times[name].append(time.perf_counter() - started)
    return {name: Timed(statistics.median(times[name]), results[name]) for name in variants}


def medians(variants: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """Median seconds of each variant, in turn, after three rounds that don't count."""
    return {name: timed.seconds for name, timed in interleaved(variants, rounds).items()}
