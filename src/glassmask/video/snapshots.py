"""One annotated picture for each event, kept for a time and then deleted."""

from __future__ import annotations

import time
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from glassmask.files import require_writable, write_whole
from glassmask.formats import OWN_MARK
from glassmask.output.draw import encode_jpeg
from glassmask.video.moment import Moment
from glassmask.video.overlay import draw_moment
from glassmask.video.sinks import Ending, Happening

_PATTERN: Final = "glassmask-*.jpg"

_SWEEP_EVERY: Final = 60.0  # seconds


class SnapshotSink:
    """Writes `glassmask-DATE-TIME-EVENT-TRACK.jpg` into a folder, the frame with boxes and heat maps.

    Only files of such names are ever deleted.

    Attributes:
        target: the folder.
    """

    keeps_going = True

    def __init__(self, folder: Path, keep: float) -> None:
        """Prepare the folder.

        Args:
            folder: where to; it is made with the first picture.
            keep: seconds after which a picture is deleted.

        Raises:
            OSError: it can't be written.
        """
        require_writable(folder)
        self.target = str(folder)
        self._folder, self._keep = folder, keep
        self._swept = 0.0
        self._recent: deque[Moment] = deque(maxlen=2)

    def write(self, taken: Happening | Ending) -> None:
        """Write a picture for each event of a happening.

        Raises:
            OSError: it can't be written.
        """
        if isinstance(taken, Ending):
            return
        moment = taken.moment
        if moment.frame is not None:
            self._recent.append(moment)
        if moment.events and self._recent:
            last = self._recent[-1]
            assert last.frame is not None
            picture = encode_jpeg(
                draw_moment(last.frame.pixels, last.tracks, last.time), 90, OWN_MARK
            )
            now = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")[:-3]
            for event in moment.events:
                name = f"glassmask-{now}-{event.kind}-{event.track}.jpg"
                write_whole(self._folder / name, picture)
        self._sweep()

    def close(self) -> None:
        """Delete what is too old."""
        self._swept = 0.0
        self._sweep()

    def abort(self) -> None:
        """Every picture is whole: they stay."""

    def _sweep(self) -> None:
        now = time.time()
        if now - self._swept < _SWEEP_EVERY:
            return
        self._swept = now
        for picture in self._folder.glob(_PATTERN):
            if picture.is_file() and picture.stat().st_mtime < now - self._keep:
                picture.unlink(missing_ok=True)
