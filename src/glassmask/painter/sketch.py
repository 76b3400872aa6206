"""Lay pieces over each other: a sheet over a palm, fingers over the sheet."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.painter.canvas import Canvas, Point, Thing
from glassmask.painter.light import slopes
from glassmask.painter.sheet import Floats, rgb


class Sketch:
    """Pieces laid over each other on a canvas, each lit by its own shape.

    Attributes:
        cover: (h, w) in [0, 1]: what the pieces so far cover.
    """

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        shape = canvas.x.shape
        self.cover: Floats = np.zeros(shape, np.float32)
        self._albedo: Floats = np.zeros((*shape, 3), np.float32)
        self._across: Floats = np.zeros(shape, np.float32)
        self._down: Floats = np.zeros(shape, np.float32)

    def lay(
        self,
        cover: NDArray[np.floating],
        albedo: NDArray[np.floating],
        relief: NDArray[np.floating] | None = None,
        *,
        contact: float = 0.35,
        lift: float = 0.025,
    ) -> None:
        """Lay a piece over what is there.

        Args:
            cover: (h, w) in [0, 1].
            albedo: (3,) or (h, w, 3), RGB in [0, 1].
            relief: (h, w) its depth in face widths; None for a piece that faces the camera.
            contact: how dark its shadow on the pieces below is.
            lift: how far off that shadow lies, in face widths.
        """
        width = self.canvas.frame.width
        cover = np.asarray(cover, np.float32)
        if contact and self.cover.any() and cover.any():
            reach = lift * width
            shift = np.array([[1, 0, 0.2 * reach], [0, 1, 0.6 * reach]], np.float64)
            thrown = cv2.warpAffine(cover, shift, cover.shape[::-1], flags=cv2.INTER_LINEAR)
            thrown = cv2.GaussianBlur(thrown, (0, 0), max(0.6, 0.5 * reach))
            self._albedo *= rgb(1 - contact * thrown)
        own = np.broadcast_to(np.asarray(albedo, np.float32), self._albedo.shape)
        rest = self.cover * (1 - cover)
        total = cover + rest
        share = cover / np.maximum(total, 1e-6)  # of the new piece in what is seen
        self._albedo += (own - self._albedo) * rgb(share)
        across, down = (
            (np.zeros_like(cover), np.zeros_like(cover))
            if relief is None
            else slopes(np.asarray(relief, np.float32), width)
        )
        self._across += (across - self._across) * share
        self._down += (down - self._down) * share
        self.cover[:] = total

    def within(self, points: Sequence[Point], margin: float) -> Sketch:
        """This very sketch, narrowed to the box around points on its canvas, in face widths.

        What is laid there is laid here: a finger need not be computed on all of the photo.
        """
        rows, columns = self.canvas.box(points, margin)
        narrow = Sketch.__new__(Sketch)
        narrow.canvas = self.canvas.narrowed(rows, columns)
        narrow.cover = self.cover[rows, columns]
        narrow._albedo = self._albedo[rows, columns]
        narrow._across = self._across[rows, columns]
        narrow._down = self._down[rows, columns]
        return narrow

    def lay_within(self, part: NDArray[np.floating], albedo: NDArray[np.floating]) -> None:
        """Colour part (h, w) in [0, 1] of what is there, keeping its shape: print, nails."""
        own = np.broadcast_to(np.asarray(albedo, np.float32), self._albedo.shape)
        self._albedo += (own - self._albedo) * rgb(part)

    def thing(self, shadow: float, lift: float = 0.0) -> Thing:
        """All pieces as one thing; shadow and lift as of `Thing`."""
        # The camera's blur mixes what lies just outside into the edge: it must not be black.
        spread = max(2.0, 0.03 * self.canvas.frame.width)
        near = cv2.GaussianBlur(self.cover, (0, 0), spread)
        around = cv2.GaussianBlur(self._albedo * rgb(self.cover), (0, 0), spread)
        outside = rgb(np.asarray(self.cover < 1e-3, np.float32))
        near_albedo = np.asarray(around, np.float32) / rgb(np.maximum(near, 1e-4))
        albedo = self._albedo + (near_albedo - self._albedo) * outside
        slope = (self._across, self._down)
        return Thing(self.canvas.window, self.cover, albedo, slope, shadow, lift)
