"""The light on a face, read from the photo, so that what is painted stands in the same light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.painter.frame import Frame
from glassmask.painter.rank import rank
from glassmask.painter.sheet import Floats, Window, coverage, rgb

_FLAT: Final = 0.6
"""How strongly relief is shaded: 1 is a single lamp, 0 light from everywhere."""


@dataclass(frozen=True, slots=True)
class Light:
    """The light on a face.

    Attributes:
        white: (3,) RGB in [0, 255] of a white sheet in this photo.
        gain: (h, w) brightness of the light at every pixel of the window, about 1.
        towards: (2,) x and y, per unit of depth, of the direction that light comes from.
    """

    white: NDArray[np.float32]
    gain: Floats
    towards: tuple[float, float]

    def on(self, albedo: Floats, relief: Floats, scale: float) -> Floats:
        """Light a surface.

        Args:
            albedo: (h, w, 3), RGB in [0, 1].
            relief: (h, w), how far it stands out, over the face's width.
            scale: the face's width in pixels.

        Returns:
            (h, w, 3), RGB in [0, 255] and a little above.
        """
        return self.on_slopes(albedo, *slopes(relief, scale))

    def on_slopes(self, albedo: Floats, across: Floats, down: Floats) -> Floats:
        """Light a surface by the slopes (h, w) of its depth along x and y."""
        x, y = self.towards
        facing = 1 - x * across - y * down
        facing /= np.sqrt(1 + across**2 + down**2)
        shade = (1 - _FLAT) + _FLAT * np.clip(facing, 0.12, 1.5)
        lit = albedo * rgb(shade * self.gain)
        lit *= self.white
        return np.asarray(lit, np.float32)


def slopes(relief: Floats, scale: float) -> tuple[Floats, Floats]:
    """The slopes of a relief (h, w), over the face's width, of which `scale` is the pixels."""
    across = cv2.Sobel(relief, cv2.CV_32F, 1, 0, ksize=3, scale=scale / 8)
    down = cv2.Sobel(relief, cv2.CV_32F, 0, 1, ksize=3, scale=scale / 8)
    np.clip(across, -3, 3, out=across)
    np.clip(down, -3, 3, out=down)
    return np.asarray(across, np.float32), np.asarray(down, np.float32)


def read_light(photo: NDArray[np.uint8], frame: Frame, window: Window) -> Light:
    """Read the light on a face from the photo, RGB uint8 (H, W, 3), for a window."""
    pixels = window.of(photo)
    # A small picture is enough, and smooth: 24 cells along the longer side.
    height, width = window.shape
    factor = 24 / max(height, width)
    size = (max(2, round(width * factor)), max(2, round(height * factor)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    outline = frame.points.part("outline") - (window.x0, window.y0)
    weight = coverage(Window(0, 0, *size), outline * np.array(size) / (width, height)) ** 2
    luma: Floats = np.asarray(small @ np.array([0.299, 0.587, 0.114]), np.float32)  # (n, m)
    if weight.sum() < 1:  # the face lies outside the photo: flat light
        weight = np.ones_like(weight)
    mean = float((luma * weight).sum() / weight.sum())
    # Hair, brows and lips are dark for other reasons than the light.
    weight = weight * (luma > 0.5 * mean)
    if weight.sum() < 1:
        weight = np.ones_like(weight)
    mean = float((luma * weight).sum() / weight.sum())

    spread = max(0.6, 0.16 * frame.width * factor)
    far = cv2.GaussianBlur(luma * weight, (0, 0), spread) + 0.02 * mean
    near = cv2.GaussianBlur(weight, (0, 0), spread) + 0.02
    coarse = np.clip(np.asarray(far / near) / max(mean, 1.0), 0.45, 1.6)
    gain = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)

    towards = _direction(luma, weight, mean)
    bright = luma[weight > 0.5]
    skin = rank(bright, 0.90) if bright.size else mean
    # Skin may be dark in bright light: what else is bright in the photo has a say.
    step = max(1, round(max(photo.shape[:2]) / 64))
    around = photo[::step, ::step].max(axis=2)
    level = max(1.4 * skin, 0.97 * rank(around, 0.97))
    cast = photo[::step, ::step].reshape(-1, 3).mean(axis=0) + 8.0
    cast = (cast / cast.mean()) ** 0.35
    white = np.clip(np.clip(level, 60, 255) * cast, 0, 255).astype(np.float32)
    return Light(white, np.asarray(gain, np.float32), towards)


def _direction(luma: Floats, weight: Floats, mean: float) -> tuple[float, float]:
    """Where light comes from: the slope of brightness over the face, and from above."""
    y, x = np.mgrid[0 : luma.shape[0], 0 : luma.shape[1]].astype(np.float64)
    total = float(weight.sum())
    x -= float((x * weight).sum()) / total
    y -= float((y * weight).sum()) / total
    size = max(float(np.sqrt((x**2 * weight).sum() / total)), 1.0)
    slope = float((x * luma * weight).sum() / max(float((x**2 * weight).sum()), 1e-6))
    sideways = float(np.clip(2.5 * slope * size / max(mean, 1.0), -0.6, 0.6))
    return sideways, -0.30
