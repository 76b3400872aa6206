"""What is drawn by a screen, not lit by a lamp: flat pieces over each other."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.painter.canvas import Canvas, Thing
from glassmask.painter.sheet import Floats, coverage

GROUNDS: Final = (
    *((1.0, 1.0, 1.0), (0.94, 0.94, 0.90), (0.55, 0.76, 0.92), (0.96, 0.72, 0.66)),
    *((0.70, 0.86, 0.68), (0.14, 0.16, 0.22), (0.98, 0.86, 0.45), (0.80, 0.74, 0.90)),
)
"""Colours of plain grounds, RGB in [0, 1]."""


class Page:
    """A drawing over a photo, or over all of it; its colours are RGB in [0, 1]."""

    def __init__(self, c: Canvas) -> None:
        self.c = c
        self.cover: Floats = np.zeros(c.x.shape, np.float32)
        self.pixels: Floats = np.zeros((*c.x.shape, 3), np.float32)

    def ground(self) -> None:
        """A plain ground over the whole photo, or one that goes from one colour to another."""
        rng = self.c.rng
        first, last = (np.array(GROUNDS[int(i)]) for i in rng.integers(len(GROUNDS), size=2))
        height = self.c.x.shape[0]
        down = np.linspace(0, 1, height)[:, None, None] * (rng.random() < 0.25)
        self.pixels[:] = first + (last - first) * down
        self.cover[:] = 1

    def lay(self, cover: NDArray[np.floating], colour: NDArray[np.floating]) -> None:
        """A flat piece over what is there."""
        part = np.asarray(cover, np.float32)
        total = part + self.cover * (1 - part)
        share = (part / np.maximum(total, 1e-6))[..., None]
        own = np.broadcast_to(np.asarray(colour, np.float32), self.pixels.shape)
        self.pixels += (own - self.pixels) * share
        self.cover = np.asarray(total, np.float32)

    def shape(
        self,
        outline: NDArray[np.floating],
        colour: NDArray[np.floating],
        ink: NDArray[np.floating] | None,
        thick: float,
    ) -> None:
        """A filled outline (n, 2) in photo pixels, with its line."""
        self.lay(coverage(self.c.window, outline), colour)
        if ink is not None:
            self.line(np.concatenate([outline, outline[:1]]), ink, thick)

    def line(self, way: NDArray[np.floating], ink: NDArray[np.floating], thick: float) -> None:
        """A line through points (n, 2) in photo pixels, `thick` face widths thick."""
        canvas = np.zeros(self.cover.shape, np.uint8)
        pixels = max(1, round(thick * self.c.frame.width))
        fixed = np.round((way - 0.5) * 16).astype(np.int32)
        cv2.polylines(canvas, [fixed], False, 255, pixels, cv2.LINE_AA, 4)
        self.lay(canvas.astype(np.float32) / 255, ink)

    def arc(
        self,
        middle: NDArray[np.floating],
        half: tuple[float, float],
        span: tuple[float, float],
        thick: float,
        ink: NDArray[np.floating],
    ) -> None:
        """Part of an ellipse's line, from one angle to another, in degrees clockwise from right."""
        angles = np.radians(np.linspace(*span, 24))
        way = np.stack([half[0] * np.cos(angles), half[1] * np.sin(angles)], axis=1) + middle
        self.line(self.c.to_photo(way), ink, thick)

    def thing(self, *, portrait: bool = False) -> Thing:
        """The drawing, unlit."""
        flat = np.zeros_like(self.cover)
        return Thing(
            self.c.window, self.cover, self.pixels, (flat, flat), 0.0, 0.0, portrait, lit=False
        )


def oval(
    c: Canvas, middle: NDArray[np.floating], half: NDArray[np.floating]
) -> NDArray[np.floating]:
    """About the signed distance from an ellipse, in face widths."""
    ring = np.sqrt(((c.x - middle[0]) / half[0]) ** 2 + ((c.y - middle[1]) / half[1]) ** 2)
    return np.asarray((ring - 1) * min(half))


def box(
    c: Canvas, middle: NDArray[np.floating], half: tuple[float, float], corner: float
) -> NDArray[np.floating]:
    """Signed distance from a box with round corners."""
    qx, qy = np.abs(c.x - middle[0]) - half[0] + corner, np.abs(c.y - middle[1]) - half[1] + corner
    far = np.hypot(np.maximum(qx, 0), np.maximum(qy, 0)) + np.minimum(np.maximum(qx, qy), 0)
    return np.asarray(far - corner)
