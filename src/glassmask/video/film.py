"""An annotated film: every frame drawn on, at its own time, with the source's sound copied."""

from __future__ import annotations

import contextlib
import math
import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.container import OutputContainer
from av.packet import Packet
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream
from numpy.typing import NDArray

from glassmask.errors import OutputError, VideoError
from glassmask.faces.crop import Box
from glassmask.files import Replacement, real_path
from glassmask.output.sinks import whole_or_nothing
from glassmask.video.film_format import (
    ENCODERS,
    FINEST,
    OWN_MARK,
    Codec,
    container_for,
    fine_tick,
    fitted,
    require_own_film,
)
from glassmask.video.film_sound import FilmSound
from glassmask.video.moment import Moment, Tracked
from glassmask.video.overlay import SHOWN_FOR, blur_face, draw_moment

LOOK_AHEAD: Final = 0.8
"""Seconds for which frames are kept back where faces are blurred: a face is found a little after
it came, at the pace `light` 0.75 s after, and is blurred in the frames before that too."""

LOOK_AHEAD_BYTES: Final = 300_000_000
"""No more than so many bytes of frames are kept back; of 4K at 60 a second, 0.2 s."""

_BT709: Final = 1  # the number of that standard as colour space, primaries and transfer
_NEAR_THE_END: Final = 0.5  # seconds: a film that was written so far was written to its end


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """A frame that is not written yet."""

    time: float
    pixels: NDArray[np.uint8]
    tracks: tuple[Tracked, ...]
    seen: dict[int, float]


class FilmSink:
    """Writes an annotated film; it is put in place when closed.

    The film begins at `start` of the source, so a frame's time in it is its own less that, to the
    tick of the source's clock. A `.mkv` or `.webm` counts whole milliseconds. An odd side gets one
    more row or column, the last one again; frames of another size than the first are made to fit
    it, with black beside them.

    Attributes:
        target: the film's path; names it in messages.
        notes: what was left out and why, a line each.
    """

    keeps_going = False

    def __init__(
        self,
        target: Path,
        source_path: str | None,
        codec: Codec = "av1",
        start: float = 0.0,
        end: float | None = None,
        *,
        blur: bool = False,
    ) -> None:
        """Start a film.

        Args:
            target: where to; `.mp4`, `.mkv` or `.webm`.
            source_path: the file whose sound is copied; None: a camera or stream, no sound.
            codec: how pictures are coded.
            start: seconds of the source at which the film begins.
            end: seconds of the source before which it ends; None: at its end.
            blur: whether faces are made unrecognisable.

        Raises:
            OutputError: it can't be written there, or is someone else's.
        """
        self.target, self.notes = str(target), list[str]()
        self._format = container_for(target, codec)
        self._codec, self._start, self._blur = codec, start, blur
        if source_path is not None and real_path(source_path) == real_path(target):
            raise OutputError(f"can't write {target}: it is the film that is read")
        require_own_film(target)
        try:
            self._file = Replacement(target)
        except OSError as error:
            raise OutputError(f"can't write {target}: {error.strerror or error}") from error
        self._sound: FilmSound | None = None
        self._out: OutputContainer | None = None
        self._stream: VideoStream | None = None
        self._held: deque[_Held] = deque()
        self._seen: dict[int, float] = {}
        self._tick, self._rate = Fraction(1, 60_000), Fraction(25)
        self._last, self._step = -1, 1 / 25  # the last pts; seconds that the last frame stands
        self._frame_step: float | None = None  # of a film that says so, for its very last frame
        self._lengths: dict[int, int] = {}  # pts -> duration, of frames inside the encoder
        if source_path is not None:
            try:
                self._sound = FilmSound(source_path, start, end)
            except (VideoError, av.FFmpegError, OSError) as error:
                self.notes.append(f"no sound: {error}")
            else:
                self._tick = fine_tick(self._sound.tick, FINEST[codec])
                if self._sound.rate is not None:
                    self._rate = self._sound.rate
                    self._frame_step = 1 / float(self._rate)

    def write(self, moment: Moment) -> None:
        """Take a moment; one without a frame is a time in which the last frame stands.

        Raises:
            OutputError: it can't be written; nothing of the film stays.
        """
        if moment.frame is None:
            return
        # Some are found and then never seen again: no box, but what is blurred grows all the same.
        unseen = moment.time - SHOWN_FOR
        self._seen = {
            one.track: moment.time if one.is_seen else self._seen.get(one.track, unseen)
            for one in moment.tracks
        }
        self._held.append(_Held(moment.time, moment.frame.pixels, moment.tracks, self._seen))
        with whole_or_nothing(self, av.FFmpegError):
            while self._is_ripe():
                self._emit()

    def close(self) -> None:
        """Finish the film and put it in place; without a frame there is none.

        Raises:
            OutputError: it can't be written; nothing of it stays.
        """
        if not self._held:
            self.notes.append("no frame came: no film was written")
            self.abort()
            return
        with whole_or_nothing(self, av.FFmpegError):
            last = self._held[-1].time
            while self._held:
                self._emit()
            end = last + self._step
            assert self._stream is not None
            assert self._out is not None
            for packet in self._stream.encode(None):
                self._mux(packet)
            if self._sound is not None:
                whole = self._sound.length
                is_whole = whole is None or end >= whole - _NEAR_THE_END
                self._copy_sound(math.inf if is_whole else end - self._start)
            self._out.close()
            self._out = None
            self._close_all()
            self._file.commit()

    def abort(self) -> None:
        """Give up: nothing of the film stays."""
        self._held.clear()
        with contextlib.suppress(av.FFmpegError, OSError):  # the end can't be written either
            self._close_all()
        self._file.abort()

    def _close_all(self) -> None:
        """Containers that are not closed leak."""
        if self._sound is not None:
            self._sound.close()
        out, self._out, self._stream = self._out, None, None
        if out is not None:
            out.close()

    def _is_ripe(self) -> bool:
        """Whether the first frame that is held may go: the next one says how long it lasts."""
        if len(self._held) < 2 or not self._blur:
            return len(self._held) > 1
        size = sum(held.pixels.nbytes for held in self._held)
        late = self._held[-1].time - self._held[0].time > LOOK_AHEAD
        return late or size > LOOK_AHEAD_BYTES

    def _emit(self) -> None:
        """Draw on the first frame that is held, and encode it."""
        held = self._held.popleft()
        if self._held:
            self._step = self._held[0].time - held.time
        elif self._frame_step is not None:
            self._step = self._frame_step
        pixels = held.pixels
        if self._blur:
            pixels = pixels.copy()
            for box, wait in self._coming(held):
                blur_face(pixels, box, wait)
        drawn = draw_moment(pixels, held.tracks, held.time, self._blur, seen=held.seen)
        if self._out is None:
            self._begin(drawn.shape[0], drawn.shape[1])
        assert self._stream is not None
        frame = av.VideoFrame.from_ndarray(
            fitted(drawn, self._stream.width, self._stream.height), format="rgb24"
        ).reformat(
            format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
        )
        pts = max(self._last + 1, round((held.time - self._start) / self._tick))
        self._last = frame.pts = pts
        frame.time_base = self._tick
        self._lengths[pts] = max(1, round(self._step / self._tick))
        for packet in self._stream.encode(frame):
            self._mux(packet)

    def _coming(self, held: _Held) -> Iterator[tuple[Box, float]]:
        """Where faces that are not seen in a frame will be next, and in how many seconds."""
        known = {tracked.track for tracked in held.tracks if tracked.is_seen}
        old = {tracked.track for tracked in held.tracks}
        for later in self._held:
            for tracked in later.tracks:
                is_news = tracked.is_seen or tracked.track not in old
                if is_news and tracked.track not in known:
                    known.add(tracked.track)
                    yield tracked.face.box, later.time - held.time

    def _begin(self, height: int, width: int) -> None:
        """Open the film, now that its size is known: pictures first, then sound."""
        os.environ.setdefault("SVT_LOG", "1")  # or SVT-AV1 tells its settings to whoever looks on
        name, options = ENCODERS[self._codec]
        # MP4 tells when a stream begins in parts of this clock: else of whole milliseconds.
        clock = {"movie_timescale": str(self._tick.denominator)} if self._format == "mp4" else {}
        where = f"file:{self._file.partial}"
        self._out = av.open(where, "w", format=self._format, container_options=clock)
        self._out.metadata["comment"] = OWN_MARK
        stream = self._out.add_stream(name, rate=self._rate, options=options)
        assert isinstance(stream, VideoStream)
        self._stream = stream
        stream.width, stream.height = width + width % 2, height + height % 2
        stream.pix_fmt = "yuv420p"  # which halves the colours of both axes: even sides alone
        context = stream.codec_context
        context.time_base = stream.time_base = self._tick
        context.color_range = ColorRange.MPEG
        context.colorspace = context.color_primaries = context.color_trc = _BT709
        if self._sound is not None:
            self.notes += self._sound.attach(self._out)
        self._out.start_encoding()

    def _mux(self, packet: Packet[VideoStream]) -> None:
        """Write a packet of pictures, and the sound up to it: in the order of time."""
        assert self._out is not None
        packet.duration = self._lengths.pop(packet.pts or 0, 0)
        if packet.dts is not None:
            self._copy_sound(float(packet.dts * packet.time_base))
        self._out.mux(packet)

    def _copy_sound(self, until: float) -> None:
        if self._sound is not None and self._out is not None:
            for packet in self._sound.packets(until):
                self._out.mux(packet)
            if self._sound.broken is not None:
                self.notes.append(self._sound.broken)
                self._sound.broken = None
