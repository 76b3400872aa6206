"""Where frames come from: a file, a camera or a stream is a source of frames and gaps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A photo with a time.

    Attributes:
        time: seconds since the source began; later than of the frame before.
        pixels: RGB uint8 (H, W, 3), upright, whatever way up the camera was held.
        is_corrupt: whether the decoder had to guess at a part of it.
        dropped: frames that came since the last one and were passed over, for want of time.
    """

    time: float
    pixels: NDArray[np.uint8]
    is_corrupt: bool = False
    dropped: int = 0


class GapKind(StrEnum):
    """Why there are no frames for a time."""

    DAMAGED = "damaged"  # part of a file can't be decoded
    CUT_OFF = "cut_off"  # a file ends before the length that it declares
    LOST = "lost"  # a camera or stream gives nothing more
    BACK = "back"  # it gives frames again
    GIVEN_UP = "given_up"  # it did not come back for as long as it was waited for


@dataclass(frozen=True, slots=True)
class Gap:
    """A time without frames, and why.

    Attributes:
        time: when it begins (of `BACK`: when it ended), in seconds since the source began.
        kind: why, for programs.
        line: what happened, in one line, for people; it holds no password.
    """

    time: float
    kind: GapKind
    line: str


class Source(Protocol):
    """Gives frames and gaps in turn; it is closed by `with`.

    Attributes:
        name: for people, without user names and passwords.
        is_live: whether it goes on by itself, so that who is late must pass over frames.
    """

    @property
    def name(self) -> str: ...

    @property
    def is_live(self) -> bool: ...

    def __iter__(self) -> Iterator[Frame | Gap]: ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class Clock:
    """Times of which each is later than the one before.

    Files have frames without times, or with the same, and joined streams jump back.
    """

    def __init__(self, rate: Fraction | None) -> None:
        """Start at zero.

        Args:
            rate: frames a second, for where a time is missing; None: 25.
        """
        self._step = float(1 / rate) if rate and 1 <= rate <= 240 else 1 / 25
        self.restart()

    def restart(self) -> None:
        """Frames begin anew, at any time."""
        self.now = self._shift = 0.0
        self._is_new = True

    def tick(self, given: float | None) -> float:
        """The time of the next frame, in seconds.

        Args:
            given: what the file says; None where it does not.
        """
        if given is None:
            time = self.now if self._is_new else self.now + self._step
        elif self._is_new:
            self._shift = max(0.0, -given)
            time = given + self._shift
        else:
            time = given + self._shift
            if time < self.now - 0.5:  # another stream begins
                time = self.now + self._step
                self._shift = time - given
            time = max(time, self.now + 0.001)
        self._is_new = False
        self.now = time
        return time
