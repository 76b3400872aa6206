"""A track's state: its verdicts smoothed, so that it changes when the mask does, and only then."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from glassmask.combinations import softmax
from glassmask.labels import PARTS, WEARS, Part, Question, Wear
from glassmask.verdict import Verdict

SPAN: Final = 0.5
"""Seconds after which a look counts for 1/e of a new one."""

LOOKS: Final = 3
"""A track is unsure until so many looks have voted."""

CHANGE: Final = 0.6
"""A state changes where the new one is so likely, and the last two looks say so themselves."""

STALE: Final = 2.0
"""Seconds without a look that votes after which a track is unsure again, and is looked at anew."""

SUREST: Final = 1 / (1 + math.exp(-4.0))
"""No look counts as surer than this, 0.982: one must not outweigh three."""

_MEMORY: Final = 6 * SPAN  # seconds: what is older would count for 1/400


@dataclass(frozen=True, slots=True)
class State:
    """How a track's mask is worn, as far as its last looks say together.

    Attributes:
        wear: the likeliest; given also when unsure, and `None` while nothing is known.
        uncovered: what an incorrectly worn mask leaves uncovered; empty for another wear.
        probability: of `wear`, in [0, 1].
        unsure: whether the looks do not suffice to say.
    """

    wear: Wear | None = None
    uncovered: tuple[Part, ...] = ()
    probability: float = 0.0
    unsure: bool = True

    def says_the_same(self, other: State) -> bool:
        """Whether wear and what is uncovered are the same."""
        return (self.wear, self.uncovered) == (other.wear, other.uncovered)


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """A verdict that votes.

    Attributes:
        time: of its frame, in seconds.
        wears: log probabilities (3,), in the order of `WEARS`.
        parts: log odds (3,) that each part is uncovered, in the order of `PARTS`.
        wear: the likeliest by it alone.
        bare: likewise what is uncovered, if it is worn incorrectly.
    """

    time: float
    wears: NDArray[np.float64]
    parts: NDArray[np.float64]
    wear: Wear
    bare: tuple[Part, ...]

    @classmethod
    def of(cls, time: float, verdict: Verdict) -> Self:
        """What counts of a verdict."""
        wears = np.log([_clipped(verdict.probabilities[wear]) for wear in WEARS])
        chances = np.array([_clipped(verdict.answers[Question(p)].probability) for p in PARTS])
        parts = np.log(chances / (1 - chances))
        return cls(time, wears, parts, _likeliest(wears), _bare(parts))


class Smoother:
    """Turns the verdicts of one track into its state.

    A look is a verdict's probabilities of the three wears, and of each part being uncovered. Their
    logarithms are averaged (of parts: the log odds), older looks weighing less, and made
    probabilities again. A new wear must reach `CHANGE`, and of a mask that stays incorrect, for
    another list of what it leaves uncovered, so must what is said of each part; and the last two
    looks must say so themselves, or looks that contradict each other would change it each time.
    Averaging the wears, not the answers that they are made of, keeps somebody who puts a mask on
    from passing through `incorrect`: half of each answer is a mask half worn.

    Verdicts that are unsure, whatever for, do not vote, and neither do those of corrupt frames.
    """

    def __init__(self) -> None:
        self._looks: deque[_Look] = deque()
        self._votes = 0
        self._wear: Wear | None = None
        self._uncovered: tuple[Part, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether too few looks have voted to say anything."""
        return self._votes < LOOKS

    def look(self, time: float, verdict: Verdict, *, is_corrupt: bool = False) -> bool:
        """Take a verdict.

        Args:
            time: of its frame, in seconds; later than that of the look before.
            verdict: about the track's face.
            is_corrupt: whether the frame is.

        Returns:
            Whether it votes.
        """
        if is_corrupt or verdict.unsure:
            return False
        if self._looks and time - self._looks[-1].time > STALE:
            self._looks.clear()
            self._votes = 0
        self._looks.append(_Look.of(time, verdict))
        while self._looks[0].time < time - _MEMORY:
            self._looks.popleft()
        self._votes += 1
        self._decide()
        return True

    def state(self, time: float) -> State:
        """The state at a time."""
        if self._wear is None:
            return State()
        probability = float(self._means()[0][WEARS.index(self._wear)])
        is_stale = time - self._looks[-1].time > STALE
        return State(
            wear=self._wear,
            uncovered=self._uncovered,
            probability=probability,
            unsure=self.is_new or is_stale or probability < 0.5,
        )

    def _decide(self) -> None:
        wears, parts = self._means()
        wear, bare = _likeliest(wears), _bare(parts)
        last = list(self._looks)[-2:]
        is_said = all(look.wear is wear for look in last) and wears.max() >= CHANGE
        changes = wear is not self._wear and (self.is_new or is_said)
        if changes:
            self._wear = wear
        if self._wear is not Wear.INCORRECT:
            self._uncovered = ()
        elif wear is Wear.INCORRECT:
            surest = 1 / (
                1 + np.exp(-np.abs(parts))
            )  # (3,) how likely what is said of each part is
            is_said = all((look.wear, look.bare) == (wear, bare) for look in last)
            if changes or self.is_new or (is_said and surest.min() >= CHANGE):
                self._uncovered = bare

    def _means(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """How likely each wear is (3,), and the log odds that each part is uncovered (3,)."""
        newest = self._looks[-1].time
        weights = np.array([math.exp((look.time - newest) / SPAN) for look in self._looks])
        weights /= weights.sum()
        wears = weights @ np.array([look.wears for look in self._looks])
        parts = weights @ np.array([look.parts for look in self._looks])
        return softmax(wears, 1.0), parts


def _likeliest(wears: NDArray[np.float64]) -> Wear:
    """Of values (3,) of the wears."""
    return WEARS[int(wears.argmax())]


def _bare(parts: NDArray[np.float64]) -> tuple[Part, ...]:
    """What an incorrectly worn mask leaves uncovered, one part at least, by log odds (3,)."""
    bare = tuple(part for part, odds in zip(PARTS, parts, strict=True) if odds > 0)
    return bare or (PARTS[int(parts.argmax())],)


def _clipped(chance: float) -> float:
    return min(max(chance, 1 - SUREST), SUREST)
