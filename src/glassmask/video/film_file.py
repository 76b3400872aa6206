"""A film in a file: every frame, decoded ahead in a thread of its own."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from itertools import chain
from typing import Final

from glassmask.errors import VideoError
from glassmask.photos import MAX_PIXELS
from glassmask.video.address import Address
from glassmask.video.closing import ClosedByWith
from glassmask.video.decoded import Damage, Decoded
from glassmask.video.decoding import Decoder
from glassmask.video.source import Frame, Gap, GapKind

AHEAD: Final = 4
"""Frames that wait, decoded, for whoever takes them."""

SHORT_BY: Final = 0.5
"""A file that ends so many seconds before its declared length is cut off."""


class FilmFile(ClosedByWith):
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
        self._address, self._max_pixels = address, max_pixels
        self._start, self._end = start, end
        if start < 0 or (end is not None and end <= start):
            until = "its end" if end is None else f"{end:g} s"
            raise VideoError(f"{self.name}: nothing lies between {start:g} s and {until}")
        self._decoder = Decoder(address, max_pixels=max_pixels)
        self._declared = declared = self._decoder.length
        if declared is not None and start >= declared:
            self._decoder.close()
            raise VideoError(f"{self.name}: has {declared:.1f} s; it can't begin at {start:g} s")
        last = declared if end is None else end if declared is None else min(end, declared)
        self.length = None if last is None else last - start
        self._ahead: deque[Frame | Gap] = deque()
        self._news = threading.Condition()
        self._error: BaseException | None = None
        self._is_begun = self._is_done = self._is_closing = self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="glassmask film", daemon=True)

    def __iter__(self) -> Iterator[Frame | Gap]:
        """Frames and gaps, in turn; once. The file is closed when they end, or are left.

        Raises:
            VideoError: the frames became too large.
            RuntimeError: they were taken before, or it is closed.
        """
        with self._news:
            if self._is_begun or self._is_closing:
                raise RuntimeError(f"{self.name}: frames are taken once: open the film again")
            self._is_begun = True
            self._thread.start()
        try:
            while (item := self._next()) is not None:
                yield item
        finally:
            self.close()

    def close(self) -> None:
        """End the thread and let go of the file."""
        with self._news:
            self._is_closing = True
            self._news.notify_all()
        if self._is_begun:
            self._thread.join()
        with self._news:  # two threads that close it at once would crash FFmpeg
            if not self._is_closed:
                self._is_closed = True
                self._decoder.close()

    def _next(self) -> Frame | Gap | None:
        with self._news:
            self._news.wait_for(lambda: self._ahead or self._is_done or self._is_closing)
            if self._is_closing:
                return None
            if self._ahead:
                self._news.notify_all()
                return self._ahead.popleft()
            if self._error is not None:
                raise self._error
            return None

    def _run(self) -> None:
        """In the thread: decode until the end, or until it is closed."""
        error = None
        try:
            for item in self._items():
                with self._news:
                    self._news.wait_for(lambda: len(self._ahead) < AHEAD or self._is_closing)
                    if self._is_closing:
                        return
                    self._ahead.append(item)
                    self._news.notify_all()
        except BaseException as raised:  # whoever waits for a frame is told
            error = raised
        finally:
            with self._news:
                self._error, self._is_done = error, True
                self._news.notify_all()

    def _items(self) -> Iterator[Frame | Gap]:
        damage: Damage | None = None  # told before the next frame
        is_told = False  # one gap is enough until frames are whole again
        last = self._start
        for item in self._from_start():
            if isinstance(item, Damage):
                damage = damage or item
                continue
            if self._end is not None and item.time >= self._end:
                return
            if item.time < self._start:
                damage = None
                continue
            if damage is not None and not is_told:
                yield _damaged(damage)
            is_told = item.is_corrupt and (is_told or damage is not None)
            damage = None
            last = item.time
            yield Frame(last, item.pixels(), item.is_corrupt)
        declared = self._declared
        if declared is not None and self._decoder.reached < declared - SHORT_BY:
            yield Gap(last, GapKind.CUT_OFF, f"cut off: it ends at {last:.2f} of {declared:.2f} s")
        elif damage is not None and not is_told:
            yield _damaged(damage)

    def _from_start(self) -> Iterator[Decoded | Damage]:
        """What is decoded, from a frame on that is not after the start.

        Where a seek ends up is a promise of few formats (after it streams of joined packets begin
        a key frame late, open groups of pictures without their first frames): so it goes back
        further until a frame is early enough, and decodes from the beginning rather than guess.
        """
        back = 0.0
        while back < self._start and self._decoder.seek(self._start - back):
            items = iter(self._decoder)
            first = next((item for item in items if isinstance(item, Decoded)), None)
            if first is None or first.frame.pts is None:
                break
            if first.time <= self._start:
                return chain([first], items)
            back = max(1.0, 4 * back)
        if self._start:
            self._decoder.close()
            self._decoder = Decoder(self._address, max_pixels=self._max_pixels)
        return iter(self._decoder)


def _damaged(damage: Damage) -> Gap:
    return Gap(damage.time, GapKind.DAMAGED, f"damaged at {damage.time:.2f} s")
