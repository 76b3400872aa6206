"""Small films for tests, whose pictures are known, and what is counted around them."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from glassmask.video.source import Frame, Gap, Source

av = pytest.importorskip("av", reason="films need PyAV: pip install 'glassmask[video]'")

RATE = 25
CORNERS = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]])
"""Red, green, blue, white: top left, top right, bottom left, bottom right."""


def picture(number: int, width: int = 320, height: int = 240) -> NDArray[np.uint8]:
    """Coloured quarters, with a grey bar that moves by two pixels a frame, over a band of noise,
    without which frames would take no bytes that could be damaged.
    """
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2], pixels[: height // 2, width // 2 :] = CORNERS[:2]
    pixels[height // 2 :, : width // 2], pixels[height // 2 :, width // 2 :] = CORNERS[2:]
    band = (32, width, 3)
    pixels[height // 2 - 16 : height // 2 + 16] = np.random.default_rng(number).integers(
        0, 99, band
    )
    left = 2 * number % (width - 16)
    pixels[height // 2 - 8 : height // 2 + 8, left : left + 16] = 128
    return pixels


def corners(pixels: NDArray[np.uint8]) -> str:
    """The colours in its quarters, as one reads."""
    height, width = pixels.shape[:2]
    places = [(y, x) for y in (height // 4, -height // 4) for x in (width // 4, -width // 4)]
    return "".join(
        "RGBW"[int(np.abs(CORNERS - pixels[place].astype(int)).sum(1).argmin())] for place in places
    )


def write_film(
    path: Path,
    *,
    codec: str = "libx264",
    frames: int = 50,
    size: tuple[int, int] = (320, 240),
    pixels: str = "yuv420p",
    options: Mapping[str, str] | None = None,
    container: Mapping[str, str] | None = None,
    turned: tuple[float, bool] | None = None,
    times: list[int] | None = None,
    sound: float = 0.0,
) -> Path:
    """Write frames of `picture`, 25 a second.

    Args:
        path: its ending chooses the container.
        codec: FFmpeg's name of an encoder.
        frames: how many; none: sound alone.
        size: width, height.
        pixels: FFmpeg's name of a pixel format.
        options: of the encoder.
        container: of the container.
        turned: degrees and whether it is mirrored, of the display matrix.
        times: of the frames, in 1/25 s; None: one after another.
        sound: seconds of silence.
    """
    with av.open(str(path), "w", options=dict(container or {})) as out:
        film = out.add_stream(codec, rate=RATE) if frames else None
        hush = out.add_stream("aac", rate=48000) if sound else None
        if film is not None:
            film.width, film.height = size
            film.pix_fmt, film.options = pixels, dict(options or {})
            if turned is not None:
                film.set_display_rotation(turned[0], hflip=turned[1])
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(picture(number, *size), format="rgb24")
            frame = frame.reformat(format=pixels)
            frame.pts, frame.time_base = (times or range(frames))[number], Fraction(1, RATE)
            assert film is not None
            out.mux(film.encode(frame))
        if film is not None:
            out.mux(film.encode())
        if hush is not None:
            for number in range(int(sound * 48000 / 1024)):
                quiet = np.zeros((2, 1024), np.float32)
                part = av.AudioFrame.from_ndarray(quiet, format="fltp", layout="stereo")
                part.sample_rate, part.pts = 48000, 1024 * number
                out.mux(hush.encode(part))
            out.mux(hush.encode())
    return path


def cut(path: Path, share: float) -> Path:
    """Leave the first part of a file."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def damage(path: Path, share: float, length: int = 300) -> Path:
    """Write noise into a file, at a share of its length."""
    data = bytearray(path.read_bytes())
    at = int(len(data) * share)
    data[at : at + length] = np.random.default_rng(1).bytes(length)
    path.write_bytes(data)
    return path


def take(source: Source) -> tuple[list[Frame], list[Gap]]:
    """Everything of a film."""
    items = list(source)
    frames = [item for item in items if isinstance(item, Frame)]
    return frames, [item for item in items if isinstance(item, Gap)]


def files_open() -> int:
    return len(os.listdir("/proc/self/fd"))


def threads_of_sources() -> int:
    return sum(
        thread.name in ("glassmask film", "glassmask live") for thread in threading.enumerate()
    )


@contextmanager
def nothing_left() -> Iterator[None]:
    """No file stays open and no thread goes on; a server of the test may need a moment."""
    before = files_open()
    yield
    end = time.monotonic() + 5.0
    while (threads_of_sources() or files_open() > before) and time.monotonic() < end:
        time.sleep(0.05)
    assert threads_of_sources() == 0
    assert files_open() <= before
