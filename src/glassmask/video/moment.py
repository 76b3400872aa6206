"""What is known at a moment of a film: who is there, in which state, and what has just happened."""

from __future__ import annotations

from dataclasses import dataclass

from glassmask.faces.face import Face
from glassmask.verdict import Verdict
from glassmask.video.events import Event
from glassmask.video.source import Frame, Gap
from glassmask.video.state import State


@dataclass(frozen=True, slots=True, eq=False)
class Tracked:
    """A track at a moment.

    Attributes:
        track: its number, from 1; no two of a source have the same.
        face: where it is, in photo pixels of the frame.
        is_seen: whether it is seen in this frame, or was just before it (0.1 s): then `face` is
            where it goes if it moves on; else where it was last.
        state: its smoothed verdict.
        verdict: of the last look; None before the first.
        judged_at: seconds, when that look was; None likewise.
    """

    track: int
    face: Face
    is_seen: bool
    state: State
    verdict: Verdict | None
    judged_at: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """A frame, or a gap, and what is known then.

    Attributes:
        time: seconds since the source began.
        frame: None in a gap.
        gap: None where there is a frame.
        tracks: everyone followed, in the order of their numbers.
        events: what has become known just now.
    """

    time: float
    frame: Frame | None
    gap: Gap | None
    tracks: tuple[Tracked, ...]
    events: tuple[Event, ...]
