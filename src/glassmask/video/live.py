"""A camera or a stream: the newest frame, and patience where it is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Final, Self

from glassmask.errors import VideoError
from glassmask.photos import MAX_PIXELS
from glassmask.video.address import Address
from glassmask.video.decoding import Damage, Decoded, Decoder
from glassmask.video.source import Frame, Gap, GapKind

FIRST_WAIT: Final = 0.5
"""Seconds before a lost source is tried again; then twice as many, up to `LONGEST_WAIT`."""

LONGEST_WAIT: Final = 2.0


class LiveSource:
    """The newest frame of a camera or stream, each time one is asked for; frames between are
    passed over, and counted.

    A source that is lost is opened again, for as long as it takes.

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
        self._gaps: list[Gap] = []
        self._is_done = False
        self._closing = threading.Event()
        decoder = Decoder(address, max_pixels=max_pixels)
        self._thread = threading.Thread(
            target=self._run, args=(decoder,), name="glassmask live", daemon=True
        )
        self._thread.start()

    def __iter__(self) -> Iterator[Frame | Gap]:
        """The newest frame each time, and gaps; until it is closed or given up."""
        while True:
            with self._news:
                while self._newest is None and not self._gaps and not self._is_done:
                    self._news.wait()
                if self._gaps:
                    gap = self._gaps.pop(0)
                    taken, passed = None, 0
                elif self._newest is not None:
                    gap, taken, passed = None, self._newest, self._passed
                    self._newest, self._passed = None, 0
                else:
                    return
            if gap is not None:
                yield gap
            elif taken is not None:
                when, decoded = taken
                yield Frame(when, decoded.pixels(), decoded.is_corrupt, passed)

    def close(self) -> None:
        """End the thread and let go of the source. That may take as long as one read may."""
        self._closing.set()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def _now(self) -> float:
        return time.monotonic() - self._began

    def _run(self, first: Decoder) -> None:
        """In the thread: read until it is closed or given up."""
        decoder: Decoder | None = first
        try:
            while decoder is not None:
                why = self._read(decoder)
                decoder.close()
                decoder = None if self._closing.is_set() else self._again(why)
        finally:
            with self._news:
                self._is_done = True
                self._news.notify_all()

    def _read(self, decoder: Decoder) -> str:
        """Take frames until there are none; why there are none."""
        try:
            for item in decoder:
                if self._closing.is_set():
                    return "closed"
                if not isinstance(item, Damage):
                    self._put(item)
        except VideoError as error:
            return str(error)
        return f"{self.name}: it ended"

    def _again(self, why: str) -> Decoder | None:
        """Open it again, however often that takes; None where it was given up, or closed."""
        lost, wait = self._now, FIRST_WAIT
        self._tell(Gap(lost, GapKind.LOST, f"lost: {why}"))
        while not self._closing.wait(wait):
            try:
                decoder = Decoder(self._address, max_pixels=self._max_pixels)
            except VideoError:
                if self._give_up is not None and self._now - lost >= self._give_up:
                    line = f"given up after {self._now - lost:.0f} s: {self.name}"
                    self._tell(Gap(self._now, GapKind.GIVEN_UP, line))
                    return None
                wait = min(2 * wait, LONGEST_WAIT)
                continue
            self._tell(Gap(self._now, GapKind.BACK, f"back after {self._now - lost:.1f} s"))
            return decoder
        return None

    def _put(self, decoded: Decoded) -> None:
        with self._news:
            if self._newest is not None:
                self._passed += 1
            self._newest = (self._now, decoded)
            self._news.notify_all()

    def _tell(self, gap: Gap) -> None:
        with self._news:
            self._newest = None
            self._gaps.append(gap)
            self._news.notify_all()
