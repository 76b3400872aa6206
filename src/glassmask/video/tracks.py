"""Which face is which: one face over time within one source, never a person's identity."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.faces.crop import Box
from glassmask.faces.face import Face

PATIENCE: Final = 1.5
"""Seconds for which a face that is not seen is waited for."""

REACH: Final = 0.7
"""A face that is found is a track's where their middles lie within so many face widths..."""

REACH_A_SECOND: Final = 1.0
"""...and so many more for each second in which the track was not seen."""

SIZES: Final = 1.6
"""...and neither is wider than the other by more than this factor."""

DOUBTS: Final = 3
"""A face that is followed and that so many finds in turn do not find is lost: what is followed may
be no face. One of them must have looked closer, as others do not see small faces."""

DRIFTED: Final = 0.5
"""Where a followed box and the box that was found share less than this (IoU), it is moved."""

_MEMORY: Final = 1.0  # seconds: finds come late, and are of a frame that has passed
_SPEED_OVER: Final = 0.15  # seconds over which a speed is taken


@dataclass(slots=True, eq=False)
class Track:
    """One face over time. It changes with the film; only `Tracks` changes it.

    Attributes:
        number: 1 for the first of a source; no two of a source have the same.
        face: where it was last.
        seen: when that was, in seconds.
        began: when it was first found.
        doubts: finds in turn that did not find it, while it was followed.
        is_doubted_closely: whether one of them looked closer.
    """

    number: int
    face: Face
    seen: float
    began: float
    doubts: int = 0
    is_doubted_closely: bool = False
    path: deque[tuple[float, Face]] = field(default_factory=deque, repr=False)

    def __post_init__(self) -> None:
        self.path.append((self.seen, self.face))

    @property
    def is_doubted(self) -> bool:
        """Whether it is not worth following any more."""
        return self.doubts >= DOUBTS and self.is_doubted_closely

    def move(self, time: float, face: Face) -> None:
        """Note where it is now."""
        self.face, self.seen = face, time
        self.path.append((time, face))
        while self.path[0][0] < time - _MEMORY:
            self.path.popleft()

    def at(self, time: float) -> Face:
        """Where it was at a time, or would be if it went on as it last moved."""
        if time <= self.seen:
            return min(self.path, key=lambda moment: abs(moment[0] - time))[1]
        dx, dy = self._speed()
        wait = min(time - self.seen, PATIENCE)
        return shifted(self.face, dx * wait, dy * wait)

    def _speed(self) -> tuple[float, float]:
        """Pixels a second, to the right and down."""
        earlier = [moment for moment in self.path if moment[0] <= self.seen - 0.03]
        if not earlier:
            return 0.0, 0.0
        late = [moment for moment in earlier if moment[0] >= self.seen - _SPEED_OVER - 1e-6]
        then, before = late[0] if late else earlier[-1]
        (x, y), (x0, y0) = middle(self.face.box), middle(before.box)
        return (x - x0) / (self.seen - then), (y - y0) / (self.seen - then)


class Tracks:
    """The tracks of a source: who goes on, who is new, who is gone.

    A face that is found goes on as the track whose middle lies nearest, in face widths, if it lies
    near enough and is about as large; what was not seen for a while may be a little farther.
    """

    def __init__(self, patience: float = PATIENCE) -> None:
        """Start without any.

        Args:
            patience: seconds for which a face that is not seen is waited for.
        """
        self._patience = patience
        self._last = 0
        self.tracks: list[Track] = []

    def seen_at(self, time: float) -> list[Track]:
        """Those that were seen in the frame of this time."""
        return [track for track in self.tracks if track.seen == time]

    def follow(self, time: float, tracks: Sequence[Track], faces: Sequence[Face | None]) -> None:
        """Note where tracks are in the frame of this time; None: not seen."""
        for track, face in zip(tracks, faces, strict=True):
            if face is not None:
                track.move(time, face)

    def meet(self, time: float, faces: Sequence[Face], *, closer: bool = True) -> list[Track]:
        """Give faces that were found to their tracks; those of nobody begin new ones.

        Args:
            time: of the frame in which they were found; it may have passed.
            faces: all that were found in it.
            closer: whether it was also looked closer, where faces are small.

        Returns:
            Those that were last seen in that frame: the new ones, and those that were lost.
        """
        places = [(track, track.at(time)) for track in self.tracks if track.began <= time]
        pairs = _pairs(time, places, faces)
        behind: list[Track] = []
        for number, (track, place) in enumerate(places):
            if number not in pairs:
                if track.seen >= time:  # it was followed there: what was that?
                    track.doubts += 1
                    track.is_doubted_closely |= closer
                continue
            face = faces[pairs[number]]
            track.doubts, track.is_doubted_closely = 0, False
            if track.seen < time:  # it was lost: here it is again
                track.move(time, face)
                behind.append(track)
            elif overlap(face.box, place.box) < DRIFTED:  # what was followed is something else
                track.face = shifted(face, *_way(place, track.face))
        known = set(pairs.values())
        new = [self._begin(time, face) for n, face in enumerate(faces) if n not in known]
        self.tracks += new
        return behind + new

    def drop(self, time: float) -> list[Track]:
        """Take out those that have gone: not seen for longer than they are waited for.

        Args:
            time: now.

        Returns:
            Those that have gone.
        """
        oldest = time - self._patience
        gone = [track for track in self.tracks if track.seen < oldest]
        if gone:
            self.tracks = [track for track in self.tracks if track.seen >= oldest]
        return gone

    def end(self) -> list[Track]:
        """Take out all: the film ends, or became another."""
        gone, self.tracks = self.tracks, []
        return gone

    def _begin(self, time: float, face: Face) -> Track:
        self._last += 1
        return Track(self._last, face, seen=time, began=time)


def _pairs(
    time: float, places: Sequence[tuple[Track, Face]], faces: Sequence[Face]
) -> dict[int, int]:
    """Which place goes with which face: nearest first. Place -> face, by number."""
    if not places or not faces:
        return {}
    reach = [REACH + REACH_A_SECOND * max(0.0, time - track.seen) for track, _ in places]
    far = _distances([place.box for _, place in places], [face.box for face in faces])
    near = np.argwhere(far <= np.array(reach)[:, None])  # (N, 2)
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for p, f in near[np.argsort(far[near[:, 0], near[:, 1]], kind="stable")].tolist():
        if p not in pairs and f not in taken:
            pairs[p] = f
            taken.add(f)
    return pairs


def _distances(boxes: Sequence[Box], others: Sequence[Box]) -> NDArray[np.float64]:
    """From each box's middle to each other's (P, F), in face widths.

    A face's width is the root of its box's area: boxes of masked faces are shorter at times.
    Infinite where two differ too much in size.
    """
    one, other = np.array(boxes)[:, None], np.array(others)[None]  # (P, 1, 4), (1, F, 4)
    steps = one[..., :2] + one[..., 2:] / 2 - other[..., :2] - other[..., 2:] / 2
    size, size0 = np.sqrt(one[..., 2:].prod(-1)), np.sqrt(other[..., 2:].prod(-1))
    is_other = np.maximum(size, size0) > SIZES * np.minimum(size, size0)
    far = np.hypot(steps[..., 0], steps[..., 1]) / ((size + size0) / 2)
    return np.where(is_other, np.inf, far)


def middle(box: Box) -> tuple[float, float]:
    """The middle of a box (x, y, w, h)."""
    x, y, w, h = box
    return x + w / 2, y + h / 2


def overlap(one: Box, other: Box) -> float:
    """The IoU of two boxes (x, y, w, h)."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    shared = max(0.0, width) * max(0.0, height)
    return shared / (one[2] * one[3] + other[2] * other[3] - shared)


def shifted(face: Face, dx: float, dy: float) -> Face:
    """A face somewhere else, as far as its box goes; its landmarks are left out."""
    x, y, w, h = face.box
    return replace(face, box=(x + dx, y + dy, w, h), landmarks=None, extent=None)


def _way(start: Face, end: Face) -> tuple[float, float]:
    """From one face's middle to another's, in pixels."""
    (x0, y0), (x, y) = middle(start.box), middle(end.box)
    return x - x0, y - y0
