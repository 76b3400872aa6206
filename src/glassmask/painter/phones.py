"""Phones: at the ear, flat before the mouth, or held up to a mirror."""

from __future__ import annotations

import numpy as np

from glassmask.painter import hands
from glassmask.painter.canvas import Canvas, Thing
from glassmask.painter.plane import Plane, lay_plane
from glassmask.painter.sketch import Sketch

_BODIES = (
    *((0.05, 0.05, 0.06), (0.10, 0.11, 0.13), (0.88, 0.88, 0.88), (0.30, 0.34, 0.42)),
    *((0.62, 0.16, 0.18), (0.86, 0.76, 0.62), (0.55, 0.62, 0.52), (0.78, 0.70, 0.82)),
)
_CHANCES = (0.3, 0.15, 0.15, 0.1, 0.06, 0.08, 0.08, 0.08)
_WIDTH, _LENGTH = 0.52, 1.06
"""A phone of 73 by 148 mm before a face of 140 mm."""


def selfie(c: Canvas) -> Thing:
    """A phone held up to a mirror: its back is seen, before part of the face."""
    rng = c.rng
    size = rng.uniform(0.95, 1.30)
    flat = rng.random() < 0.15  # held across
    middle = (float(rng.normal(0, 0.22)), c.level(float(rng.uniform(4.0, 7.6))))
    plane = lay_plane(
        c,
        middle,
        (_WIDTH * size, _LENGTH * size),
        turn=float(rng.normal(0, 0.10) + (np.pi / 2 if flat else 0)),
        tilt=(float(rng.normal(0, 0.08)), float(rng.normal(0, 0.08))),
        corner=0.07 * size,
    )
    s, hand = Sketch(c), hands.draw_hand(c)
    side = float(rng.choice([-1.0, 1.0]))
    at = plane.place(side, rng.uniform(0.25, 0.55)) if not flat else plane.place(0.3, -side)
    held = hands.side_grip(at, side, rng, 0.0 if flat else plane.turn)
    hands.palm(s, held, hand)
    _back(s, plane, size)
    hands.fingers(s, held, hand, count=int(rng.integers(3, 5)), reach=rng.uniform(0.24, 0.34))
    return s.thing(shadow=0.38, lift=float(rng.uniform(0.05, 0.12)))


def _back(s: Sketch, plane: Plane, size: float) -> None:
    """The back of a phone: its case, rim, cameras, perhaps a mark."""
    c, rng = s.canvas, s.canvas.rng
    body = np.array(_BODIES[int(rng.choice(len(_BODIES), p=_CHANCES))]) * rng.uniform(0.9, 1.1)
    rim = np.clip(1 + plane.far / 0.016, 0, 1)
    sheen = 0.10 * (plane.u * 0.6 + plane.v) * rng.choice([-1, 1])
    albedo = np.clip(body * (1 + sheen)[..., None] + 0.03 * (1 - plane.v[..., None]), 0.02, 0.95)
    albedo = albedo * (1 - 0.35 * rim[..., None])
    s.lay(c.inside(plane.far), albedo, plane.relief + 0.012 * np.clip(-plane.far / 0.02, 0, 1))
    x, y = plane.u * plane.half[0] / size, plane.v * plane.half[1] / size
    place = rng.random()
    left = -0.145 if place < 0.7 else (0.0 if place < 0.85 else 0.145)
    count = int(rng.integers(1, 4))
    if place < 0.85 and rng.random() < 0.7:  # on a plate
        high = 0.045 * count + 0.03
        plate = np.maximum(np.abs(x - left) - 0.075, np.abs(y + 0.5 - 0.045 - high) - high)
        s.lay_within(c.inside((plate - 0.02) * size), body * 0.72 + 0.03)
    for number in range(count):
        lens = np.hypot(x - left, y + 0.42 - 0.095 * number) * size
        s.lay_within(c.inside(lens - 0.042 * size), np.full(3, 0.30))
        s.lay_within(c.inside(lens - 0.034 * size), np.full(3, 0.03))
        glint = np.hypot(x - left + 0.012, y + 0.432 - 0.095 * number) * size
        s.lay_within(0.8 * c.inside(glint - 0.008 * size), np.array([0.5, 0.6, 0.8]))
    if rng.random() < 0.4:
        mark = np.hypot(x, 1.1 * (y + 0.02)) * size
        s.lay_within(0.6 * c.inside(mark - 0.05 * size), body * 0.5 + 0.35)


def call(c: Canvas) -> Thing:
    """A phone at the ear, or held flat before the mouth to speak into."""
    return _at_ear(c) if c.rng.random() < 0.7 else _before_mouth(c)


def _at_ear(c: Canvas) -> Thing:
    rng, frame = c.rng, c.frame
    side = float(rng.choice([-1.0, 1.0]))
    edge = c.at(frame.points.part("outline")[8 if side > 0 else 28])
    seen = float(rng.uniform(0.14, 0.34))  # of its breadth: it is seen from aside
    lean = float(rng.uniform(0.10, 0.42))  # towards the mouth
    middle = (float(edge[0] - side * 0.01), float(edge[1] + 0.06))
    plane = lay_plane(
        c, middle, (seen, 0.94), turn=side * lean, tilt=(side * 0.25, 0.0), corner=0.05
    )
    s, hand = Sketch(c), hands.draw_hand(c)
    at = plane.place(side, 0.30)
    held = hands.grip(
        at, (-side, 0.12), np.add(at, (side * rng.uniform(0.05, 0.35), rng.uniform(0.8, 1.1)))
    )
    hands.palm(s, held, hand)
    body = np.array(_BODIES[int(rng.choice(len(_BODIES), p=_CHANCES))])
    # The narrow side towards the face, which is metal or of another shade.
    edge_on = c.inside(
        np.maximum(plane.far, side * plane.u * plane.half[0] + plane.half[0] - 0.055)
    )
    s.lay(c.inside(plane.far), body, plane.relief + 0.012 * np.clip(-plane.far / 0.02, 0, 1))
    s.lay_within(0.35 * edge_on, np.full(3, 0.45) if body.mean() < 0.5 else np.full(3, 0.2))
    hands.fingers(s, held, hand, count=4, reach=max(0.10, 0.8 * seen))
    return s.thing(shadow=0.42, lift=0.02)


def _before_mouth(c: Canvas) -> Thing:
    rng = c.rng
    side = float(rng.choice([-1.0, 1.0]))
    seen = float(rng.uniform(0.10, 0.30))  # of its length: its lower end points at the mouth
    level = c.level(float(rng.uniform(7.2, 8.2)))
    plane = lay_plane(
        c,
        (float(rng.normal(0, 0.06)), level + seen / 2),
        (_WIDTH * rng.uniform(1.0, 1.12), seen),
        turn=float(rng.normal(0, 0.10)),
        tilt=(0.0, -0.35),
        corner=0.035,
    )
    s, hand = Sketch(c), hands.draw_hand(c)
    held = hands.side_grip(plane.place(side, 1.0), side, rng, plane.turn)
    hands.palm(s, held, hand, outside=-0.04)
    body = np.array(_BODIES[int(rng.choice(len(_BODIES), p=_CHANCES))])
    s.lay(c.inside(plane.far), body, plane.relief + 0.02 * np.clip(-plane.far / 0.03, 0, 1))
    end = c.inside(np.maximum(plane.far, plane.v * plane.half[1] - seen / 2 + 0.06))
    s.lay_within(0.5 * end, np.full(3, 0.5) if body.mean() < 0.5 else np.full(3, 0.3))
    hands.thumb(s, held, hand, reach=0.2)
    return s.thing(shadow=0.42, lift=0.05)
