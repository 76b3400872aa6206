"""Comic faces: flat colours and lines, the features where the landmarks are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.painter.canvas import Canvas, Thing
from glassmask.painter.page import Page, oval

_SKINS: Final = (
    *((0.99, 0.86, 0.74), (0.96, 0.78, 0.62), (0.86, 0.64, 0.46)),
    *((0.62, 0.42, 0.28), (0.42, 0.28, 0.20)),
)
_HAIRS: Final = (
    *((0.10, 0.08, 0.08), (0.30, 0.19, 0.12), (0.55, 0.35, 0.18)),
    *((0.88, 0.72, 0.38), (0.60, 0.22, 0.14), (0.60, 0.60, 0.62)),
)
_IRISES: Final = ((0.25, 0.45, 0.75), (0.35, 0.22, 0.12), (0.25, 0.5, 0.3), (0.1, 0.1, 0.1))
_INK: Final = np.array([0.08, 0.06, 0.06])


@dataclass(frozen=True, slots=True)
class _Style:
    """Colours, (3,) RGB in [0, 1] each, and how thick lines are, in face widths."""

    skin: NDArray[np.float64]
    hair: NDArray[np.float64]
    line: float


def comic(c: Canvas) -> Thing:
    """A comic face in this face's place, on a plain ground."""
    rng = c.rng
    page = Page(c)
    page.ground()
    style = _Style(
        np.array(_SKINS[int(rng.integers(len(_SKINS)))]),
        np.array(_HAIRS[int(rng.integers(len(_HAIRS)))]),
        float(rng.uniform(0.012, 0.028)),
    )
    outline = c.frame.points.part("outline")
    middle = outline.mean(axis=0)
    head = middle + (outline - middle) * 1.02
    _hair_behind(page, style, outline, middle)
    _shoulders(page, style, outline)
    page.shape(head, style.skin, _INK, style.line)
    _fringe(page, style, head)
    _eyes(page, style)
    _nose_and_mouth(page, style)
    return page.thing()


def _hair_behind(
    page: Page, style: _Style, outline: NDArray[np.float64], middle: NDArray[np.float64]
) -> None:
    frame, rng = page.c.frame, page.c.rng
    crown = middle + (outline - middle) * (rng.uniform(1.18, 1.3), rng.uniform(1.2, 1.35))
    top = np.concatenate([crown[28:], crown[:9]])  # from ear to ear over the head
    cap = frame.to_photo(np.subtract(frame.upright(top), (0, 0.08 * frame.width)))
    strands = None
    if rng.random() < 0.5:
        fall = frame.upright(crown[[7, 29]])
        ends = np.add(fall, (0, 0.84 * frame.width))
        strands = frame.to_photo(np.concatenate([fall[:1], ends, fall[1:]]))
        page.shape(strands, style.hair, _INK, style.line)
    page.shape(cap, style.hair, _INK, style.line)
    if strands is not None:  # no line between
        page.shape(strands, style.hair, None, 0)


def _shoulders(page: Page, style: _Style, outline: NDArray[np.float64]) -> None:
    frame = page.c.frame
    right, left = frame.upright(outline[[11, 25]])
    chin = frame.upright(outline[18:19])[0]

    def place(corner: NDArray[np.float64], spread: float, down: float) -> NDArray[np.float64]:
        return np.add(corner * (spread, 1), (0, down * frame.width))

    neck = [place(right, 0.6, 0), place(right, 0.6, 0.54), place(right, 2.2, 1.2)]
    neck += [place(left, 2.2, 1.2), place(left, 0.6, 0.54), place(left, 0.6, 0)]
    page.shape(frame.to_photo(np.stack(neck)), style.skin * 0.92, _INK, style.line)
    shirt = [place(right, 0.75, 0.5), place(right, 3.0, 0.9), place(right, 3.4, 3.0)]
    shirt += [place(left, 3.4, 3.0), place(left, 3.0, 0.9), place(left, 0.75, 0.5)]
    shirt.append(place(chin, 1.0, 0.66))
    colour = page.c.rng.uniform(0.1, 0.95, 3)
    page.shape(frame.to_photo(np.stack(shirt)), colour, _INK, style.line)


def _fringe(page: Page, style: _Style, head: NDArray[np.float64]) -> None:
    frame, rng = page.c.frame, page.c.rng
    hairline = np.concatenate([head[27:], head[:10]])
    left, right = frame.upright(hairline[[0, -1]])[:, 0]
    brow = frame.height(rng.uniform(0.3, 0.8))
    parting = (right * rng.uniform(-0.5, 0.5), brow - 0.12 * frame.width)
    lower = np.array([(right * 0.9, brow), parting, (left * 0.9, brow)])
    whole = np.concatenate([hairline, frame.to_photo(lower)])
    page.shape(whole, style.hair, _INK, style.line)


def _eyes(page: Page, style: _Style) -> None:
    c, rng, points = page.c, page.c.rng, page.c.frame.points
    for name in ("left_brow", "right_brow"):
        page.line(points.part(name), style.hair * 0.6, 2.4 * style.line)
    big = rng.uniform(1.0, 1.6)  # comics' eyes are large
    iris = np.array(_IRISES[int(rng.integers(len(_IRISES)))])
    for name in ("left_eye", "right_eye"):
        eye = points.part(name)
        centre = eye.mean(axis=0)
        lid = centre + (eye - centre) * (1.0 + 0.1 * big, big * 1.15)
        page.shape(lid, np.full(3, 0.98), _INK, style.line * 0.8)
        at = c.at(centre)
        half = np.full(2, 0.43 * np.ptp(c.at(lid)[:, 1]))
        page.lay(c.inside(oval(c, at, half)), iris)
        page.lay(c.inside(oval(c, at, half * 0.5)), _INK)
        page.lay(c.inside(oval(c, at - 0.3 * half, half * 0.25)), np.ones(3))


def _nose_and_mouth(page: Page, style: _Style) -> None:
    c, rng, points = page.c, page.c.rng, page.c.frame.points
    nose = _INK if rng.random() < 0.5 else style.skin * 0.6
    page.line(points.part("nostrils")[2:7], nose, style.line)
    if rng.random() < 0.4:
        page.line(points.part("bridge")[2:], style.skin * 0.72, style.line)
    lips, mouth = points.part("lips"), points.part("mouth")
    red = np.array([0.78, 0.28, 0.28]) if rng.random() < 0.5 else style.skin * (0.85, 0.6, 0.6)
    page.shape(lips, red, None, 0)
    if np.ptp(c.at(mouth)[:, 1]) > 0.03:
        page.shape(mouth, np.full(3, 0.97), _INK, style.line * 0.6)
    else:
        page.line(mouth[:5], _INK, style.line)
