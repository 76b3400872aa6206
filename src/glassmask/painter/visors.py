"""Face shields: a clear sheet before the face that hangs from a band round the forehead."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.painter.canvas import Canvas, Thing
from glassmask.painter.sketch import Sketch

_BANDS: Final = (
    *((0.16, 0.40, 0.70), (0.90, 0.90, 0.90), (0.10, 0.10, 0.11), (0.72, 0.74, 0.76)),
    *((0.35, 0.62, 0.80), (0.80, 0.30, 0.30), (0.85, 0.78, 0.60)),
)


def visor(c: Canvas) -> Thing:
    """A face shield; what is behind it is seen through it."""
    rng, frame = c.rng, c.frame
    middle = float(np.interp(frame.height(2.0), frame.heights, frame.axis) - frame.axis[6])
    x = c.x - middle / frame.width
    top, bottom = c.level(rng.uniform(-0.1, 0.5)), c.level(rng.uniform(8.3, 9.6))
    half = rng.uniform(0.58, 0.72)
    narrow = rng.uniform(0.0, 0.10)
    bend = rng.uniform(0.02, 0.08)  # it goes round the head: its sides are farther off
    y = c.y + bend * (x / half) ** 2 * rng.choice([-1.0, 1.0], p=[0.25, 0.75])
    share = np.clip((y - top) / (bottom - top), 0, 1)
    side = x / (half * (1 - narrow * share**2))
    corner = rng.uniform(0.12, 0.30)
    qx = np.abs(x) - half * (1 - narrow * share**2) + corner
    qy = y - bottom + corner
    below = np.hypot(np.maximum(qx, 0), np.maximum(qy, 0)) + np.minimum(np.maximum(qx, qy), 0)
    far = np.maximum(below - corner, top - y)
    s = Sketch(c)
    inside = c.inside(far)
    turned = np.clip(np.abs(side), 0, 1) ** 3
    haze = rng.uniform(0.05, 0.13) + 0.16 * turned
    tint = np.array([0.92, 0.96, 1.0]) * rng.uniform(0.85, 1.0)
    s.lay(inside * haze, tint, None)
    for _ in range(int(rng.integers(1, 4))):  # windows and lamps, bent upright at the sides
        at = rng.choice([-1.0, 1.0]) * rng.uniform(0.35, 0.92)
        width = rng.uniform(0.03, 0.16) * (1.1 - abs(at))
        upper, lower = np.sort(rng.uniform(0.05, 0.95, 2))
        lean = rng.normal(0, 0.06)
        bright = _ridge(side - at - lean * share, width) * _between(share, upper, lower, 0.06)
        s.lay(inside * bright * rng.uniform(0.3, 0.75), np.full(3, 1.08), None, contact=0)
    if rng.random() < 0.5:  # a broad sheen
        sheen = np.exp(-(((side + 0.7 * share - rng.uniform(-0.6, 1.0)) / 0.3) ** 2))
        s.lay(inside * sheen * rng.uniform(0.08, 0.26), np.full(3, 1.02), None, contact=0)
    rim = np.exp(-(((far + 0.010) / 0.008) ** 2)) * (y > top + 0.02)
    s.lay(
        rim * inside * rng.uniform(0.5, 0.85), np.full(3, rng.choice([1.0, 0.35])), None, contact=0
    )
    _band(s, x, y, top, half)
    return s.thing(shadow=0.10, lift=0.05)


def _band(
    s: Sketch, x: NDArray[np.floating], y: NDArray[np.floating], top: float, half: float
) -> None:
    """Foam at the forehead, which goes round to the temples, and the strap from there."""
    c, rng = s.canvas, s.canvas.rng
    colour = np.array(_BANDS[int(rng.integers(len(_BANDS)))]) * rng.uniform(0.85, 1.05)
    high = rng.uniform(0.10, 0.22)
    wide = min(half - 0.03, rng.uniform(0.50, 0.56))
    turned = np.sqrt(np.clip(1 - (x / (wide + 0.01)) ** 2, 0, 1))  # 0 where it goes out of sight
    strap = np.maximum(np.abs(x) - wide - 0.10, np.abs(y - top - 0.5 * high) - 0.028)
    s.lay(c.inside(strap), np.array(colour) * 0.45, None, contact=0)
    down = (y - top - 0.01 - 0.5 * high) / (0.5 * high * (0.55 + 0.45 * turned))
    foam = np.maximum(np.abs(x) - wide, (np.abs(down) - 1) * 0.5 * high)
    swell = 0.05 * np.sqrt(np.clip(1 - down**2, 0, 1))
    grain = (1 + 0.04 * np.sin(x * 160) * np.sin(y * 190)) * (0.55 + 0.45 * turned)
    s.lay(c.inside(foam), colour * grain[..., None], 0.25 * turned + swell, contact=0.3)
    if rng.random() < 0.5:  # the plastic lies over the foam, riveted
        shine = _between(down, -0.8, 0.0, 0.4)
        s.lay_within(0.25 * shine * c.inside(foam), np.ones(3))
        for at in (-0.86, 0.86):
            rivet = np.hypot(x - at * wide, y - top - 0.5 * high)
            s.lay_within(c.inside(rivet - 0.018), np.full(3, 0.75))


def _ridge(x: NDArray[np.floating], width: float) -> NDArray[np.floating]:
    return np.asarray(np.exp(-((x / width) ** 4)))


def _between(x: NDArray[np.floating], low: float, high: float, soft: float) -> NDArray[np.floating]:
    return np.asarray(np.clip((x - low) / soft, 0, 1) * np.clip((high - x) / soft, 0, 1))
