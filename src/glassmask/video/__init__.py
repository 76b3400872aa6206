"""Films, cameras and streams: every face followed, its state, and an event for each change.

>>> import glassmask
>>> checker = glassmask.Checker(threads=1)
>>> with glassmask.video.open("door.mp4") as source:
...     for moment in glassmask.video.watch(source, checker):
...         moment.time, moment.tracks, moment.events

It needs the extra `video` (PyAV), which is imported when a source is opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from glassmask.lazy import import_name

if TYPE_CHECKING:
    from glassmask.video.events import Event, EventKind
    from glassmask.video.loop import watch
    from glassmask.video.moment import Moment, Tracked
    from glassmask.video.opening import open  # noqa: A004 the door's name, as files have it
    from glassmask.video.pace import PACES, Pace
    from glassmask.video.source import Frame, Gap, GapKind, Source
    from glassmask.video.state import State

__all__ = [
    "PACES",
    "Event",
    "EventKind",
    "Frame",
    "Gap",
    "GapKind",
    "Moment",
    "Pace",
    "Source",
    "State",
    "Tracked",
    "open",
    "watch",
]

_MODULES: Final = {
    "PACES": "glassmask.video.pace",
    "Event": "glassmask.video.events",
    "EventKind": "glassmask.video.events",
    "Frame": "glassmask.video.source",
    "Gap": "glassmask.video.source",
    "GapKind": "glassmask.video.source",
    "Moment": "glassmask.video.moment",
    "Pace": "glassmask.video.pace",
    "Source": "glassmask.video.source",
    "State": "glassmask.video.state",
    "Tracked": "glassmask.video.moment",
    "open": "glassmask.video.opening",
    "watch": "glassmask.video.loop",
}


def __getattr__(name: str) -> Any:
    value = globals()[name] = import_name(__name__, _MODULES, name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
