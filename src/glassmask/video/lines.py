"""Lines that people cross, and zones that they are in, in pixels of a frame."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Point: TypeAlias = tuple[float, float]

Way: TypeAlias = Literal["in", "out"]

BEYOND: Final = 0.5
"""Somebody has crossed a line who stands so many face widths behind it: heads sway, boxes tremble,
and who waits on a line must not be counted ten times."""


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


class Passage:
    """One person's way over one line."""

    def __init__(self, line: Line, place: Point) -> None:
        """Start.

        Args:
            line: that may be crossed.
            place: where the person is now.
        """
        self._line, self._place = line, place
        self._net = 0  # crossings to the right less those to the left, since the last that counted
        self._when = 0.0

    def move(self, time: float, place: Point, width: float) -> tuple[float, Way] | None:
        """Note where the person is now.

        Args:
            time: now, in seconds.
            place: where the person is now.
            width: of the face, in pixels.

        Returns:
            When the line was crossed, and which way, once that is certain.
        """
        line = self._line
        turn = _turn(line, self._place, place)
        self._place = place
        if turn:
            self._net, self._when = self._net + turn, time
        beyond = _side(line.start, line.end, place) / _length(line)  # pixels to the right of it
        if abs(beyond) < BEYOND * width:
            return None
        net, self._net = self._net, 0
        if net * beyond <= 0:  # not crossed, or back again around an end of the line
            return None
        return self._when, "in" if net > 0 else "out"


def _turn(line: Line, before: Point, now: Point) -> int:
    """1 where the way from one point to another crosses a line to its right, -1 to its left."""
    is_right = _side(line.start, line.end, now) > 0
    if (_side(line.start, line.end, before) > 0) == is_right:
        return 0
    if (_side(before, now, line.start) > 0) == (_side(before, now, line.end) > 0):
        return 0  # beside it
    return 1 if is_right else -1


def _side(start: Point, end: Point, point: Point) -> float:
    """Above 0 where a point lies to the right of who walks from start to end (y points down).

    It is the distance from that line, times the length of the walk.
    """
    return (end[0] - start[0]) * (point[1] - start[1]) - (end[1] - start[1]) * (point[0] - start[0])


def _length(line: Line) -> float:
    return math.dist(line.start, line.end)
