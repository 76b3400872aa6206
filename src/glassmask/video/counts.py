"""Who was there, how masks were worn and for how long; who crossed a line, who is in a zone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from glassmask.labels import Wear
from glassmask.video.events import EventKind
from glassmask.video.lines import Line, Passage, Way, Zone
from glassmask.video.moment import Moment, Tracked
from glassmask.video.state import State
from glassmask.video.tracks import PATIENCE, middle

UNSURE: Final = "unsure"

SEEN_FOR: Final = 1.0
"""Seconds for which a track must be seen to count as somebody where it was never sure."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """Somebody crossed a line.

    Attributes:
        time: when the middle of the face went over it, in seconds.
        line: its name.
        way: `in` or `out`.
        track: who.
        wear: how the mask is worn: a wear, or `unsure`.
    """

    time: float
    line: str
    way: Way
    track: int
    wear: str


@dataclass(slots=True, eq=False)
class _Person:
    began: float
    seen: float
    passages: list[tuple[Line, Passage]]
    last: State | None = None
    worst: State | None = None


@dataclass(slots=True, eq=False)
class Counts:
    """Counts over the moments of a source.

    Attributes:
        lines: that are watched.
        zones: likewise.
        frames: that were looked at.
        dropped: that were passed over for want of time.
        corrupt: that the decoder had to guess at.
        gaps: by kind.
        by_last: people by their last sure state; `unsure` where there was none.
        by_worst: people by their worst sure state.
        seconds: of each state, summed over people.
        crossings: (line, way, wear) -> how many.
        zone_seconds: (zone, wear) -> seconds, summed over people.
    """

    lines: Sequence[Line] = ()
    zones: Sequence[Zone] = ()
    frames: int = 0
    dropped: int = 0
    corrupt: int = 0
    gaps: Counter[str] = field(default_factory=Counter)
    by_last: Counter[str] = field(default_factory=Counter)
    by_worst: Counter[str] = field(default_factory=Counter)
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    crossings: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    zone_seconds: defaultdict[tuple[str, str], float] = field(
        default_factory=lambda: defaultdict(float)
    )
    _there: dict[int, _Person] = field(default_factory=dict)

    def note(self, moment: Moment) -> list[Crossing]:
        """Take a moment.

        Returns:
            Who crossed a line in it.
        """
        if moment.gap is not None:
            self.gaps[moment.gap.kind] += 1
        if moment.frame is not None:
            self.frames += 1
            self.dropped += moment.frame.dropped
            self.corrupt += moment.frame.is_corrupt
        crossings = [
            c
            for tracked in moment.tracks
            if tracked.is_seen
            for c in self._note(tracked, moment.time)
        ]
        for event in moment.events:
            person = self._there.get(event.track)
            if person is not None and event.kind is not EventKind.LEFT:
                person.last, person.worst = event.state, event.worst
        known = {tracked.track for tracked in moment.tracks}
        for number in [n for n in self._there if n not in known]:
            self._count(self._there.pop(number))
        return crossings

    def people(self) -> int:
        """How many were there so far, those who are there now among them or not."""
        return self.by_last.total()

    def _note(self, tracked: Tracked, time: float) -> list[Crossing]:
        place, wear = middle(tracked.face.box), state_word(tracked.state)
        person = self._there.get(tracked.track)
        if person is None:
            passages = [(line, Passage(line, place)) for line in self.lines]
            self._there[tracked.track] = _Person(time, time, passages)
            return []
        # In a gap of the source nobody knows how the mask was worn.
        passed = min(time - person.seen, PATIENCE)
        person.seen = time
        self.seconds[wear] += passed
        for zone in self.zones:
            if zone.holds(place):
                self.zone_seconds[zone.name, wear] += passed
        crossings: list[Crossing] = []
        for line, passage in person.passages:
            crossed = passage.move(time, place, tracked.face.box[2])
            if crossed is not None:
                when, way = crossed
                crossings.append(Crossing(when, line.name, way, tracked.track, wear))
                self.crossings[line.name, way, wear] += 1
        return crossings

    def _count(self, person: _Person) -> None:
        if person.last is None or person.worst is None:
            if person.seen - person.began >= SEEN_FOR:
                self.by_last[UNSURE] += 1
                self.by_worst[UNSURE] += 1
            return
        self.by_last[state_word(person.last)] += 1
        self.by_worst[state_word(person.worst)] += 1


def state_word(state: State) -> str:
    """A state as it is counted: its wear, or `unsure`."""
    return UNSURE if state.unsure or state.wear is None else str(Wear(state.wear))
