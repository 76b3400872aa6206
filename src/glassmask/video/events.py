"""What happens to a track: one event for each change, from one sure state to the next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from glassmask.labels import Wear
from glassmask.verdict import Verdict
from glassmask.video.state import State


class EventKind(StrEnum):
    """What happened."""

    ENTERED = "entered"
    PUT_ON = "put_on"
    TOOK_OFF = "took_off"
    BECAME_INCORRECT = "became_incorrect"
    BECAME_CORRECT = "became_correct"
    CHANGED = "changed"  # what an incorrect mask leaves uncovered
    LEFT = "left"


BADNESS: Final = (Wear.CORRECT, Wear.INCORRECT, Wear.NONE)
"""From the best to the worst."""


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """A change of one track.

    Attributes:
        time: of the look that made it; of `LEFT`, when the track was last seen.
        kind: what happened.
        track: the track's number.
        state: the new one; of `LEFT`, the last sure one.
        before: the sure state before, of `LEFT` the same as `state`; None of `ENTERED`.
        worst: the worst sure state so far.
        verdict: the last that voted, with its evidence.
    """

    time: float
    kind: EventKind
    track: int
    state: State
    before: State | None
    worst: State
    verdict: Verdict


class History:
    """The sure states of one track, and the events between them."""

    def __init__(self, track: int) -> None:
        """Start.

        Args:
            track: its number.
        """
        self._track = track
        self._verdict: Verdict | None = None
        self.last: State | None = None
        self.worst: State | None = None

    def note(self, time: float, state: State, verdict: Verdict) -> Event | None:
        """Compare a state with the last sure one.

        Args:
            time: of the look.
            state: after it.
            verdict: of it.

        Returns:
            An event where it is another; None where it is unsure, or the same.
        """
        if state.unsure:
            return None
        self._verdict = verdict
        before, self.last = self.last, state
        if self.worst is None or _badness(state) > _badness(self.worst):
            self.worst = state
        if before is not None and before.says_the_same(state):
            return None
        kind = _kind(before, state)
        return Event(time, kind, self._track, state, before, self.worst, verdict)

    def leave(self, time: float) -> Event | None:
        """The track has gone.

        Args:
            time: when it was last seen.

        Returns:
            An event, if it was ever sure.
        """
        if self.last is None or self.worst is None or self._verdict is None:
            return None
        return Event(
            time, EventKind.LEFT, self._track, self.last, self.last, self.worst, self._verdict
        )


def _kind(before: State | None, after: State) -> EventKind:
    if before is None:
        return EventKind.ENTERED
    if before.wear is Wear.NONE:
        return EventKind.PUT_ON
    if after.wear is Wear.NONE:
        return EventKind.TOOK_OFF
    if after.wear is Wear.CORRECT:
        return EventKind.BECAME_CORRECT
    return EventKind.CHANGED if before.wear is Wear.INCORRECT else EventKind.BECAME_INCORRECT


def _badness(state: State) -> tuple[int, int]:
    return (-1 if state.wear is None else BADNESS.index(state.wear), len(state.uncovered))
