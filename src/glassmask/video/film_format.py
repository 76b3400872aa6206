"""What annotated films may be: codecs, containers, the clock, the size; and whose a film is."""

from __future__ import annotations

import contextlib
import math
from fractions import Fraction
from pathlib import Path
from typing import Final, Literal, TypeAlias

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.errors import OutputError

Codec: TypeAlias = Literal["av1", "h264", "mpeg4"]

OWN_MARK: Final = "annotated by glassmask"
"""The comment in every film: a film without it is someone else's, and is not replaced."""

ENCODERS: Final[dict[Codec, tuple[str, dict[str, str]]]] = {
    # SVT-AV1 is free (BSD, with a patent licence) and makes the smallest files.
    "av1": ("libsvtav1", {"preset": "10", "crf": "35"}),
    # x264 is GPL: whoever passes on a program that holds it, and PyAV's wheels do, is bound by it.
    # No frames out of order: at a variable rate the file would then declare a wrong length.
    "h264": ("libx264", {"preset": "veryfast", "crf": "23", "bf": "0"}),
    # FFmpeg's own, the fastest and the largest; 118 is FFmpeg's unit of a quantiser.
    "mpeg4": ("mpeg4", {"flags": "+qscale", "global_quality": str(3 * 118)}),
}

CONTAINERS: Final[dict[str, tuple[str, tuple[Codec, ...]]]] = {
    ".mp4": ("mp4", ("av1", "h264", "mpeg4")),
    ".mkv": ("matroska", ("av1", "h264", "mpeg4")),
    ".webm": ("webm", ("av1",)),
}

FINEST: Final[dict[Codec, int]] = {"av1": 1_000_000, "h264": 1_000_000, "mpeg4": 65_535}
"""No finer parts of a second than so many: MPEG-4 holds 16 bits."""


def container_for(target: Path, codec: Codec) -> str:
    """FFmpeg's name of the container of a target.

    Raises:
        OutputError: none goes by that ending, or it can't hold this codec.
    """
    ending = target.suffix.lower()
    if ending not in CONTAINERS:
        named = ending or "without an ending"
        raise OutputError(f"can't write {target}: {named}; films are {', '.join(CONTAINERS)}")
    name, codecs = CONTAINERS[ending]
    if codec not in codecs:
        raise OutputError(f"can't write {target}: {ending} holds {', '.join(codecs)}, not {codec}")
    return name


def require_own_film(target: Path) -> None:
    """Refuse to replace what is no annotated film of ours.

    Raises:
        OutputError: it is someone else's.
    """
    if not target.exists() or target.is_dir() or (target.is_file() and not target.stat().st_size):
        return
    comment = ""
    if target.is_file():
        options = {"protocol_whitelist": "file"}
        with (
            contextlib.suppress(av.FFmpegError, OSError, ValueError),
            av.open(f"file:{target}", options=options, metadata_errors="replace") as film,
        ):
            comment = {key.lower(): text for key, text in film.metadata.items()}.get("comment", "")
    if comment != OWN_MARK:
        raise OutputError(f"can't write {target}: holds something else: give another file")


def fine_tick(base: Fraction | None, finest: int) -> Fraction:
    """A clock in whose ticks a source's times are whole numbers, and which is fine enough.

    Args:
        base: the tick of the source, in seconds.
        finest: parts of a second that may be counted.

    Returns:
        Seconds, at most 0.1 ms; where the source's tick has no such part, 1/60000: of that, the
        usual frame rates are whole numbers.
    """
    if base is not None and base > 0:
        tick = base / math.ceil(base * 10_000)
        if tick.denominator <= finest:
            return tick
    return Fraction(1, 60_000)


def fitted(picture: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """A picture, RGB uint8 (h, w, 3), in a film's size.

    One row or column that lacks is the last one again; all else is scaled, with black beside it.
    """
    h, w = picture.shape[:2]
    if (w, h) == (width, height):
        return picture
    if (w + w % 2, h + h % 2) == (width, height):
        sides = (0, height - h, 0, width - w)
        return np.asarray(cv2.copyMakeBorder(picture, *sides, cv2.BORDER_REPLICATE), np.uint8)
    scale = min(width / w, height / h)
    size = min(width, max(1, round(w * scale))), min(height, max(1, round(h * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    out = np.zeros((height, width, 3), np.uint8)
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    out[top : top + size[1], left : left + size[0]] = cv2.resize(picture, size, interpolation=how)
    return out
