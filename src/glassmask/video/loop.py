"""Watch a source: the only place that knows the order."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from glassmask.checker import Checker
from glassmask.faces.finder import MIN_FACE
from glassmask.video.follow import Follower
from glassmask.video.moment import Moment
from glassmask.video.pace import PACES, Pace
from glassmask.video.source import Gap, GapKind, Source

_ENDS_TRACKS = (GapKind.LOST, GapKind.CUT_OFF, GapKind.GIVEN_UP)


def watch(
    source: Source,
    checker: Checker,
    *,
    pace: Pace = PACES["normal"],
    min_face: float = MIN_FACE,
) -> Iterator[Moment]:
    """Follow every face of a source, and say what happens to its mask.

    Args:
        source: of `glassmask.video.open`.
        checker: made with `threads=1` it leaves room for what goes on beside.
        pace: how often faces are found and judged.
        min_face: leave out faces whose box has a shorter side under this, in pixels.

    Yields:
        A moment for each frame and each gap. At the end of a film one more without either, in
        which everyone leaves.

    Raises:
        VideoError: the source can't go on.
        NetworkError: the network gives values that are no numbers.
        ValueError: `min_face` is no length.
    """
    follower = Follower(checker, pace, is_live=source.is_live, min_face=min_face)
    time = 0.0
    with contextlib.closing(follower):
        for item in source:
            time = item.time
            if isinstance(item, Gap):
                gone = follower.leave_all() if item.kind in _ENDS_TRACKS else []
                yield Moment(time, None, item, follower.told(time, in_gap=True), tuple(gone))
            else:
                tracks, events = follower.step(item)
                yield Moment(time, item, None, tracks, events)
        yield Moment(time, None, None, (), tuple(follower.finish()))
