"""Decode one opened source, packet by packet: frames with times, damage that does not end it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from time import monotonic
from typing import TYPE_CHECKING, Final, cast

import av
import av.error
import av.stream

from glassmask.errors import VideoError
from glassmask.photos import MAX_PIXELS
from glassmask.video.address import Address
from glassmask.video.clock import Clock
from glassmask.video.closing import ClosedByWith
from glassmask.video.decoded import Damage, Decoded

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.sidedata.sidedata import SideDataContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

OPEN_WITHIN: Final = 15.0
"""Seconds after which a stream that does not answer is given up."""

READ_WITHIN: Final = 3.0
"""Seconds after which a stream that sends nothing is taken for lost."""

READ_ERRORS: Final = 20
"""A file is not read further after so many errors with nothing between them."""


class Decoder(ClosedByWith):
    """An opened source; `close` it, or use `with`. Its frames can be taken once after each `seek`.

    Attributes:
        length: seconds that it declares; None where it does not say.
        reached: seconds at which the last packet ended that was read.
    """

    def __init__(
        self,
        address: Address,
        *,
        max_pixels: int = MAX_PIXELS,
        open_within: float = OPEN_WITHIN,
    ) -> None:
        """Open.

        Args:
            address: of the source.
            max_pixels: larger frames are refused.
            open_within: seconds that a stream may take to answer.

        Raises:
            VideoError: it can't be opened, shows nothing, or its frames are too large.
        """
        self._name, self._is_live, self._max_pixels = address.name, address.is_live, max_pixels
        # PyAV grants the first time twice: to open, and to learn what is in it.
        limits = (open_within / 2, READ_WITHIN) if address.is_live else None
        options = {**address.options, "max_pixels": str(max_pixels)}  # what looks into it decodes
        # `from None`: what FFmpeg says holds the address, and that may hold a password.
        try:
            self._container: InputContainer = av.open(
                address.location,
                format=address.format,
                options=options,
                metadata_errors="replace",
                timeout=limits,
            )
        except (av.FFmpegError, OSError, ValueError) as error:
            reason = _reason(error, open_within)
            raise VideoError(f"{address.name}: can't be opened: {reason}") from None
        try:
            self._stream = self._chosen_stream()
            self.length = _length(self._container)
            if address.location.startswith("http") and self.length is not None:
                raise VideoError(
                    f"{address.name}: a film, not a stream: save it, and give the file"
                )
            self._require_size(self._stream.width, self._stream.height)
            # Frame threads would hold the newest frame of a camera back.
            self._stream.thread_type = "SLICE" if address.is_live else "AUTO"
            self._stream.codec_context.thread_count = 2
        except BaseException:
            self._container.close()
            raise
        self._start = _start(self._container)
        self.reached = 0.0
        self._rotation: int | None = None
        self._matrix: bytes | None = None
        self._clock = Clock(self._stream.average_rate or self._stream.guessed_rate)

    def seek(self, time: float) -> bool:
        """Go to a key frame before a time, in seconds; whether the source can.

        Where it ends up is a promise of few formats: look at the first frame.
        """
        try:
            self._container.seek(int((self._start + Fraction(time)) * av.time_base))
        except (av.FFmpegError, OSError):
            return False
        self._clock.restart()
        return True

    def __iter__(self) -> Iterator[Decoded | Damage]:
        """Frames in the order to be shown.

        A packet that can't be decoded is told, and the next one is tried. Frames after it count
        as corrupt until the next one that is built on no other.

        Raises:
            VideoError: a stream sends nothing more, or frames became too large.
        """
        broken: set[int | None] = set()  # times of packets whose frames are still to come
        is_spoiled = False
        for packet in self._packets():
            if isinstance(packet, Damage):
                is_spoiled = True
                yield packet
                continue
            if packet.is_corrupt and packet.pts is not None:
                broken.add(packet.pts)
            try:
                frames = packet.decode()
            except av.FFmpegError:
                is_spoiled = True
                yield Damage(self._clock.now)
                continue
            for frame in frames:
                self._require_size(frame.width, frame.height)
                if frame.is_corrupt and not is_spoiled:  # the decoder mended it, and says no more
                    yield Damage(self._clock.now)
                is_broken = frame.is_corrupt or frame.pts in broken
                broken.discard(frame.pts)
                is_spoiled = is_broken or (is_spoiled and not frame.key_frame)
                time = self._clock.tick(self._time(frame))
                yield Decoded(time, frame, is_spoiled, self._matrix_of(frame))

    def close(self) -> None:
        """Let go of it."""
        self._container.close()

    def _packets(self) -> Iterator[Packet[VideoStream] | Damage]:
        """Packets of the film, and where one is broken."""
        held: Damage | None = None
        held_for, before = 0, None
        for packet in self._read():
            if isinstance(packet, Damage):
                yield packet
                continue
            if packet.pts is not None:
                end = Fraction(packet.pts + (packet.duration or 0)) * packet.time_base
                self.reached = max(self.reached, float(end - self._start))
            if packet.stream.index != self._stream.index:
                continue
            if held is not None:
                held_for += 1
                # Where streams were joined, one of the last two packets before seems broken, too.
                if before is not None and packet.dts is not None and packet.dts < before:
                    held = None
                elif held_for > 2:
                    yield held
                    held = None
            if packet.is_corrupt and held is None:
                held, held_for = Damage(self._clock.now), 0
            before = packet.dts
            yield packet
        if held is not None:
            yield held

    def _read(self) -> Iterator[Packet[VideoStream] | Damage]:
        """Packets of everything. Reading goes on after an error in a file, but not for ever."""
        errors = 0
        while errors < READ_ERRORS:
            try:
                asked = monotonic()
                for packet in self._container.demux():
                    if self._is_live and monotonic() - asked >= READ_WITHIN:
                        # Once the time is over FFmpeg hands out what it held back, and waits anew.
                        raise VideoError(f"{self._name}: nothing came for {READ_WITHIN:.0f} s")
                    errors = 0
                    yield packet  # type: ignore[misc]
                    asked = monotonic()
                return
            except av.FFmpegError as error:
                if self._is_live:
                    reason = _reason(error, READ_WITHIN)
                    raise VideoError(f"{self._name}: {reason}") from None
                errors += 1
                yield Damage(self._clock.now)

    def _chosen_stream(self) -> VideoStream:
        covers = av.stream.Disposition.attached_pic  # pictures that come with sound
        films = [one for one in self._container.streams.video if not one.disposition & covers]
        if not films:
            raise VideoError(f"{self._name}: holds no film: nothing but sound or data")
        if self._is_live:  # sound alone must not hide that the pictures stalled
            for stream in self._container.streams:
                if stream is not films[0]:
                    stream.discard = av.stream.Discard.all
        return films[0]

    def _matrix_of(self, frame: VideoFrame) -> bytes | None:
        """Its display matrix. It is read anew only where it turned.

        Reading it ties the frame into a cycle, which stays until the garbage collector comes.
        """
        if frame.rotation != self._rotation:
            self._rotation = frame.rotation
            matrix = cast("SideDataContainer", frame.side_data).get("DISPLAYMATRIX")
            self._matrix = None if matrix is None else bytes(matrix)
        return self._matrix

    def _time(self, frame: VideoFrame) -> float | None:
        if frame.pts is None or frame.time_base is None:
            return None
        return float(frame.pts * frame.time_base - self._start)

    def _require_size(self, width: int, height: int) -> None:
        if width * height > self._max_pixels:
            limit = f"{self._max_pixels / 1e6:.3g} million"
            raise VideoError(f"{self._name}: {width} x {height} pixels: over the limit of {limit}")


def _start(container: InputContainer) -> Fraction:
    """When the first stream begins, in seconds; exactly, which the container's own is not."""
    starts = [
        stream.start_time * stream.time_base
        for stream in (*container.streams.video, *container.streams.audio)
        if stream.start_time is not None and stream.time_base is not None
    ]
    return min(starts, default=Fraction(0))


def _length(container: InputContainer) -> float | None:
    """Seconds that are declared. AVI's are taken down to what is there: it declares frames."""
    length = container.duration / 1e6 if container.duration else None
    if container.format.name == "avi":
        film = container.streams.video[0]
        if film.frames and film.average_rate:
            return max(length or 0.0, float(film.frames / film.average_rate))
    return length


def _reason(error: Exception, limit: float) -> str:
    """What FFmpeg says, without the address."""
    if isinstance(error, av.error.ExitError):  # by PyAV, as the time is over
        return f"nothing came for {limit:.0f} s"
    if isinstance(error, av.error.InvalidDataError):
        return "no film that can be read, or its beginning is damaged"
    if isinstance(error, av.error.ArgumentError):  # not in `format_whitelist`
        return "a play list, or another kind that is not read: give the film itself"
    return str(getattr(error, "strerror", None) or type(error).__name__).lower()
