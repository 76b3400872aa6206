"""Hands that hold a thing: what is behind it, and the fingers that lie over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from glassmask.painter.canvas import CLOTHES, Canvas, Point
from glassmask.painter.sheet import Floats
from glassmask.painter.sketch import Sketch

_FINGER: Final = 0.060
"""Half of a finger's breadth, in face widths: 17 mm on a face of 140."""


_EDGE: Final = np.array([0.16, 0.24, 0.25])
"""How much darker skin is at the edge of a finger, RGB."""


@dataclass(frozen=True, slots=True)
class Hand:
    """How a hand looks.

    Attributes:
        skin: (3,) RGB in [0, 1].
        sleeve: (3,) likewise; None for a bare arm.
        size: 1 is as large as the face lets expect.
        nails: (3,) RGB in [0, 1].
    """

    skin: NDArray[np.float32]
    sleeve: NDArray[np.float32] | None
    size: float
    nails: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Grip:
    """A hand at the edge of a thing.

    Attributes:
        at: where on the edge, (2,) on the canvas.
        inwards: (2,) unit vector from there over the thing.
        down: (2,) unit vector along the edge, to where the wrist is.
        wrist: where the forearm comes from, (2,).
    """

    at: Point
    inwards: Point
    down: Point
    wrist: Point


def draw_hand(c: Canvas) -> Hand:
    """Draw how a hand looks: the face's skin, some redder, and a sleeve or none."""
    rng = c.rng
    skin = np.clip(c.skin() * np.array([1.0, 0.97, 0.96]) * rng.uniform(1.00, 1.15), 0.04, 0.95)
    sleeve = None
    if rng.random() < 0.6:
        sleeve = np.array(CLOTHES[int(rng.integers(len(CLOTHES)))], np.float32)
    size = rng.uniform(0.90, 1.08)
    varnish = rng.random() < 0.06
    nails = (
        np.array([0.62, 0.10, 0.16]) if varnish else 0.66 * skin + 0.34 * np.array([1, 0.82, 0.78])
    )
    return Hand(np.asarray(skin, np.float32), sleeve, float(size), np.asarray(nails, np.float32))


def grip(at: ArrayLike, inwards: ArrayLike, wrist: ArrayLike) -> Grip:
    """A grip at a point of an edge, with the forearm coming from `wrist`."""
    point, inner, end = (np.array(p, np.float64) for p in (at, inwards, wrist))
    inner = inner / np.linalg.norm(inner)
    along = np.array([-inner[1], inner[0]])
    if along @ (end - point) < 0:
        along = -along
    return Grip(point, inner, along, end)


def side_grip(at: ArrayLike, side: float, rng: np.random.Generator, turn: float = 0) -> Grip:
    """A grip at a thing's left (-1) or right (1) edge, from below: the usual one."""
    inwards = np.array([-side * np.cos(turn), -side * np.sin(turn) - 0.08])
    wrist = np.add(at, (side * rng.uniform(0.28, 0.60), rng.uniform(0.75, 1.0)))
    return grip(at, inwards, wrist)


def palm(s: Sketch, g: Grip, hand: Hand, contact: float = 0.35, outside: float = 0.12) -> None:
    """The hand's back and the forearm, which the thing lies before.

    `outside` is how far from the edge the knuckles are, in face widths; negative, behind it.
    """
    size = hand.size
    knuckles = g.at - outside * size * g.inwards
    towards = g.wrist - knuckles
    towards = towards / np.linalg.norm(towards)
    heel = knuckles + 0.10 * size * g.down + 0.42 * size * towards
    end = heel + 2.2 * towards
    s = s.within([knuckles, heel, end], 0.46 * size)
    c = s.canvas
    arm = _limb(c, [heel - 0.1 * towards, end], [0.175 * size, 0.30 * size])
    corners = [knuckles - 0.20 * size * g.down, knuckles + 0.20 * size * g.down, heel]
    back = _hull(c, corners, [0.075 * size, 0.085 * size, 0.185 * size])
    far, relief = _union([arm, back], 0.05 * size)
    spread = max(0.5, 0.02 * c.frame.width)
    smooth = np.asarray(cv2.GaussianBlur(relief, (0, 0), spread), np.float32)
    _lay_skin(s, far, smooth, hand, contact=contact)
    if hand.sleeve is not None:
        cuff = heel + (0.16 + 0.10 * size) * towards
        far, relief = _limb(c, [cuff, cuff + 2.2 * towards], [0.225 * size, 0.38 * size])
        # The cuff ends straight across the arm, not in a dome.
        over = -((c.x - cuff[0]) * towards[0] + (c.y - cuff[1]) * towards[1])
        far = np.maximum(far, over)
        folds = 0.012 * np.sin(28 * over + 5 * np.sin(9 * (c.x + c.y)))
        s.lay(c.inside(far), hand.sleeve, relief + folds, contact=0.3)


def fingers(s: Sketch, g: Grip, hand: Hand, count: int = 4, reach: float = 0.30) -> None:
    """The fingers' ends, beside each other over the edge."""
    rng, size = s.canvas.rng, hand.size
    radius = _FINGER * size
    spread = rng.uniform(1.98, 2.2) * radius
    lengths = (0.86, 1.0, 0.95, 0.74)
    tilt = rng.uniform(-0.10, 0.16)
    for number in reversed(range(count)):
        aside = (number - (count - 1) / 2) * spread
        fan = g.inwards + (tilt + 0.05 * (number - 1.5)) * g.down
        start = g.at + aside * g.down - 0.15 * size * g.inwards
        length = (0.15 + reach * lengths[number] * rng.uniform(0.93, 1.05)) * size
        bend = start + 0.45 * length * fan
        tip = start + length * (fan + rng.uniform(0.02, 0.10) * g.down)
        finger(s, [start, bend, tip], radius * (0.92 if number == 3 else 1.0), hand)


def thumb(s: Sketch, g: Grip, hand: Hand, reach: float = 0.15) -> None:
    """The thumb over the edge; the fingers are behind the thing."""
    rng, size = s.canvas.rng, hand.size
    low = rng.uniform(0.16, 0.24) * size
    start = g.at - 0.10 * size * g.inwards + (low + 0.06) * g.down
    bend = g.at + 0.015 * size * g.inwards + 0.45 * low * g.down
    tip = g.at + reach * size * g.inwards + rng.uniform(-0.05, 0.02) * size * g.down
    finger(s, [start, bend, tip], 0.078 * size, hand, thick=1.35)


def finger(
    s: Sketch, joints: list[Point], radius: float, hand: Hand, *, thick: float = 1.08
) -> None:
    """One finger through its joints, (2,) each, with creases there and a nail at its end.

    `thick` is how much thicker than `radius` it begins.
    """
    s = s.within(joints, 2 * radius + 0.06)
    c = s.canvas
    radii = list(np.linspace(thick, 0.86, len(joints)) * radius)
    far, relief = _limb(c, joints, radii)
    _lay_skin(s, far, relief, hand, contact=0.38, tip=joints[-1], radius=radius)
    inside = c.inside(far)
    last = joints[-1] - joints[-2]
    last = last / np.linalg.norm(last)
    for before, joint in pairwise(joints[:-1]):
        along = joint - before
        along = along / np.linalg.norm(along)
        t = (c.x - joint[0]) * along[0] + (c.y - joint[1]) * along[1]
        near = (np.abs(c.x - joint[0]) < 2 * radius) & (np.abs(c.y - joint[1]) < 2 * radius)
        for shift, depth in ((-0.16, 0.5), (0.1, 0.8)):
            line = np.exp(-(((t - shift * radius) / (0.10 * radius)) ** 2)) * near * inside
            s.lay_within(0.22 * depth * line, 0.55 * hand.skin)
    middle = joints[-1] + 0.12 * radius * last
    a = (c.x - middle[0]) * last[0] + (c.y - middle[1]) * last[1]
    b = (c.y - middle[1]) * last[0] - (c.x - middle[0]) * last[1]
    out = (np.abs(a / (0.62 * radius)) ** 3 + np.abs(b / (0.54 * radius)) ** 3) ** (1 / 3)
    plate = np.asarray(c.inside((out - 1) * 0.5 * radius) * 0.75 * inside)
    shine = np.exp(-(((b + 0.15 * radius) / (0.2 * radius)) ** 2))[..., None]
    s.lay_within(plate, hand.nails * (1 + 0.14 * shine))


def _lay_skin(
    s: Sketch,
    far: NDArray[np.floating],
    relief: NDArray[np.floating],
    hand: Hand,
    *,
    contact: float,
    tip: Point | None = None,
    radius: float = 0.0,
) -> None:
    """Skin: a little uneven, redder at a finger's tip, darker where it turns away."""
    c = s.canvas
    uneven = 1 + 0.025 * np.sin(7 * c.x + 2) * np.sin(6 * c.y + c.x)
    turned = np.clip(-far / 0.022, 0, 1) ** 0.5
    # Where skin turns away it is darker and redder: light goes through it.
    albedo = hand.skin * (uneven[..., None] * (1 - (1 - turned)[..., None] * _EDGE))
    if tip is not None:
        red = np.exp(-(((c.x - tip[0]) ** 2 + (c.y - tip[1]) ** 2) / (1.3 * radius) ** 2))
        albedo = albedo * (1 - red[..., None] * np.array([0.0, 0.09, 0.08]))
    s.lay(c.inside(far), albedo, 0.8 * relief, contact=contact)


_Shape = tuple[NDArray[np.floating], NDArray[np.floating]]
"""A signed distance and a relief, (h, w) each, in face widths."""


def _limb(c: Canvas, joints: Sequence[Point], radii: Sequence[float]) -> _Shape:
    """A round limb through joints, of a radius at each."""
    far = np.full(c.x.shape, np.inf, np.float32)
    relief = np.zeros(c.x.shape, np.float32)
    widths = [float(radius) for radius in radii]
    pairs = zip(joints[:-1], joints[1:], widths[:-1], widths[1:], strict=True)
    for start, end, thick, thin in pairs:
        dx, dy = (float(v) for v in end - start)
        x, y = c.x - float(start[0]), c.y - float(start[1])
        t = np.clip((x * dx + y * dy) / max(dx * dx + dy * dy, 1e-6), 0, 1)
        away = np.hypot(x - t * dx, y - t * dy)
        radius = thick + (thin - thick) * t
        far = np.minimum(far, away - radius)
        relief = np.maximum(relief, np.sqrt(np.clip(radius**2 - away**2, 0, None)))
    return far, np.asarray(relief, np.float32)


def _hull(c: Canvas, points: Sequence[Point], radii: Sequence[float]) -> _Shape:
    """A flat, rounded shape around discs: the back of a hand."""
    turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    ring = np.stack([np.cos(turn), np.sin(turn)], 1)
    discs = [point + radius * ring for point, radius in zip(points, radii, strict=True)]
    hull = cv2.convexHull(np.concatenate(discs).astype(np.float32))[:, 0]
    far: Floats = np.full(c.x.shape, -np.inf, np.float32)
    area = 0.0
    for start, end in zip(hull, np.roll(hull, -1, axis=0), strict=True):
        dx, dy = (float(v) for v in end - start)
        length = float(np.hypot(dx, dy))
        if length < 1e-6:
            continue
        area += float(start[0] * end[1] - end[0] * start[1])
        x, y = c.x - float(start[0]), c.y - float(start[1])
        far = np.maximum(far, (x * dy - y * dx) / length)
    depth = np.clip(-far, 0, 0.12)
    relief = 0.12 * np.sqrt(np.clip(1 - (1 - depth / 0.12) ** 2, 0, 1))
    return far, np.asarray(relief, np.float32)


def _union(shapes: Sequence[_Shape], soft: float) -> _Shape:
    """Shapes grown together, smoothly over `soft` face widths."""
    far, relief = shapes[0]
    for other, height in shapes[1:]:
        mix = np.clip(0.5 + (other - far) / (2 * soft), 0, 1)
        far = other + (far - other) * mix - soft * mix * (1 - mix)
        relief = height + (relief - height) * mix
    return far, relief
