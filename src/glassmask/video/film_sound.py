"""The sound of a film, copied as it is: packets, moved in time as the pictures are."""

from __future__ import annotations

import contextlib
import io
import math
from collections.abc import Iterator

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet

from glassmask.errors import VideoError
from glassmask.video.address import read_address


class FilmSound:
    """The packets of sound of a file, as they are, moved in time as the film is.

    Attributes:
        tick: of the file's pictures, in seconds; None where it has none.
        rate: pictures a second; None where it does not say.
        length: of the pictures, in seconds; None likewise.
        broken: why there was no more, in one line, once; None while there is.
    """

    def __init__(self, path: str, start: float, end: float | None) -> None:
        """Open the file, at a time.

        Raises:
            VideoError: there is no such file.
            av.FFmpegError: it can't be opened.
        """
        address = read_address(path)
        if address.is_live:
            raise VideoError(f"{address.name}: a stream, whose sound can't be read again")
        self._container: InputContainer = av.open(
            address.location, options=dict(address.options), metadata_errors="replace"
        )
        self._end = math.inf if end is None else end - start
        self._origin = (self._container.start_time or 0) / 1e6 + start
        self._streams: dict[int, AudioStream] = {}
        self._packets: Iterator[Packet[AudioStream]] = iter(())
        self._next: Packet[AudioStream] | None = None
        self._drops_early = start > 0
        self.broken: str | None = None
        pictures = next(iter(self._container.streams.video), None)
        self.tick = None if pictures is None else pictures.time_base
        rate = None if pictures is None else pictures.average_rate
        self.rate = rate if rate is not None and 1 <= rate <= 240 else None
        duration = None if pictures is None else pictures.duration
        self.length = None if not duration or self.tick is None else float(duration * self.tick)
        if start > 0:
            with contextlib.suppress(av.FFmpegError):  # then all that comes before is passed over
                self._container.seek(int(self._origin * av.time_base))

    def attach(self, out: OutputContainer) -> list[str]:
        """Add a stream to a film for each of sound.

        Returns:
            Which the film can't hold, a line each.
        """
        notes = []
        sounds = self._container.streams.audio
        for number, stream in enumerate(sounds, 1):
            if _holds(out, stream):
                self._streams[stream.index] = out.add_stream_from_template(stream)
                self._streams[stream.index].metadata.clear()
            else:
                name = stream.codec_context.name
                which = "the sound" if len(sounds) == 1 else f"sound {number} of {len(sounds)}"
                notes.append(f"{which} is left out: {out.format.name} can't hold {name}")
        if self._streams:
            self._packets = self._read()
        # Before 0 lie only samples that are thrown away, for a coder to begin with. MP4 says so;
        # Matroska can of Opus alone, and would move all else, pictures too, to begin later.
        opus_alone = all(s.codec_context.name in ("opus", "libopus") for s in sounds)
        self._drops_early |= out.format.name != "mp4" and not opus_alone
        return notes

    def packets(self, until: float) -> Iterator[Packet[AudioStream]]:
        """What begins up to a time of the film, in seconds."""
        while True:
            if self._next is None:
                self._next = next(self._packets, None)
            packet = self._next
            if packet is None or float((packet.pts or 0) * packet.time_base) > until:
                return
            self._next = None
            yield packet

    def close(self) -> None:
        """Let go of the file."""
        self._container.close()

    def _read(self) -> Iterator[Packet[AudioStream]]:
        inputs = [s for s in self._container.streams.audio if s.index in self._streams]
        open_ones = set(self._streams)
        packets: Iterator[Packet[AudioStream]] = self._container.demux(*inputs)  # type: ignore[assignment]
        last = 0.0
        while open_ones:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except av.FFmpegError as error:
                self.broken = f"the sound ends at {last:.2f} s: {error.strerror}"
                return
            if packet.dts is None or packet.pts is None:  # the empty one at a stream's end
                continue
            moved = round(self._origin / packet.time_base)
            packet.pts, packet.dts = packet.pts - moved, packet.dts - moved
            last = float(packet.pts * packet.time_base)
            if last >= self._end:
                open_ones.discard(packet.stream_index)
            elif packet.stream_index in open_ones and not (last < 0 and self._drops_early):
                packet.stream = self._streams[packet.stream_index]
                yield packet


def _holds(out: OutputContainer, stream: AudioStream) -> bool:
    """Whether a film may hold a stream of sound: tried, since lists and writers differ."""
    if stream.codec_context.name not in out.supported_codecs:
        return False
    try:
        with av.open(io.BytesIO(), "w", format=out.format.name) as trial:
            trial.add_stream_from_template(stream)
            trial.start_encoding()
    except (av.FFmpegError, ValueError, OSError):
        return False
    return True
