"""Flat things held before a face: sheets of paper, cards, tissues."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.painter import hands
from glassmask.painter.canvas import Canvas, Thing
from glassmask.painter.plane import Plane, Print, lay_plane
from glassmask.painter.sheet import Floats, coverage
from glassmask.painter.sketch import Sketch

_SHEETS: Final = ((1.55, 2.15), (2.15, 1.55), (1.1, 1.55), (1.55, 1.1), (0.8, 0.8), (1.3, 0.55))
"""Width and height in face widths: A4, A5, a note, a strip."""

_PAPERS: Final = (
    *((0.94, 0.94, 0.93), (0.90, 0.91, 0.93), (0.92, 0.90, 0.84), (0.95, 0.88, 0.45)),
    *((0.95, 0.70, 0.76), (0.60, 0.82, 0.90), (0.66, 0.86, 0.62), (0.72, 0.55, 0.36)),
    *((0.80, 0.16, 0.18), (0.14, 0.34, 0.62), (0.12, 0.13, 0.15), (0.70, 0.70, 0.72)),
)
_TISSUES: Final = ((0.95, 0.95, 0.95), (0.93, 0.94, 0.96), (0.95, 0.93, 0.90), (0.93, 0.84, 0.86))

_PAPER_CHANCES: Final = (5, 3, 2, 0.8, 0.7, 1, 0.8, 1, 0.4, 0.4, 0.5, 0.6)


def paper(c: Canvas) -> Thing:
    """A sheet of paper: blank, written on, printed, folded, curled."""
    rng = c.rng
    size = np.array(_SHEETS[int(rng.choice(len(_SHEETS), p=[0.2, 0.1, 0.2, 0.2, 0.15, 0.15]))])
    size *= rng.uniform(0.92, 1.15)
    top = c.level(rng.uniform(3.2, 6.7))
    middle = (float(rng.normal(0, 0.12)), float(top + size[1] / 2))
    plane = lay_plane(
        c,
        middle,
        (float(size[0]), float(size[1])),
        turn=float(rng.normal(0, 0.10)),
        tilt=(float(rng.normal(0, 0.10)), float(rng.normal(0, 0.10))),
        curl=float(rng.choice([0.0, rng.uniform(-0.05, 0.10)])),
    )
    s = Sketch(c)
    hand, holds, over = _holders(c, plane)
    for held in holds:
        hands.palm(s, held, hand, outside=0.12 if over else -0.10)
    chances = np.array(_PAPER_CHANCES) / np.sum(_PAPER_CHANCES)
    ground = np.array(_PAPERS[int(rng.choice(len(_PAPERS), p=chances))]) * rng.uniform(0.94, 1.02)
    printed = _printed(c, (float(size[0]), float(size[1])), ground)
    s.lay(c.inside(plane.far), printed.on(plane), plane.relief + _creases(plane, rng), contact=0.3)
    for held in holds:
        (hands.fingers if over else hands.thumb)(s, held, hand)
    return s.thing(shadow=0.38, lift=float(rng.uniform(0.03, 0.10)))


def _holders(c: Canvas, plane: Plane) -> tuple[hands.Hand, list[hands.Grip], bool]:
    """One or two hands at a sheet's sides; whether fingers lie over it, or the thumbs."""
    rng = c.rng
    hand = hands.draw_hand(c)
    sides = [-1.0, 1.0] if rng.random() < 0.6 else [float(rng.choice([-1.0, 1.0]))]
    over = bool(rng.random() < 0.5)
    height = rng.uniform(0.1, 0.75)
    grips = []
    for side in sides:
        at = plane.place(side, height + rng.uniform(-0.08, 0.08))
        grips.append(hands.side_grip(at, side, rng, plane.turn))
    return hand, grips, over


def _printed(c: Canvas, size: tuple[float, float], ground: NDArray[np.float64]) -> Print:
    """What is on a sheet: nothing, lines, text, a heading, a picture."""
    rng = c.rng
    sheet = Print(c, size, ground)
    kind = str(
        rng.choice(["blank", "ruled", "squared", "text", "sign"], p=[0.42, 0.1, 0.06, 0.28, 0.14])
    )
    dark = np.array([0.12, 0.12, 0.15]) if ground.mean() > 0.35 else np.array([0.9, 0.9, 0.88])
    ink = dark if rng.random() < 0.75 else rng.uniform(0.1, 0.6, 3)
    if kind in ("ruled", "squared"):
        pale = ground * 0.55 + np.array([0.25, 0.35, 0.55]) * 0.45
        step = 0.055 if kind == "ruled" else 0.04
        for at in np.arange(step, size[1], step) / size[1]:
            sheet.box(0, at, 1, at, pale)
        for at in np.arange(step, size[0], step) / size[0] if kind == "squared" else ():
            sheet.box(at, 0, at, 1, pale)
    if kind == "text" or (kind == "ruled" and rng.random() < 0.6):
        letter = rng.uniform(0.024, 0.04)
        margin = rng.uniform(0.06, 0.12)
        if rng.random() < 0.5:
            sheet.write(margin, 0.05, 1 - margin, letter * 1.8, ink, rng, bold=True)
        for at in np.arange(0.16, 0.93, 1.75 * letter / size[1]):
            if rng.random() < 0.92:
                right = 1 - margin - (rng.random() < 0.2) * rng.uniform(0, 0.5)
                sheet.write(margin, float(at), float(right), letter, ink, rng)
        if rng.random() < 0.3:  # a picture among the text
            left, upper = rng.uniform(margin, 0.5), rng.uniform(0.2, 0.6)
            sheet.box(left, upper, left + 0.38, upper + 0.25, rng.uniform(0.2, 0.8, 3))
    if kind == "sign":
        letter = rng.uniform(0.12, 0.2)
        for at in np.arange(0.12, 0.85, 1.6 * letter / size[1]):
            sheet.write(0.08, float(at), 0.95, letter, ink, rng, bold=True)
    return sheet


def _creases(plane: Plane, rng: np.random.Generator) -> Floats:
    """Folds across a sheet, and dents: a relief, (h, w)."""
    relief = np.zeros_like(plane.u)
    kind = rng.random()
    x, y = plane.u * plane.half[0], plane.v * plane.half[1]
    if kind < 0.45:  # folded in two, in four, in three
        for along, places in (
            (x, [0.0] if rng.random() < 0.6 else []),
            (y, [[0.0], [-0.33, 0.33]][int(rng.integers(2))]),
        ):
            for at in places:
                bend = rng.choice([-1, 1]) * rng.uniform(0.05, 0.14)
                step = at * (plane.half[1] if along is y else plane.half[0]) * 2 / 2
                relief += bend * np.abs(along - step)
    if kind > 0.7:  # crumpled once: flat pieces between sharp ridges
        depth = rng.uniform(0.02, 0.10)
        for _ in range(int(rng.integers(5, 14))):
            angle = rng.uniform(0, np.pi)
            across = x * np.cos(angle) + y * np.sin(angle) - rng.normal(0, 0.35)
            relief += depth * rng.normal(0, 1) * np.abs(across)
    wave = rng.normal(0, 0.012) * np.sin(rng.uniform(1.5, 4) * x + rng.uniform(0, 6))
    return np.asarray(relief + wave, np.float32)


def card(c: Canvas) -> Thing:
    """A bank card, an identity card, a badge: held before the mouth, the nose or a cheek."""
    rng = c.rng
    size = (0.612 * rng.uniform(0.98, 1.15),) * 2
    size = (size[0], size[0] * 0.63)
    upright = rng.random() < 0.15
    level = c.level(rng.uniform(4.6, 7.4))
    plane = lay_plane(
        c,
        (float(rng.normal(0, 0.10)), float(level)),
        size,
        turn=float(rng.normal(0, 0.14) + upright * np.pi / 2),
        tilt=(float(rng.normal(0, 0.14)), float(rng.normal(0, 0.14))),
        corner=0.024,
    )
    s = Sketch(c)
    hand = hands.draw_hand(c)
    side = float(rng.choice([-1.0, 1.0]))
    at = plane.place(side, rng.uniform(-0.1, 0.5)) if not upright else plane.place(0.9, -side * 0.5)
    held = hands.side_grip(at, side, rng, 0.0 if upright else plane.turn)
    pinched = rng.random() < 0.65  # between thumb and fingers, which are behind
    hands.palm(s, held, hand, outside=-0.06 if pinched else 0.10)
    s.lay(c.inside(plane.far), _card_print(c, size).on(plane), plane.relief, contact=0.35)
    gloss = np.exp(-(((plane.u + 0.5 * plane.v - rng.uniform(-1, 1)) / 0.25) ** 2))
    s.lay_within(0.16 * gloss * c.inside(plane.far), np.ones(3))
    if pinched:
        hands.thumb(s, held, hand, reach=0.13)
    else:
        hands.fingers(s, held, hand, count=int(rng.integers(2, 4)), reach=0.20)
    return s.thing(shadow=0.40, lift=float(rng.uniform(0.03, 0.09)))


def _card_print(c: Canvas, size: tuple[float, float]) -> Print:
    """A bank card or an identity card."""
    rng = c.rng
    hue = np.array(
        [(0.92, 0.92, 0.92), (0.12, 0.14, 0.2), (0.1, 0.3, 0.6), (0.7, 0.15, 0.2), (0.8, 0.65, 0.3),
         (0.15, 0.5, 0.45), (0.85, 0.9, 0.95), (0.92, 0.86, 0.88)][int(rng.integers(8))]
    )  # fmt: skip
    card_print = Print(c, size, hue)
    height, width = card_print.pixels.shape[:2]
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    wave = 0.08 * np.sin(across / width * rng.uniform(2, 7) + down / height * rng.uniform(-4, 4))
    card_print.pixels[:] = np.clip(card_print.pixels * (1 + wave[..., None]), 0, 255)
    ink = np.array([0.12, 0.12, 0.15]) if hue.mean() > 0.5 else np.array([0.92, 0.92, 0.9])
    if rng.random() < 0.5:  # a bank's: chip and number
        card_print.box(0.10, 0.38, 0.24, 0.56, np.array([0.80, 0.68, 0.38]))
        for at in (0.1, 0.31, 0.52, 0.73):
            card_print.box(at, 0.66, at + 0.15, 0.72, ink * 0.8 + 0.1)
        card_print.write(0.10, 0.80, 0.6, 0.028, ink, rng)
        card_print.write(0.55, 0.08, 0.95, 0.05, ink, rng, bold=True)
    else:  # somebody's: picture and lines
        left = float(rng.choice([0.06, 0.66]))
        card_print.box(left, 0.25, left + 0.28, 0.85, np.array([0.72, 0.76, 0.8]))
        middle = (round((left + 0.14) * width), round(0.5 * height))
        skin = tuple(int(v) for v in rng.uniform(75, 205) * np.array([1, 0.8, 0.68]))
        axes = (max(1, round(0.07 * width)), max(1, round(0.15 * height)))
        cv2.ellipse(card_print.pixels, middle, axes, 0, 0, 360, skin, -1, cv2.LINE_AA)
        card_print.box(left + 0.05, 0.70, left + 0.23, 0.85, rng.uniform(0.1, 0.5, 3))
        card_print.box(0, 0, 1, 0.16, rng.uniform(0.1, 0.6, 3))
        start = 0.40 if left < 0.5 else 0.06
        for row in (0.26, 0.4, 0.54, 0.68):
            card_print.write(start, row, start + rng.uniform(0.3, 0.54), 0.034, ink, rng)
    return card_print


def tissue(c: Canvas) -> Thing:
    """A tissue or napkin pressed to nose and mouth, with the hand that holds it."""
    rng = c.rng
    s = Sketch(c)
    hand = hands.draw_hand(c)
    side = float(rng.choice([-1.0, 1.0]))
    middle = np.array([rng.normal(0, 0.04), c.level(rng.uniform(5.0, 6.6))])
    held = hands.grip(
        np.add(middle, (side * 0.20, 0.24)),
        (-side * rng.uniform(0.5, 1.0), -rng.uniform(0.7, 1.0)),
        np.add(middle, (side * rng.uniform(0.5, 0.9), rng.uniform(1.0, 1.3))),
    )
    white = np.array(_TISSUES[int(rng.integers(len(_TISSUES)))]) * rng.uniform(0.95, 1.02)
    wide = rng.uniform(0.25, 0.36)
    for layer in range(3):  # it lies over itself in folds
        shift = np.add(rng.normal(0, 0.05, 2), (0, 0.05 * layer))
        at, reach = middle + shift, wide * (1.12 - 0.16 * layer)
        part = s.within([at], 1.7 * wide)
        cover, relief = _crumpled(part.canvas, at, reach, held.at)
        part.lay(cover, white * (1 - 0.02 * layer), relief, contact=0.22, lift=0.03)
    hands.palm(s, held, hand, contact=0.4)
    hands.fingers(s, held, hand, count=4, reach=rng.uniform(0.30, 0.42))
    return s.thing(shadow=0.40)


def _crumpled(
    c: Canvas, middle: NDArray[np.float64], wide: float, held: NDArray[np.float64]
) -> tuple[Floats, NDArray[np.floating]]:
    """A crumpled sheet: what it covers, and its folds, which run to the hand."""
    rng = c.rng
    x, y = c.x - float(middle[0]), c.y - float(middle[1])
    away = np.hypot(x, y)
    count = int(rng.integers(8, 13))
    angles = (np.arange(count) + rng.uniform(-0.4, 0.4, count)) * 2 * np.pi / count
    reach = wide * rng.uniform(0.74, 1.26, count)
    corners = np.stack([np.cos(angles), np.sin(angles)], axis=1) * reach[:, None] + middle
    cover = coverage(c.window, c.to_photo(corners))
    relief = 0.10 * np.sqrt(np.clip(1 - (away / (1.4 * wide)) ** 2, 0, 1))
    for _ in range(int(rng.integers(10, 18))):
        start = middle + rng.normal(0, 0.9 * wide, 2)
        run = held - start + rng.normal(0, 0.1, 2)
        run = run / np.linalg.norm(run)
        across, down = (float(v) for v in run)
        from_x, from_y = c.x - float(start[0]), c.y - float(start[1])
        aside, along = from_y * across - from_x * down, from_x * across + from_y * down
        fade = np.exp(-((along / rng.uniform(0.10, 0.3)) ** 2))
        relief += (
            rng.uniform(0.006, 0.022) * np.exp(-np.abs(aside) / rng.uniform(0.015, 0.04)) * fade
        )
    for _ in range(6):  # dents
        turn = rng.uniform(0, np.pi)
        bent = x * float(np.cos(turn)) + y * float(np.sin(turn)) - rng.normal(0, 0.5 * wide)
        relief += rng.normal(0, 0.09) * np.abs(bent)
    return cover, relief
