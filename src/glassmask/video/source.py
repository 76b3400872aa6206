"""Where frames come from: a file, a camera or a stream is a source of frames and gaps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
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
    def name(self) -> str:
        """For people."""

    @property
    def is_live(self) -> bool:
        """Whether it goes on by itself."""

    def __iter__(self) -> Iterator[Frame | Gap]: ...

    def close(self) -> None:
        """Let go of it."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
