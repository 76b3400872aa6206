"""What is said of a film at a pace: everyone in each frame, and every event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

import glassmask.video
from benchmarks.video.films import RATE, Film
from glassmask import Checker
from glassmask.faces.crop import Box
from glassmask.lab.metrics.detection import iou
from glassmask.video.events import Event
from glassmask.video.pace import PACES, PaceName
from glassmask.video.source import Frame
from glassmask.video.state import State

STEP: Final = 1 / RATE
"""Seconds for which a frame counts; of the clips, too, whose rates are near it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody who is seen in a frame."""

    track: int
    box: Box
    state: State

    @property
    def side(self) -> float:
        """The box's shorter side."""
        return min(self.box[2:])


@dataclass(frozen=True, slots=True)
class Told:
    """An event, and when it was known."""

    event: Event
    known: float


@dataclass(frozen=True, slots=True)
class Watched:
    """A film that was watched.

    Attributes:
        frames: who was seen in each.
        events: what was told, in turn.
        waited: who was told of in each frame, but not seen in it: looked for again, or not looked
            for.
    """

    frames: tuple[tuple[Seen, ...], ...]
    events: tuple[Told, ...]
    waited: tuple[tuple[Seen, ...], ...] = ()


def open_checker() -> Checker:
    """A checker as `glassmask video` has it where nothing but the extra `video` is installed."""
    return Checker(engine="onnxruntime", threads=1)


def watch_film(film: Film, checker: Checker, pace: PaceName, seconds: float | None) -> Watched:
    """Watch a film, or its first `seconds`.

    Raises:
        VideoError: it can't be read.
    """
    frames: list[tuple[Seen, ...]] = []
    waited: list[tuple[Seen, ...]] = []
    events: list[Told] = []
    with glassmask.video.open(film.path, end=seconds) as source:
        for moment in glassmask.video.watch(source, checker, pace=PACES[pace]):
            events += [Told(event, moment.time) for event in moment.events]
            if isinstance(moment.frame, Frame):
                for kept, is_seen in ((frames, True), (waited, False)):
                    own = (t for t in moment.tracks if t.is_seen is is_seen)
                    kept.append(tuple(Seen(t.track, t.face.box, t.state) for t in own))
    return Watched(tuple(frames), tuple(events), tuple(waited))


def pairs(
    ones: NDArray[np.float64], others: NDArray[np.float64], least: float = 0.5
) -> dict[int, int]:
    """Which boxes (n, 4) go with which others (m, 4): by overlap, each once."""
    overlap = iou(ones.reshape(-1, 4), others.reshape(-1, 4))
    found: dict[int, int] = {}
    for place in np.argsort(-overlap, axis=None, kind="stable"):
        one, other = (int(i) for i in np.unravel_index(place, overlap.shape))
        if overlap[one, other] < least:
            break
        if one not in found and other not in found.values():
            found[one] = other
    return found


def boxes_of(seen: tuple[Seen, ...]) -> NDArray[np.float64]:
    """Their boxes, (n, 4)."""
    return np.array([one.box for one in seen], np.float64).reshape(-1, 4)
