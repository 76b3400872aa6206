"""A camera or a stream: the newest frame, and patience where it is lost."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from typing import Final

from glassmask.errors import VideoError
from glassmask.photos import MAX_PIXELS
from glassmask.video.address import Address
from glassmask.video.closing import ClosedByWith
from glassmask.video.decoded import Decoded
from glassmask.video.decoding import OPEN_WITHIN, READ_WITHIN, Decoder
from glassmask.video.source import Frame, Gap, GapKind

FIRST_WAIT: Final = 0.5
"""Seconds before a lost source is tried again; then twice as many, up to `LONGEST_WAIT`."""

LONGEST_WAIT: Final = 1.0

CLOSE_WITHIN: Final = READ_WITHIN + 0.5
"""Seconds that closing waits for the thread. FFmpeg can't be interrupted while it opens a stream:
then the thread is left to end by itself, within `OPEN_WITHIN`."""


class LiveSource(ClosedByWith):
    """The newest frame of a camera or stream, each time one is asked for.

    Frames between are passed over, and counted. Times are those of arrival. A source that is lost
    is opened again, for as long as it takes.

    Attributes:
        name: without user name and password.
        is_live: always.
    """

    is_live = True

    def __init__(
        self,
        address: Address,
        *,
        give_up: float | None = None,
        max_pixels: int = MAX_PIXELS,
    ) -> None:
        """Open it; the first time it must answer.

        Args:
            address: of the camera or stream.
            give_up: seconds after which a lost source is given up; None: never.
            max_pixels: larger frames are refused.

        Raises:
            VideoError: it can't be opened.
        """
        self.name = address.name
        self._address, self._give_up, self._max_pixels = address, give_up, max_pixels
        self._began = time.monotonic()
        self._news = threading.Condition()
        self._newest: tuple[float, Decoded] | None = None
        self._passed = 0
        self._gaps: deque[Gap] = deque()
        self._lost: float | None = None
        self._is_open = self._is_done = False
        self._error: BaseException | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="glassmask live", daemon=True)
        self._thread.start()
        try:
            with self._news:
                self._news.wait_for(lambda: self._is_open or self._is_done)
        except BaseException:  # Ctrl-C need not wait until it is open
            self._closing.set()
            raise
        if not self._is_open and self._error is not None:
            raise self._error

    def __iter__(self) -> Iterator[Frame | Gap]:
        """The newest frame each time, and gaps; until it is closed or given up.

        Whoever leaves them may come back to what is newest then.
        """
        while (item := self._next()) is not None:
            if isinstance(item, Gap):
                yield item
            else:
                when, decoded, passed = item
                yield Frame(when, decoded.pixels(), decoded.is_corrupt, passed)

    def close(self) -> None:
        """Let go of the source, and end the thread where it does not just open it again."""
        self._closing.set()
        with self._news:
            self._news.notify_all()
        self._thread.join(CLOSE_WITHIN)

    @property
    def _now(self) -> float:
        return time.monotonic() - self._began

    def _next(self) -> Gap | tuple[float, Decoded, int] | None:
        with self._news:
            self._news.wait_for(
                lambda: self._newest or self._gaps or self._is_done or self._closing.is_set()
            )
            if self._closing.is_set():
                return None
            if self._gaps:
                return self._gaps.popleft()
            if self._newest is not None:
                taken = (*self._newest, self._passed)
                self._newest, self._passed = None, 0
                return taken
            if self._error is not None:
                raise self._error
            return None

    def _run(self) -> None:
        """In the thread: watch, and say that it is over."""
        error = None
        try:
            self._watch()
        except BaseException as raised:  # whoever waits for a frame is told
            error = raised
        finally:
            with self._news:
                self._error, self._is_done = error, True
                self._news.notify_all()

    def _watch(self) -> None:
        """Read, and open it again, until it is closed or given up."""
        wait = FIRST_WAIT
        while True:
            why = self._read(self._left())
            if self._closing.is_set():
                return
            if self._lost is None:
                self._lost, wait = self._now, FIRST_WAIT
                self._tell(GapKind.LOST, f"lost: {why}")
            elif self._left() <= 0:
                line = f"given up after {self._now - self._lost:.0f} s: {why}"
                self._tell(GapKind.GIVEN_UP, line)
                return
            if self._closing.wait(min(wait, self._left())):
                return
            wait = min(2 * wait, LONGEST_WAIT)

    def _read(self, within: float) -> str:
        """Open it and take frames until there are none; why there are none.

        Args:
            within: seconds that it may take to open.
        """
        try:
            with Decoder(
                self._address,
                max_pixels=self._max_pixels,
                open_within=min(OPEN_WITHIN, max(1.0, within)),
            ) as decoder:
                self._say_open()
                for item in decoder:
                    if self._closing.is_set():
                        return "closed"
                    if isinstance(item, Decoded):
                        self._put(item)
        except VideoError as error:
            if not self._is_open:
                raise
            return str(error)
        return f"{self.name}: it ended"

    def _left(self) -> float:
        """Seconds before it is given up."""
        if self._give_up is None:
            return float("inf")
        return self._give_up - (self._now - self._lost if self._lost is not None else 0.0)

    def _say_open(self) -> None:
        with self._news:
            self._is_open = True
            self._news.notify_all()

    def _put(self, decoded: Decoded) -> None:
        with self._news:
            if self._lost is not None:  # told once it shows something: opening alone says little
                self._tell(GapKind.BACK, f"back after {self._now - self._lost:.1f} s")
                self._lost = None
            if self._newest is not None:
                self._passed += 1
            self._newest = (self._now, decoded)
            self._news.notify_all()

    def _tell(self, kind: GapKind, line: str) -> None:
        with self._news:
            if self._newest is not None:  # it comes before the gap, and would be told after it
                self._newest, self._passed = None, self._passed + 1
            self._gaps.append(Gap(self._now, kind, line))
            self._news.notify_all()
