"""Who does not wear a mask as it is required, from when, to when."""

from __future__ import annotations

from dataclasses import dataclass

from glassmask.labels import Wear
from glassmask.video.events import Event, EventKind
from glassmask.video.state import State


@dataclass(frozen=True, slots=True)
class Breach:
    """A breach begins or ends.

    Attributes:
        time: in seconds.
        track: whose.
        begins: whether it begins; else it ends.
        state: the one that made it.
        reason: why it ends: `fulfilled` or `left`; None where it begins.
    """

    time: float
    track: int
    begins: bool
    state: State
    reason: str | None = None


class Breaches:
    """Tells breaches of a required wear by the events of all tracks.

    Attributes:
        count: how many began so far.
    """

    def __init__(self, required: Wear) -> None:
        self._required = required
        self._open: set[int] = set()
        self.count = 0

    def note(self, event: Event) -> Breach | None:
        """Take an event.

        Returns:
            A breach that begins or ends with it.
        """
        if event.kind is EventKind.LEFT:
            return self._end(event, "left")
        if event.state.wear is self._required:
            return self._end(event, "fulfilled")
        if event.track in self._open:
            return None
        self._open.add(event.track)
        self.count += 1
        return Breach(event.time, event.track, True, event.state)

    def _end(self, event: Event, reason: str) -> Breach | None:
        if event.track not in self._open:
            return None
        self._open.remove(event.track)
        return Breach(event.time, event.track, False, event.state, reason)
