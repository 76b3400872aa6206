"""What people drink from: cups and glasses at the mouth, tilted, in a hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.painter import hands
from glassmask.painter.canvas import Canvas, Point, Thing
from glassmask.painter.sheet import Floats
from glassmask.painter.sketch import Sketch

_CUPS: Final = (
    (0.93, 0.92, 0.90),
    (0.12, 0.12, 0.13),
    (0.20, 0.32, 0.55),
    (0.62, 0.16, 0.16),
    (0.85, 0.65, 0.30),
    (0.35, 0.55, 0.50),
    (0.66, 0.50, 0.36),
    (0.78, 0.78, 0.82),
)


@dataclass(frozen=True, slots=True)
class _Body:
    """A round vessel before the mouth, its foot towards the camera: (h, w) arrays.

    Attributes:
        far: signed distance from its outline, in face widths.
        side: where a pixel lies across it, from -1 to 1.
        down: where it lies from the rim (0) to the foot (1).
        half: its half breadth there.
        foot: signed distance from the outline of the foot, which is seen.
        rim: signed distance from the outline of the rim.
        edge: (2,) where a hand holds it, on its axis.
        turn: how far it is turned in the picture, in radians.
    """

    far: Floats
    side: Floats
    down: Floats
    half: Floats
    foot: Floats
    rim: Floats
    edge: Point
    turn: float


def _body(c: Canvas, radius: float, length: float, taper: float, tip: float) -> _Body:
    """Set a vessel to the lips: `tip` is how far it is tipped up, in radians."""
    rng = c.rng
    turn = float(rng.normal(0, 0.10))
    flat = float(np.sin(tip))  # how round the ends look
    span = length * float(np.cos(tip))
    top = c.level(rng.uniform(5.3, 6.3))
    x = c.x - float(rng.normal(0, 0.03))
    y = c.y - (top + radius * flat)
    x, y = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    down = y / span
    half = radius * (1 - taper * np.clip(down, -0.2, 1.2))
    half_foot = radius * (1 - taper)
    near = 1.0 + 0.10 * np.clip(down, 0, 1) * flat  # the foot is nearer to the camera
    half = half * near
    half_foot *= 1 + 0.10 * flat
    side = x / np.maximum(half, 1e-3)
    walls = np.maximum(np.abs(x) - half, np.maximum(-y, y - span))
    rim = _ellipse(x, y, radius, radius * flat)
    foot = _ellipse(x, y - span, half_foot, half_foot * flat)
    far = np.minimum(np.minimum(walls, rim), foot)
    held = 0.55 * span
    edge = np.array([-held * np.sin(turn), top + radius * flat + held * np.cos(turn)])
    planes = (far, np.clip(side, -1, 1), down, half, foot, rim)
    far, side, down, half, foot, rim = (np.asarray(plane, np.float32) for plane in planes)
    return _Body(far, side, down, half, foot, rim, edge, turn)


def _ellipse(
    x: NDArray[np.floating], y: NDArray[np.floating], across: float, down: float
) -> NDArray[np.floating]:
    """About the signed distance from an ellipse."""
    down = max(down, 0.01)
    ring = np.sqrt((x / across) ** 2 + (y / down) ** 2)
    slope = np.sqrt((x / across**2) ** 2 + (y / down**2) ** 2) / np.maximum(ring, 1e-3)
    return (ring - 1) / np.maximum(slope, 1e-3)


def _wrap(s: Sketch, body: _Body, radius: float, hand: hands.Hand, side: float) -> hands.Grip:
    """A hand from one side round a vessel: its back now, the fingers later."""
    rng = s.canvas.rng
    at = np.add(body.edge, (side * radius * 0.88, 0.0))
    held = hands.side_grip(at, side, rng, body.turn)
    hands.palm(s, held, hand)
    return held


def drink(c: Canvas) -> Thing:
    """A mug, a paper cup with a sleeve, a cup with a lid; at the lips, more or less tipped."""
    rng = c.rng
    kind = str(rng.choice(["mug", "paper"]))
    radius = float(rng.uniform(0.27, 0.33))
    length = radius * float(rng.uniform(2.1, 2.6) if kind == "mug" else rng.uniform(2.6, 3.4))
    taper = 0.04 if kind == "mug" else 0.24
    body = _body(c, radius, length, taper, float(rng.uniform(0.15, 0.85)))
    colour = np.array(
        _CUPS[int(rng.choice(len(_CUPS), p=[0.4, 0.1, 0.1, 0.1, 0.08, 0.08, 0.08, 0.06]))]
    )
    s, hand, side = Sketch(c), hands.draw_hand(c), float(rng.choice([-1.0, 1.0]))
    if kind == "mug":  # the handle, on the other side
        _handle(s, body, radius, -side, colour)
    held = _wrap(s, body, radius, hand, side)
    albedo = np.broadcast_to(colour, (*c.x.shape, 3)).copy()
    around = np.arcsin(body.side) / (np.pi / 2)
    if kind == "paper":
        if rng.random() < 0.6:
            sleeve = (body.down > 0.28) & (body.down < 0.74)
            albedo[sleeve] = np.array([0.60, 0.44, 0.29]) * rng.uniform(0.6, 1.1)
        if rng.random() < 0.5:
            lid = body.down < 0.13
            albedo[lid] = rng.choice([0.1, 0.92])
    elif rng.random() < 0.5:
        ink = rng.uniform(0.05, 0.9, 3)
        if rng.random() < 0.5:
            albedo[np.abs(body.down - 0.5) < rng.uniform(0.06, 0.25)] = ink
        else:
            mark = np.hypot(around - rng.uniform(-0.4, 0.4), 1.6 * (body.down - 0.5))
            albedo[mark < rng.uniform(0.15, 0.35)] = ink
    foot = body.foot < 0
    ring = np.exp(-(((body.foot + 0.05) / 0.015) ** 2))
    albedo[foot] = (np.array(colour) * 0.80 * (1 - 0.35 * ring[..., None]))[foot]
    relief = np.where(foot, 0.0, np.sqrt(np.clip(body.half**2 * (1 - body.side**2), 0, None)))
    s.lay(c.inside(body.far), albedo, relief, contact=0.3)
    lip = np.exp(-(((body.rim + 0.01) / 0.012) ** 2)) * (body.down < 0) * c.inside(body.far)
    s.lay_within(0.5 * lip, np.clip(np.array(colour) * 1.25 + 0.05, 0, 1))
    if kind == "mug":
        shine = np.exp(-(((body.side + 0.45) / 0.10) ** 2)) * (body.foot > 0)
        s.lay_within(0.30 * shine * c.inside(body.far), np.ones(3))
    hands.fingers(
        s, held, hand, count=int(rng.integers(3, 5)), reach=radius * rng.uniform(0.9, 1.3)
    )
    return s.thing(shadow=0.42, lift=0.03)


def _handle(
    s: Sketch, body: _Body, radius: float, side: float, colour: NDArray[np.float64]
) -> None:
    c = s.canvas
    x, y = c.x - (body.edge[0] + side * radius * 1.02), c.y - body.edge[1]
    ring = np.abs(np.hypot(x / 0.8, y) - 0.17) - 0.033
    relief = np.sqrt(np.clip(0.033**2 - (ring + 0.033) ** 2, 0, None))
    s.lay(c.inside(ring), colour, relief)


def glass(c: Canvas) -> Thing:
    """A drinking glass, clear, with water, juice or something dark in it."""
    rng = c.rng
    radius = float(rng.uniform(0.22, 0.29))
    tip = float(rng.uniform(0.2, 0.8))
    body = _body(c, radius, radius * float(rng.uniform(2.4, 3.4)), 0.14, tip)
    s, hand, side = Sketch(c), hands.draw_hand(c), float(rng.choice([-1.0, 1.0]))
    held = _wrap(s, body, radius, hand, side)
    inside = c.inside(body.far)
    wall = np.exp(-(((1 - np.abs(body.side)) / 0.10) ** 2))
    edge = np.exp(-(((body.rim) / 0.012) ** 2)) + np.exp(-(((body.foot) / 0.014) ** 2))
    clear = np.clip(0.10 + 0.45 * wall + 0.6 * edge, 0, 0.85)
    pale = np.array([0.80, 0.86, 0.88])
    albedo = pale * (0.75 + 0.35 * edge[..., None] - 0.25 * wall[..., None])
    s.lay(inside * clear, albedo, None, contact=0.10)
    colours = (
        (0.80, 0.86, 0.88),
        (0.92, 0.58, 0.12),
        (0.22, 0.10, 0.06),
        (0.90, 0.88, 0.80),
        (0.62, 0.10, 0.16),
    )
    which = int(rng.choice(5, p=[0.4, 0.2, 0.15, 0.15, 0.1]))
    level = rng.uniform(-0.1, 0.4)
    full = inside * (body.down > level + 0.03 * body.side) * (np.abs(body.side) < 0.94)
    thick = (0.14, 0.85, 0.9, 0.95, 0.85)[which]
    deep = np.sqrt(np.clip(1 - body.side**2, 0, 1))
    s.lay(full * thick, np.array(colours[which]) * (0.75 + 0.25 * deep)[..., None], None, contact=0)
    shine = np.exp(-(((body.side + 0.5) / 0.07) ** 2)) * (body.down > 0.05) * (body.down < 0.9)
    s.lay(0.45 * shine * inside, np.ones(3) * 1.05, None, contact=0)
    hands.fingers(
        s, held, hand, count=int(rng.integers(3, 5)), reach=radius * rng.uniform(0.8, 1.1)
    )
    return s.thing(shadow=0.25, lift=0.03)
