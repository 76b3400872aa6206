"""Smileys: drawn faces that are nobody."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glassmask.painter.canvas import Canvas, Point, Thing
from glassmask.painter.page import GROUNDS, Page, box, oval

_YELLOW = (1.0, 0.84, 0.20)


def smiley(c: Canvas) -> Thing:
    """A smiley where the face was: a sticker on the photo, or on a plain ground."""
    rng = c.rng
    page = Page(c)
    if rng.random() < 0.5:
        page.ground()
    middle = np.array([rng.normal(0, 0.04), c.level(4.2) + rng.normal(0, 0.05)])
    radius = float(rng.uniform(0.72, 0.95))
    ink = np.array([0.10, 0.07, 0.05]) if rng.random() < 0.7 else np.array([0.36, 0.20, 0.05])
    _disc(page, middle, radius, ink)
    _eyes(page, middle, radius, ink)
    _mouth(page, np.add(middle, (0, rng.uniform(0.15, 0.25) * radius)), radius, ink)
    if rng.random() < 0.2:
        for side in (-1.0, 1.0):
            at = np.add(middle, (side * 0.62 * radius, 0.22 * radius))
            cheek = oval(c, at, np.array([0.14, 0.1]) * radius)
            page.lay(0.6 * c.inside(cheek), np.array([0.98, 0.50, 0.44]))
    return page.thing()


def _disc(page: Page, middle: Point, radius: float, ink: NDArray[np.float64]) -> None:
    c, rng = page.c, page.c.rng
    colour = np.array(_YELLOW) * rng.uniform(0.92, 1.0)
    if rng.random() < 0.2:
        colour = np.array(GROUNDS[int(rng.integers(len(GROUNDS)))])
    disc = oval(c, middle, np.array([1.0, rng.uniform(0.95, 1.12)]) * radius)
    shade = np.clip((c.y - middle[1] + 0.4 * (c.x - middle[0])) / radius, -1, 1)
    page.lay(c.inside(disc), colour * (1 - rng.uniform(0, 0.16) * (shade[..., None] + 0.3)))
    line = float(rng.choice([0.0, rng.uniform(0.015, 0.04)]))
    if line:
        page.lay(c.inside(np.abs(disc + line / 2) - line / 2), ink)


def _eyes(page: Page, middle: Point, radius: float, ink: NDArray[np.float64]) -> None:
    c, rng = page.c, page.c.rng
    wide, high = rng.uniform(0.30, 0.42) * radius, rng.uniform(0.16, 0.34) * radius
    eye = np.array([rng.uniform(0.07, 0.12), rng.uniform(0.10, 0.2)]) * radius
    kind = str(rng.choice(["dots", "white", "closed", "shades"], p=[0.5, 0.2, 0.18, 0.12]))
    for side in (-1.0, 1.0):
        at = np.add(middle, (side * wide, -high))
        if kind == "dots":
            page.lay(c.inside(oval(c, at, eye)), ink)
        elif kind == "white":
            ball = oval(c, at, eye * 1.6)
            page.lay(c.inside(ball), np.ones(3))
            page.lay(c.inside(np.abs(ball) - 0.01), ink)
            page.lay(c.inside(oval(c, at, eye * 0.8)), ink)
        elif kind == "closed":
            half = (eye[0] * 1.3, eye[1] * 0.8)
            page.arc(np.add(at, (0, 0.05)), half, (200, 340), 0.035 * radius, ink)
        else:
            lens = box(c, at, (0.27 * radius, 0.18 * radius), 0.09 * radius)
            page.lay(c.inside(lens), ink * 0.5)
    if kind == "shades":
        at = np.add(middle, (0, -high - 0.08 * radius))
        page.lay(c.inside(box(c, at, (0.5 * radius, 0.03 * radius), 0.01)), ink * 0.5)


def _mouth(page: Page, at: Point, radius: float, ink: NDArray[np.float64]) -> None:
    c, rng = page.c, page.c.rng
    spread, thick = rng.uniform(0.38, 0.55) * radius, rng.uniform(0.035, 0.06) * radius
    kinds = ["smile", "laugh", "teeth", "sad", "flat"]
    kind = str(rng.choice(kinds, p=[0.4, 0.22, 0.13, 0.15, 0.1]))
    if kind == "smile":
        page.arc(at, (spread, rng.uniform(0.25, 0.45) * radius), (12, 168), thick, ink)
    elif kind == "sad":
        below = np.add(at, (0, 0.4 * radius))
        page.arc(below, (spread * 0.8, 0.3 * radius), (200, 340), thick, ink)
    elif kind == "flat":
        line = box(c, np.add(at, (0, 0.2 * radius)), (spread * 0.8, thick / 2), 0.01)
        page.lay(c.inside(line), ink)
    else:  # open: the lower half of an oval
        open_ = np.maximum(oval(c, at, np.array([spread, 0.48 * radius])), at[1] - c.y)
        page.lay(c.inside(open_), ink if kind == "laugh" else np.full(3, 0.97))
        if kind == "laugh":
            tongue = oval(c, np.add(at, (0, 0.42 * radius)), np.array([0.3, 0.22]) * radius)
            page.lay(c.inside(np.maximum(tongue, open_)), np.array([0.90, 0.30, 0.34]))
        else:
            page.lay(c.inside(np.abs(open_) - thick / 3), ink)
