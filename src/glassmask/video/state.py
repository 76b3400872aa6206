"""A track's state: its verdicts smoothed, so that it changes when the mask does, and only then."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.combinations import (
    EVERY,
    Combination,
    combination_probabilities,
    likeliest,
    uncovered_parts,
    wear_of,
    wear_probabilities,
)
from glassmask.labels import QUESTIONS, WEARS, Part, Wear
from glassmask.verdict import Verdict

SPAN: Final = 0.5
"""Seconds after which a look counts for 1/e of a new one."""

LOOKS: Final = 3
"""A track is unsure until so many looks have voted."""

CHANGE: Final = 0.6
"""A state changes where the new one is so likely."""

STALE: Final = 2.0
"""Seconds without a look that votes after which a track is unsure again."""

_SURE: Final = 4.0
"""No look says more than this in the logit of an answer: one must not outweigh three."""


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


class Smoother:
    """Turns the verdicts of one track into its state.

    A look is the four answers' probabilities of one verdict. The state is that of their mean in
    log odds, which is the mean of the log probabilities of all combinations of answers; older
    looks weigh less. A new wear must reach `CHANGE`, and so must another list of what is
    uncovered among those of the same wear. Verdicts that are unsure, whatever for, do not vote,
    and neither do those of corrupt frames.
    """

    def __init__(self) -> None:
        self._looks: deque[tuple[float, NDArray[np.float64]]] = deque()
        self._votes = 0
        self._decided: Combination | None = None

    def look(self, time: float, verdict: Verdict, *, is_corrupt: bool = False) -> bool:
        """Take a verdict.

        Args:
            time: of its frame, in seconds.
            verdict: about the track's face.
            is_corrupt: whether the frame is.

        Returns:
            Whether it votes.
        """
        if is_corrupt or verdict.unsure:
            return False
        odds = np.array([_log_odds(verdict.answers[q].probability) for q in QUESTIONS])
        self._looks.append((time, odds))
        while self._looks[0][0] < time - 6 * SPAN:
            self._looks.popleft()
        self._votes += 1
        self._decide()
        return True

    def state(self, time: float) -> State:
        """The state at a time."""
        if self._decided is None:
            return State()
        probability = float(self._wears()[WEARS.index(wear_of(self._decided))])
        is_stale = time - self._looks[-1][0] > STALE
        return State(
            wear=wear_of(self._decided),
            uncovered=uncovered_parts(self._decided) if _is_incorrect(self._decided) else (),
            probability=probability,
            unsure=self._votes < LOOKS or is_stale or probability < 0.5,
        )

    def _decide(self) -> None:
        chances = self._combinations()
        new = likeliest(chances, EVERY)
        if self._decided is None or self._votes < LOOKS:
            self._decided = new
        elif wear_of(new) is not wear_of(self._decided):
            if self._wears()[WEARS.index(wear_of(new))] >= CHANGE:
                self._decided = new
        elif _is_incorrect(new) and new != self._decided:
            same = [p for p, one in zip(chances, EVERY, strict=True) if _is_incorrect(one)]
            if chances[EVERY.index(new)] >= CHANGE * sum(same):
                self._decided = new

    def _combinations(self) -> NDArray[np.float64]:
        newest = self._looks[-1][0]
        weights = np.array([math.exp((time - newest) / SPAN) for time, _ in self._looks])
        odds = np.array([odds for _, odds in self._looks])  # (looks, 4)
        return combination_probabilities(weights @ odds / weights.sum(), EVERY, 1.0)

    def _wears(self) -> NDArray[np.float64]:
        return wear_probabilities(self._combinations(), EVERY)


def _is_incorrect(combination: Combination) -> bool:
    return wear_of(combination) is Wear.INCORRECT


def _log_odds(chance: float) -> float:
    limit = 1 / (1 + math.exp(-_SURE))
    chance = min(max(chance, 1 - limit), limit)
    return math.log(chance / (1 - chance))
