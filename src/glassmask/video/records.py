"""A watched source as JSON lines: `docs/video.schema.json` describes them, a promise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from glassmask.checked import Networks
from glassmask.files import as_unicode
from glassmask.record import EvidenceDetail, verdict_record
from glassmask.version import __version__
from glassmask.video.breaches import Breach
from glassmask.video.counts import Counts, Crossing
from glassmask.video.events import Event
from glassmask.video.moment import Moment, Tracked
from glassmask.video.state import State

VIDEO_SCHEMA: Final = 1
"""Of the JSON lines; raised when a reader could break."""


def frame_record(source: str, moment: Moment) -> dict[str, Any]:
    """A frame's line: where everyone is, and in which state.

    Args:
        source: its name.
        moment: with a frame.
    """
    assert moment.frame is not None
    height, width = moment.frame.pixels.shape[:2]
    return {
        **_begin("frame", source, moment.time),
        "width": width,
        "height": height,
        "corrupt": moment.frame.is_corrupt,
        "dropped": moment.frame.dropped,
        "tracks": [_tracked_record(tracked) for tracked in moment.tracks],
    }


def event_record(source: str, event: Event, evidence: EvidenceDetail = "shares") -> dict[str, Any]:
    """An event's line, with the verdict that made it.

    Args:
        source: its name.
        event: what happened.
        evidence: how much of the verdict's.
    """
    return {
        **_begin("event", source, event.time),
        "event": event.kind,
        "track": event.track,
        "state": state_record(event.state),
        "before": None if event.before is None else state_record(event.before),
        "worst": state_record(event.worst),
        "verdict": verdict_record(event.verdict, evidence),
    }


def crossing_record(source: str, crossing: Crossing) -> dict[str, Any]:
    """The line of somebody who crossed one."""
    return {
        **_begin("event", source, crossing.time),
        "event": "crossed",
        "track": crossing.track,
        "line": as_unicode(crossing.line),
        "way": crossing.way,
        "wear": crossing.wear,
    }


def breach_record(source: str, breach: Breach) -> dict[str, Any]:
    """The line of a breach that begins or ends."""
    return {
        **_begin("event", source, breach.time),
        "event": "breach_began" if breach.begins else "breach_ended",
        "track": breach.track,
        "state": state_record(breach.state),
        "reason": breach.reason,
    }


def gap_record(source: str, moment: Moment) -> dict[str, Any]:
    """A gap's line.

    Args:
        source: its name.
        moment: with a gap.
    """
    assert moment.gap is not None
    gap = moment.gap
    return {**_begin("gap", source, gap.time), "reason": gap.kind, "line": as_unicode(gap.line)}


def summary_record(
    source: str, time: float, counts: Counts, networks: Networks, ended: str
) -> dict[str, Any]:
    """The last line.

    Args:
        source: its name.
        time: of the last frame.
        counts: of all moments.
        networks: that judged.
        ended: `end`, `stopped`, `time_over`, `given_up` or `breach`.
    """
    return {
        **_begin("summary", source, time),
        "ended": ended,
        "glassmask": __version__,
        "engine": networks.engine,
        "precision": networks.precision,
        "network": networks.wear,
        "finder": networks.finder,
        "landmarker": networks.landmarks,
        "frames": {"read": counts.frames, "dropped": counts.dropped, "corrupt": counts.corrupt},
        "gaps": dict(counts.gaps),
        "people": counts.people(),
        "by_last": dict(counts.by_last),
        "by_worst": dict(counts.by_worst),
        "seconds": _rounded(counts.seconds),
        "crossings": [
            {"line": as_unicode(line), "way": way, "wear": wear, "count": count}
            for (line, way, wear), count in sorted(counts.crossings.items())
        ],
        "zones": [
            {"zone": as_unicode(zone), "wear": wear, "seconds": round(seconds, 2)}
            for (zone, wear), seconds in sorted(counts.zone_seconds.items())
        ],
    }


def moment_records(
    source: str, moment: Moment, crossings: Sequence[Crossing], *, frames: bool
) -> Iterator[dict[str, Any]]:
    """The lines of a moment, in the order of what happened.

    Args:
        source: its name.
        moment: any.
        crossings: of lines, in it.
        frames: whether frames have lines, too.
    """
    if frames and moment.frame is not None:
        yield frame_record(source, moment)
    if moment.gap is not None:
        yield gap_record(source, moment)
    for event in moment.events:
        yield event_record(source, event)
    for crossing in crossings:
        yield crossing_record(source, crossing)


def state_record(state: State) -> dict[str, Any]:
    """A state's JSON object."""
    return {
        "wear": state.wear,
        "uncovered": list(state.uncovered),
        "probability": round(state.probability, 4),
        "unsure": state.unsure,
    }


def _tracked_record(tracked: Tracked) -> dict[str, Any]:
    return {
        "track": tracked.track,
        "box": [round(value, 2) for value in tracked.face.box],
        "seen": tracked.is_seen,
        "state": state_record(tracked.state),
        "judged_at": None if tracked.judged_at is None else round(tracked.judged_at, 4),
    }


def _begin(kind: str, source: str, time: float) -> dict[str, Any]:
    return {
        "schema": VIDEO_SCHEMA,
        "kind": kind,
        "source": as_unicode(source),
        "time": round(time, 4),
    }


def _rounded(seconds: Mapping[str, float]) -> dict[str, float]:
    return {word: round(value, 2) for word, value in sorted(seconds.items())}
