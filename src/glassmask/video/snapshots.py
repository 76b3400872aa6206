"""One annotated picture for each event, kept for a time and then deleted."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from glassmask.files import require_writable, write_whole
from glassmask.formats import HEAD, OWN_MARK, is_own_drawing
from glassmask.output.draw import encode_jpeg
from glassmask.video.events import Event, EventKind
from glassmask.video.moment import Moment
from glassmask.video.overlay import draw_moment
from glassmask.video.sinks import Ending, Happening
from glassmask.video.tracks import PATIENCE

_NAMES: Final = re.compile(r"glassmask-\d{8}-\d{6}-\d{3}-[a-z_]+-\d+\.jpg")

_SWEEP_EVERY: Final = 60.0  # seconds

_HELD_EVERY: Final = 0.25  # seconds between two frames that are kept, for who is gone by now
_HELD: Final = round((PATIENCE + 0.5) / _HELD_EVERY)


class SnapshotSink:
    """Writes `glassmask-DATE-TIME-EVENT-TRACK.jpg` into a folder, one for each event.

    It is the newest frame, with boxes, states and heat maps; of `left`, a frame in which the one
    who left was there. Date and time are of the clock, in UTC.

    Only files of such names that bear the mark of Glassmask are ever deleted.

    Attributes:
        target: the folder.
    """

    keeps_going = True

    def __init__(self, folder: Path, keep: float) -> None:
        """Start; the folder is made with the first picture.

        Args:
            folder: where to.
            keep: seconds after which a picture is deleted.

        Raises:
            OSError: it can't be written.
        """
        require_writable(folder)
        self.target = str(folder)
        self._folder, self._keep = folder, keep
        self._swept = 0.0
        self._newest: Moment | None = None
        self._held: deque[Moment] = deque(maxlen=_HELD)

    def write(self, taken: Happening | Ending) -> None:
        """Write a picture for each event of a happening.

        Raises:
            OSError: it can't be written.
        """
        if isinstance(taken, Ending):
            return
        moment = taken.moment
        if moment.frame is not None:
            self._newest = moment
            if not self._held or moment.time - self._held[-1].time >= _HELD_EVERY:
                self._held.append(moment)
        for event in moment.events:
            self._write(event)
        self._sweep()

    def close(self) -> None:
        """Delete what is too old."""
        self._swept = 0.0
        self._sweep()

    def abort(self) -> None:
        """Every picture is whole: they stay."""

    def _write(self, event: Event) -> None:
        shown = self._newest
        if event.kind is EventKind.LEFT:
            shown = next(self._with(event.track), shown)
        if shown is None or shown.frame is None:
            return
        picture = draw_moment(shown.frame.pixels, shown.tracks, shown.time)
        now = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")[:-3]
        name = f"glassmask-{now}-{event.kind}-{event.track}.jpg"
        write_whole(self._folder / name, encode_jpeg(picture, 90, OWN_MARK))

    def _with(self, track: int) -> Iterator[Moment]:
        """The moments that are kept in which a track was seen, the newest first."""
        for moment in reversed(self._held):
            if any(tracked.track == track and tracked.is_seen for tracked in moment.tracks):
                yield moment

    def _sweep(self) -> None:
        now = time.time()
        if now - self._swept < _SWEEP_EVERY:
            return
        self._swept = now
        for picture in self._folder.glob("glassmask-*.jpg"):
            if _NAMES.fullmatch(picture.name) and picture.is_file() and not picture.is_symlink():
                is_old = picture.stat().st_mtime < now - self._keep
                if is_old and is_own_drawing(_head(picture)):
                    picture.unlink(missing_ok=True)


def _head(picture: Path) -> bytes:
    with picture.open("rb") as file:
        return file.read(HEAD)
