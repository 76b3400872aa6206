"""Who was there, how their masks were worn and for how long; who crossed a line, who is in a zone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from glassmask.labels import Wear
from glassmask.video.events import EventKind
from glassmask.video.moment import Moment, Tracked
from glassmask.video.source import GapKind
from glassmask.video.state import State
from glassmask.video.tracks import middle

Point: TypeAlias = tuple[float, float]

UNSURE: Final = "unsure"

SEEN_FOR: Final = 1.0
"""Seconds for which a track must be seen to count as somebody where it was never sure."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that people cross.

    Attributes:
        name: of the line.
        start: x, y in pixels of a frame.
        end: likewise. Who crosses from the left hand of someone who walks from start to end to the
            right goes `in`; the other way is `out`.
    """

    name: str
    start: Point
    end: Point

    def __post_init__(self) -> None:
        if self.start == self.end:
            raise ValueError(f"the line {self.name} has no length")


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of the picture.

    Attributes:
        name: of the zone.
        corners: three or more points x, y in pixels of a frame, in turn.
    """

    name: str
    corners: tuple[Point, ...]

    def __post_init__(self) -> None:
        if len(self.corners) < 3:
            raise ValueError(f"the zone {self.name} needs three corners or more")

    def holds(self, point: Point) -> bool:
        """Whether a point lies inside (by crossings of a ray to the right)."""
        x, y = point
        inside = False
        for (x0, y0), (x1, y1) in zip(
            self.corners, (*self.corners[1:], self.corners[0]), strict=True
        ):
            if (y0 > y) != (y1 > y) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0):
                inside = not inside
        return inside


@dataclass(frozen=True, slots=True)
class Crossing:
    """Somebody crossed a line.

    Attributes:
        time: in seconds.
        line: its name.
        way: `in` or `out`.
        track: who.
        wear: how the mask was worn then: a wear, or `unsure`.
    """

    time: float
    line: str
    way: str
    track: int
    wear: str


@dataclass(slots=True, eq=False)
class _Person:
    began: float
    seen: float
    place: Point
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
            self._there[tracked.track] = _Person(time, time, place)
            return []
        passed = time - person.seen
        self.seconds[wear] += passed
        for zone in self.zones:
            if zone.holds(place):
                self.zone_seconds[zone.name, wear] += passed
        crossings = [
            Crossing(time, line.name, way, tracked.track, wear)
            for line in self.lines
            if (way := _way(line, person.place, place)) is not None
        ]
        for crossing in crossings:
            self.crossings[crossing.line, crossing.way, wear] += 1
        person.seen, person.place = time, place
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


def _way(line: Line, before: Point, now: Point) -> str | None:
    """Which way somebody who went from one point to another crossed a line; None: not at all."""
    sides = _side(line.start, line.end, before), _side(line.start, line.end, now)
    if (sides[0] > 0) == (sides[1] > 0):
        return None
    if (_side(before, now, line.start) > 0) == (_side(before, now, line.end) > 0):
        return None
    return "in" if sides[1] > 0 else "out"


def _side(start: Point, end: Point, point: Point) -> float:
    """Above 0 where a point lies to the right of who walks from start to end (y points down)."""
    return (end[0] - start[0]) * (point[1] - start[1]) - (end[1] - start[1]) * (point[0] - start[0])
