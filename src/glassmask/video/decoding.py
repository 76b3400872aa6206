"""Decode one opened source, packet by packet: frames with times, damage that does not end it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import numpy as np
from numpy.typing import NDArray

from glassmask.errors import VideoError
from glassmask.photos import MAX_PIXELS
from glassmask.video.address import Address

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

OPEN_WITHIN: Final = 15.0
"""Seconds after which an address that does not answer is given up."""

READ_WITHIN: Final = 3.0
"""Seconds after which a stream that sends nothing is taken for lost."""

_STEP: Final = 1 / 25
"""Seconds between frames where nothing says more."""


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """A frame that was decoded and not yet turned into a photo.

    Attributes:
        time: seconds since the source began.
        frame: FFmpeg's.
    """

    time: float
    frame: VideoFrame

    def pixels(self) -> NDArray[np.uint8]:
        """RGB uint8 (H, W, 3), upright."""
        pixels = self.frame.to_ndarray(format="rgb24")
        turns = round(self.frame.rotation / 90) % 4
        return np.ascontiguousarray(np.rot90(pixels, turns) if turns else pixels, np.uint8)

    @property
    def is_corrupt(self) -> bool:
        """Whether the decoder had to guess at a part of it."""
        return bool(self.frame.is_corrupt)


@dataclass(frozen=True, slots=True)
class Damage:
    """A packet that can't be decoded.

    Attributes:
        time: of the last frame before it.
        line: what the decoder says.
    """

    time: float
    line: str


class Decoder:
    """An opened source; `close` it, or use `with`.

    Attributes:
        length: seconds that it declares; None where it does not say.
        frame_rate: frames a second that it declares; None likewise.
    """

    def __init__(self, address: Address, *, max_pixels: int = MAX_PIXELS) -> None:
        """Open.

        Raises:
            VideoError: it can't be opened, shows nothing, or its frames are too large.
        """
        import av

        try:
            self._container: InputContainer = av.open(
                address.location,
                format=address.format,
                options=dict(address.options),
                metadata_errors="replace",
                timeout=(OPEN_WITHIN, READ_WITHIN),
            )
        except (av.FFmpegError, OSError, ValueError) as error:
            raise VideoError(f"{address.name}: can't be opened: {_reason(error)}") from error
        try:
            if not self._container.streams.video:
                raise VideoError(f"{address.name}: holds no film: nothing but sound or data")
            self._stream: VideoStream = self._container.streams.video[0]
            self._max_pixels = max_pixels
            self._require_size(self._stream.width, self._stream.height, address.name)
            self._stream.thread_type = "AUTO"
            self._stream.codec_context.thread_count = 2
        except BaseException:
            self._container.close()
            raise
        self._name = address.name
        self._is_live = address.is_live
        self.length = _length(self._container, self._stream)
        rate = self._stream.average_rate or self._stream.guessed_rate
        self.frame_rate: Fraction | None = rate or None
        self._clock = _Clock(1 / float(rate) if rate else _STEP)

    def seek(self, time: float) -> None:
        """Go to the last key frame before a time; frames still before it come first.

        Raises:
            VideoError: the source can't.
        """
        import av

        try:
            start = self._container.start_time or 0
            self._container.seek(start + int(time * av.time_base))
        except av.FFmpegError as error:
            raise VideoError(f"{self._name}: can't go to {time:g} s: {_reason(error)}") from error

    def __iter__(self) -> Iterator[Decoded | Damage]:
        """Frames in the order to be shown.

        A packet that can't be decoded is told, and the next one is tried.

        Raises:
            VideoError: a stream sends nothing more, or frames became too large.
        """
        import av

        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except av.FFmpegError as error:  # of a file: what follows can't be told apart
                if self._is_live:
                    raise VideoError(f"{self._name}: {_reason(error)}") from error
                yield Damage(self._clock.now, _reason(error))
                return
            try:
                frames = packet.decode()
            except av.FFmpegError as error:
                yield Damage(self._clock.now, _reason(error))
                continue
            for frame in frames:
                self._require_size(frame.width, frame.height, self._name)
                yield Decoded(self._clock.tick(_seconds(frame, self._container)), frame)

    def close(self) -> None:
        """Let go of it."""
        self._container.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _require_size(self, width: int, height: int, name: str) -> None:
        if width * height > self._max_pixels:
            raise VideoError(
                f"{name}: {width} x {height} pixels: over the limit of "
                f"{self._max_pixels / 1e6:.3g} million"
            )


class _Clock:
    """Times that never run back, though streams are joined, and first frames come without."""

    def __init__(self, step: float) -> None:
        self.now = 0.0
        self._step = step
        self._shift = 0.0
        self._is_new = True

    def tick(self, given: float | None) -> float:
        """The time of the next frame, in seconds.

        Args:
            given: what the file says; None where it does not.
        """
        if given is None:
            given = (self.now - self._shift) + (0.0 if self._is_new else self._step)
        elif not self._is_new and given + self._shift <= self.now:
            self._shift = self.now + self._step - given
        self._is_new = False
        self.now = given + self._shift
        return self.now


def _seconds(frame: VideoFrame, container: InputContainer) -> float | None:
    if frame.pts is None or frame.time_base is None:
        return None
    start = (container.start_time or 0) / 1e6
    return max(0.0, float(frame.pts * frame.time_base) - start)


def _length(container: InputContainer, stream: VideoStream) -> float | None:
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return container.duration / 1e6 if container.duration else None


def _reason(error: Exception) -> str:
    """What FFmpeg says, without the address, which may hold a password."""
    text = getattr(error, "strerror", None) or str(error).partition(":")[0]
    return str(text).strip().lower() or type(error).__name__
