"""A film in a file: every frame, decoded ahead in a thread of its own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Final, Self

from glassmask.errors import VideoError
from glassmask.photos import MAX_PIXELS
from glassmask.video.address import Address
from glassmask.video.decoding import Damage, Decoder
from glassmask.video.source import Frame, Gap, GapKind

AHEAD: Final = 4
"""Frames that wait, decoded, for whoever takes them."""

SHORT_BY: Final = 0.5
"""A file that ends so many seconds before its declared length is cut off. Some lengths are those
of the sound, or count the last frame's own time."""


class FilmFile:
    """The frames of a file, all of them, and where it is damaged.

    Attributes:
        name: as it was given.
        is_live: never.
        length: seconds that will be shown, as far as the file declares; None where it does not.
    """

    is_live = False

    def __init__(
        self,
        address: Address,
        *,
        start: float = 0.0,
        end: float | None = None,
        max_pixels: int = MAX_PIXELS,
    ) -> None:
        """Open a file.

        Args:
            address: of the file.
            start: seconds of the film to begin at; frames keep the film's own times.
            end: seconds to end before; None: the end of the film.
            max_pixels: larger frames are refused.

        Raises:
            VideoError: it can't be opened, or there is nothing between start and end.
        """
        self.name = address.name
        self._start, self._end = start, end
        self._decoder = Decoder(address, max_pixels=max_pixels)
        declared = self._decoder.length
        try:
            if declared is not None and start >= declared:
                raise VideoError(f"{self.name}: has {declared:.1f} s; it can't begin at {start:g}")
            if start:
                self._decoder.seek(start)
        except BaseException:
            self._decoder.close()
            raise
        last = declared if end is None else end if declared is None else min(end, declared)
        self.length = None if last is None else last - start
        self._declared = declared
        self._queue: queue.Queue[Frame | Gap | VideoError | None] = queue.Queue(AHEAD)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="glassmask film", daemon=True)

    def __iter__(self) -> Iterator[Frame | Gap]:
        """Frames and gaps, in turn; once.

        Raises:
            VideoError: the frames became too large.
        """
        self._thread.start()
        while (item := self._queue.get()) is not None:
            if isinstance(item, VideoError):
                raise item
            yield item

    def close(self) -> None:
        """End the thread and let go of the file."""
        self._closing.set()
        while self._thread.is_alive():
            try:  # it may wait to put one more
                self._queue.get(timeout=0.05)
            except queue.Empty:
                continue
        self._decoder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _run(self) -> None:
        """In the thread: decode until the end, or until it is closed."""
        try:
            for item in self._items():
                if self._closing.is_set():
                    return
                self._queue.put(item)
        except VideoError as error:
            self._queue.put(error)
        except BaseException as error:  # whoever waits for a frame must not wait for ever
            self._queue.put(VideoError(f"{self.name}: {type(error).__name__}"))
            raise
        finally:
            self._queue.put(None)

    def _items(self) -> Iterator[Frame | Gap]:
        last, damaged = self._start, False
        for item in self._decoder:
            if isinstance(item, Damage):
                if not damaged:  # one gap for a run of packets
                    yield Gap(item.time, GapKind.DAMAGED, f"damaged at {item.time:.2f} s")
                damaged = True
                continue
            damaged = False
            if item.time < self._start:
                continue
            if self._end is not None and item.time >= self._end:
                return
            last = item.time
            yield Frame(item.time, item.pixels(), item.is_corrupt)
        expected = self._declared
        if expected is not None and self._end is not None:
            expected = min(expected, self._end)
        if expected is not None and last < expected - SHORT_BY:
            line = f"cut off: it ends at {last:.2f} of {expected:.2f} s"
            yield Gap(last, GapKind.CUT_OFF, line)
