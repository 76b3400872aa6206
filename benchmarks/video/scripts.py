"""What happens to the mask in a painted film, and when: drawn by seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from benchmarks.video.films import Span

UNCOVERED: Final = {
    "none": ("none", (), ()),
    "correct": ("correct", (), ()),
    "nose": ("incorrect", ("nose",), ()),
    "chin": ("incorrect", ("chin",), ()),
    "nose_and_mouth": ("incorrect", ("nose", "mouth"), ("chin",)),
}
"""A way to wear a mask -> wear, what is uncovered, and what nobody could say: of a mask that hangs
under the chin, whether the chin is."""

NEXT: Final = {
    "none": ("correct", "correct", "nose", "nose_and_mouth"),
    "correct": ("none", "nose", "nose", "chin", "nose_and_mouth"),
    "nose": ("correct", "correct", "nose_and_mouth", "none"),
    "chin": ("correct", "nose_and_mouth", "none"),
    "nose_and_mouth": ("correct", "nose", "none"),
}
"""What may come next; what comes more often is there more often."""

HOLD: Final = (3.5, 6.5)
"""Seconds for which a mask stays as it is."""

CHANGE: Final = (0.3, 0.8)
"""Seconds that a change takes; it counts from its middle."""

LENGTH: Final = (40.0, 60.0)
"""Seconds of a film."""


@dataclass(frozen=True, slots=True)
class Step:
    """A change: from one way to wear a mask to the next."""

    begin: float
    end: float
    way: str

    @property
    def time(self) -> float:
        """When it counts."""
        return (self.begin + self.end) / 2


@dataclass(frozen=True, slots=True)
class Script:
    """What happens in a film.

    Attributes:
        start: how the mask is worn at first.
        steps: what becomes of it.
        seconds: of the film.
    """

    start: str
    steps: tuple[Step, ...]
    seconds: float

    def spans(self) -> tuple[Span, ...]:
        """How the mask is worn, from when to when."""
        ways = [self.start, *(step.way for step in self.steps)]
        times = [0.0, *(step.time for step in self.steps), self.seconds]
        return tuple(
            Span(begin, end, *UNCOVERED[way])
            for way, begin, end in zip(ways, times[:-1], times[1:], strict=True)
        )


@dataclass(frozen=True, slots=True)
class Change:
    """Something that must be told.

    Attributes:
        time: in seconds.
        kind: as `glassmask.video.EventKind` names it.
        state: what is so from then on; of `left`, at the end.
    """

    time: float
    kind: str
    state: Span


def draw_script(rng: np.random.Generator, longest: float, ways: Sequence[str]) -> Script:
    """Draw one.

    Args:
        rng: draws.
        longest: seconds at most.
        ways: that this face and mask can show.
    """
    seconds = min(float(rng.uniform(*LENGTH)), longest)
    start = way = str(rng.choice(list(ways)))
    steps: list[Step] = []
    time = float(rng.uniform(*HOLD))
    while True:
        takes = float(rng.uniform(*CHANGE))
        if time + takes + HOLD[0] > seconds:  # what comes last must have time to be told
            return Script(start, tuple(steps), seconds)
        way = str(rng.choice([one for one in NEXT[way] if one in ways]))
        steps.append(Step(time, time + takes, way))
        time += takes + float(rng.uniform(*HOLD))


def true_changes(spans: Sequence[Span]) -> list[Change]:
    """What must be told of a film in which one person is from beginning to end."""
    first, last = spans[0], spans[-1]
    changes = [Change(first.begin, "entered", first)]
    for before, after in pairwise(spans):
        changes.append(Change(after.begin, _kind(before.wear, after.wear), after))
    return [*changes, Change(last.end, "left", last)]


def _kind(before: str, after: str) -> str:
    if before == "none":
        return "put_on"
    if after == "none":
        return "took_off"
    if after == "correct":
        return "became_correct"
    return "changed" if before == "incorrect" else "became_incorrect"
