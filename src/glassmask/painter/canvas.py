"""What things are drawn on: upright coordinates around the mouth, in widths of the face."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.painter.frame import Frame
from glassmask.painter.light import slopes
from glassmask.painter.sheet import Floats, Window

CLOTHES: Final = (
    (0.10, 0.10, 0.12),
    (0.32, 0.33, 0.36),
    (0.62, 0.60, 0.56),
    (0.86, 0.84, 0.80),
    (0.16, 0.22, 0.40),
    (0.48, 0.12, 0.16),
    (0.20, 0.32, 0.24),
    (0.62, 0.44, 0.26),
    (0.80, 0.78, 0.88),
)
"""Colours of clothes, RGB in [0, 1]."""

Point = NDArray[np.float64]
"""(2,) x and y on a canvas."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something before the face.

    Attributes:
        window: the pixels it is described on.
        cover: (h, w) in [0, 1].
        albedo: (h, w, 3) RGB in [0, 1]; above for what shines.
        slopes: its depth's slope along x and y, each (h, w): towards the camera is positive.
        shadow: how dark its shadow is.
        lift: how far it is held from the face, over the face's width: its shadow lies so far
            off, and is as soft.
        portrait: it is a drawing of the face itself, whose parts are where they were.
        lit: by the light on the face; a drawing's colours are its own.
    """

    window: Window
    cover: Floats
    albedo: Floats
    slopes: tuple[Floats, Floats]
    shadow: float
    lift: float = 0.0
    portrait: bool = False
    lit: bool = True


class Canvas:
    """A window in upright coordinates around the mouth, in face widths."""

    def __init__(
        self,
        photo: NDArray[np.uint8],
        frame: Frame,
        window: Window,
        white: NDArray[np.float32],
        rng: np.random.Generator,
        picture: NDArray[np.uint8] | None = None,
    ) -> None:
        """`picture` is the photo with what is painted so far."""
        self.picture = photo if picture is None else picture
        self.photo, self.frame, self.window, self.rng, self.white = photo, frame, window, rng, white
        grid = np.stack(
            np.meshgrid(
                np.arange(window.x0, window.x1) + 0.5, np.arange(window.y0, window.y1) + 0.5
            ),
            axis=-1,
        )
        upright = frame.upright(grid) - (frame.axis[6], frame.heights[6])
        self.x, self.y = np.moveaxis(upright.astype(np.float32) / frame.width, -1, 0)
        self.soft = 1.0 / frame.width  # a pixel, in face widths

    def level(self, level: float) -> float:
        """The y of a level, as `y` counts."""
        return (self.frame.height(level) - float(self.frame.heights[6])) / self.frame.width

    def at(self, photo_points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Photo points (..., 2), on the canvas."""
        upright = self.frame.upright(photo_points) - (self.frame.axis[6], self.frame.heights[6])
        return np.asarray(upright / self.frame.width, np.float64)

    def to_photo(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Points (..., 2) of the canvas, in photo pixels."""
        frame = self.frame
        upright = np.add(points * frame.width, (frame.axis[6], frame.heights[6]))
        return frame.to_photo(upright)

    def box(self, points: Sequence[Point], margin: float) -> tuple[slice, slice]:
        """The rows and columns of the canvas around points on it, with a margin."""
        corners = np.array([(x, y) for x in (-margin, margin) for y in (-margin, margin)])
        pixels = self.to_photo((np.array(points)[:, None] + corners).reshape(-1, 2))
        window = self.window
        low = np.floor(pixels.min(axis=0)).astype(int) - (window.x0, window.y0)
        high = np.ceil(pixels.max(axis=0)).astype(int) - (window.x0, window.y0)
        height, width = window.shape
        x0, y0 = np.clip(low, 0, (width - 2, height - 2))
        x1, y1 = np.clip(high, (x0 + 2, y0 + 2), (width, height))
        return slice(int(y0), int(y1)), slice(int(x0), int(x1))

    def narrowed(self, rows: slice, columns: slice) -> Canvas:
        """The canvas of some of its rows and columns."""
        narrow = copy(self)
        x, y = self.window.x0, self.window.y0
        narrow.window = Window(x + columns.start, y + rows.start, x + columns.stop, y + rows.stop)
        narrow.x, narrow.y = self.x[rows, columns], self.y[rows, columns]
        return narrow

    def inside(self, distance: NDArray[np.floating]) -> Floats:
        """Cover from a signed distance (negative inside), in face widths."""
        return np.asarray(np.clip(0.5 - distance / self.soft, 0, 1), np.float32)

    def skin(self) -> NDArray[np.float32]:
        """The face's skin as albedo, (3,)."""
        cheeks = self.frame.points.xy
        low, high = cheeks.min(0).astype(int), cheeks.max(0).astype(int)
        patch = self.photo[max(0, low[1]) : high[1], max(0, low[0]) : high[0]][::3, ::3]
        pixels = patch.reshape(-1, 3).astype(np.float32)
        luma = pixels.mean(axis=1)
        middle = np.abs(luma - np.percentile(luma, 60)) < 25
        return np.asarray(
            np.clip(np.median(pixels[middle], axis=0) / self.white, 0.05, 0.95), np.float32
        )

    def thing(
        self,
        cover: Floats,
        albedo: NDArray[np.floating],
        relief: NDArray[np.floating],
        shadow: float,
    ) -> Thing:
        """A thing of one piece, by its relief (h, w), in face widths."""
        across, down = slopes(np.asarray(relief, np.float32), self.frame.width)
        return Thing(self.window, cover, np.asarray(albedo, np.float32), (across, down), shadow)


def capsule(
    c: Canvas, start: tuple[float, float], end: tuple[float, float], radius: float
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Signed distance to a rounded stick, and how far it stands out."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = max(dx * dx + dy * dy, 1e-6)
    t = np.clip(((c.x - start[0]) * dx + (c.y - start[1]) * dy) / length, 0, 1)
    far = np.hypot(c.x - start[0] - t * dx, c.y - start[1] - t * dy)
    taper = radius * (1 - 0.15 * t)
    return far - taper, np.sqrt(np.clip(taper**2 - far**2, 0, None))
