"""A flat thing in space: where each pixel lies on it, and what is printed there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.painter.canvas import Canvas, Point
from glassmask.painter.sheet import Floats


@dataclass(frozen=True, slots=True)
class Plane:
    """A rectangle, turned and tilted.

    Attributes:
        middle: (2,) of it, on the canvas.
        half: half of its width and height, in face widths.
        turn: how far it is turned in the picture, in radians.
        tilt: how fast its right and lower side recede, per face width.
        curl: how far it bends down at its sides.
        u: (h, w) where each pixel lies across it: -1 at the left edge, 1 at the right.
        v: (h, w) likewise, from the upper to the lower edge.
        far: (h, w) signed distance from its edge, negative inside, in face widths.
    """

    middle: tuple[float, float]
    half: tuple[float, float]
    turn: float
    tilt: tuple[float, float]
    curl: float
    u: Floats
    v: Floats
    far: Floats

    def place(self, u: float, v: float) -> Point:
        """Where a place on it lies on the canvas."""
        x, y = u * self.half[0], v * self.half[1] + self.curl * u * u
        scale = 1 / (1 - self.tilt[0] * x - self.tilt[1] * y)
        x, y = x * scale, y * scale
        cos, sin = np.cos(self.turn), np.sin(self.turn)
        return np.array([x * cos - y * sin, x * sin + y * cos]) + self.middle

    @property
    def relief(self) -> Floats:
        """(h, w): its depth in face widths, as its tilt and curl make it."""
        x, y = self.u * self.half[0], self.v * self.half[1]
        return np.asarray(
            -0.6 * (self.tilt[0] * x + self.tilt[1] * y) - 0.8 * self.curl * self.u**2
        )


def lay_plane(
    c: Canvas,
    middle: tuple[float, float],
    size: tuple[float, float],
    *,
    turn: float = 0.0,
    tilt: tuple[float, float] = (0.0, 0.0),
    curl: float = 0.0,
    corner: float = 0.0,
) -> Plane:
    """A rectangle of a size (width, height) in face widths; `corner` is its corners' radius."""
    dx, dy = c.x - middle[0], c.y - middle[1]
    cos, sin = np.cos(turn), np.sin(turn)
    x, y = dx * cos + dy * sin, dy * cos - dx * sin
    scale = np.maximum(1 + tilt[0] * x + tilt[1] * y, 0.2)
    half = (size[0] / 2, size[1] / 2)
    x, y = x / scale, y / scale
    u = x / half[0]
    y = y - curl * np.clip(u, -1.2, 1.2) ** 2
    qx, qy = np.abs(x) - half[0] + corner, np.abs(y) - half[1] + corner
    far = np.hypot(np.maximum(qx, 0), np.maximum(qy, 0)) + np.minimum(np.maximum(qx, qy), 0)
    far = (far - corner) * scale
    v = y / half[1]
    return Plane(middle, half, turn, tilt, curl, *(np.asarray(a, np.float32) for a in (u, v, far)))


class Print:
    """A picture that is printed on a plane: drawn here in its own pixels.

    Attributes:
        pixels: (n, m, 3) uint8 RGB, to be drawn on.
        scale: pixels per face width.
    """

    def __init__(self, c: Canvas, size: tuple[float, float], ground: NDArray[np.floating]) -> None:
        # As fine as the photo shows it: finer would flicker.
        self.scale = float(np.clip(1.4 * c.frame.width, 60, 400))
        shape = (max(8, round(size[1] * self.scale)), max(8, round(size[0] * self.scale)))
        self.pixels: NDArray[np.uint8] = np.empty((*shape, 3), np.uint8)
        self.pixels[:] = in_bytes(ground)

    def box(
        self, left: float, top: float, right: float, bottom: float, ink: NDArray[np.floating]
    ) -> None:
        """Fill a box, in shares of the whole."""
        height, width = self.pixels.shape[:2]
        x0, x1, y0, y1 = (
            round(a) for a in (left * width, right * width, top * height, bottom * height)
        )
        self.pixels[max(0, y0) : max(y1, y0 + 1), max(0, x0) : max(x1, x0 + 1)] = in_bytes(ink)

    def write(
        self,
        left: float,
        top: float,
        right: float,
        size: float,
        ink: NDArray[np.floating],
        rng: np.random.Generator,
        *,
        bold: bool = False,
    ) -> None:
        """Write a line of some words; places in shares of the whole, size in face widths."""
        height, width = self.pixels.shape[:2]
        factor = size * self.scale / 22
        end, x = right * width, left * width
        y = top * height + size * self.scale
        colour = tuple(int(v) for v in in_bytes(ink))
        while x < end:
            word = "".join(
                _LETTERS[i] for i in rng.integers(len(_LETTERS), size=rng.integers(2, 9))
            )
            (span, _), _ = cv2.getTextSize(word, _FONT, factor, 1)
            if x + span > end:
                break
            at = (round(x), round(y))
            thick = max(1, round(factor * (3.5 if bold else 1.6)))
            cv2.putText(self.pixels, word, at, _FONT, factor, colour, thick, cv2.LINE_AA)
            x += span + 0.4 * size * self.scale

    def on(self, plane: Plane) -> Floats:
        """The print as it lies on a plane: (h, w, 3)."""
        height, width = self.pixels.shape[:2]
        x = (plane.u + 1) / 2 * width - 0.5
        y = (plane.v + 1) / 2 * height - 0.5
        shown = cv2.remap(self.pixels, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(shown, np.float32) / np.float32(255)


def in_bytes(colour: NDArray[np.floating]) -> NDArray[np.uint8]:
    """A colour (3,) in [0, 1] as bytes."""
    return np.asarray(np.clip(np.round(255 * colour), 0, 255), np.uint8)


_FONT: Final = cv2.FONT_HERSHEY_SIMPLEX
_LETTERS: Final = "aeiouaeiounrstlmdhcbpgfEATN"
