"""A frame that was decoded, and how it becomes a photo; a packet that could not be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from av.video.frame import VideoFrame


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """A frame that was decoded and not yet turned into a photo.

    Attributes:
        time: seconds since the source began.
        frame: FFmpeg's.
        is_corrupt: whether the decoder had to guess at a part of it, or at one it is built on.
        matrix: how it is to be shown (`_upright`); None: as it is.
    """

    time: float
    frame: VideoFrame
    is_corrupt: bool
    matrix: bytes | None = None

    def pixels(self) -> NDArray[np.uint8]:
        """RGB uint8 (H, W, 3), upright; by the frame's own matrix and range of values."""
        # One thread: a frame's worth of threads cost more than they saved (0.64 for 0.39 CPU ms).
        pixels = np.asarray(self.frame.to_ndarray(format="rgb24", threads=1), np.uint8)
        return pixels if self.matrix is None else _upright(pixels, self.matrix)


@dataclass(frozen=True, slots=True)
class Damage:
    """A packet that is broken, or can't be decoded, or only by guessing.

    Attributes:
        time: of the last frame before it, in seconds.
    """

    time: float


def _upright(pixels: NDArray[np.uint8], matrix: bytes) -> NDArray[np.uint8]:
    """A picture as it is to be shown.

    PyAV's `rotation` would do for turns; it takes a mirrored picture for one on its head.

    Args:
        pixels: (H, W, 3).
        matrix: nine integers a b u, c d v, x y w (ISO 14496-12): a pixel at (X, Y) is shown at
            (aX + cY + x, bX + dY + y).
    """
    a, b, _, c, d = np.frombuffer(matrix, np.int32)[:5].astype(int)
    if abs(b) > abs(a):
        pixels, flip_x, flip_y = pixels.transpose(1, 0, 2), c < 0, b < 0  # (H, W, 3) -> (W, H, 3)
    else:
        flip_x, flip_y = a < 0, d < 0
    return np.ascontiguousarray(pixels[:: -1 if flip_y else 1, :: -1 if flip_x else 1])
