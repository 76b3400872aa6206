"""What holds a mask: loops round the ears, or straps round the head."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.painter.frame import Frame
from glassmask.painter.kinds import Look
from glassmask.painter.sheet import Floats, Sheet, Window, coverage
from glassmask.painter.wearing import Wearing

_SUBPIXEL = 4


def straps(sheet: Sheet, frame: Frame, look: Look, wearing: Wearing) -> Floats:
    """How much of each pixel the loops or straps cover: (h, w) in [0, 1]."""
    width = (0.022 if look.head_straps else 0.010) * frame.width
    large = np.zeros([side * _SUBPIXEL for side in sheet.window.shape], np.uint8)
    corners = frame.upright(sheet.corners)
    for right in (False, True):
        upper, lower = corners[int(right)], corners[2 + int(right)]
        for line in _lines(frame, look, wearing, right, upper, lower):
            _draw(large, frame.to_photo(line), sheet.window, width)
    height, wide = sheet.window.shape
    drawn = cv2.resize(large, (wide, height), interpolation=cv2.INTER_AREA)
    covered = np.asarray(drawn, np.float32) / np.float32(255)
    if look.head_straps or wearing.way == "elsewhere":  # they go on behind the head
        head = coverage(sheet.window, _head(frame))
        covered = covered * head
    return np.asarray(covered, np.float32)


def _lines(
    frame: Frame,
    look: Look,
    wearing: Wearing,
    right: bool,
    upper: NDArray[np.float64],
    lower: NDArray[np.float64],
) -> list[NDArray[np.float64]]:
    """Curves from the two corners of one side, upright."""
    sign = 1.0 if right else -1.0
    numbers = (6, 8, 9) if right else (30, 28, 27)
    temple, ear, lobe = (frame.outline[number] for number in numbers)
    if wearing.way == "elsewhere" or look.head_straps:
        over = temple + np.array([sign * 0.25, -0.02]) * frame.width
        under = lobe + np.array([sign * 0.22, 0.10]) * frame.width
        if wearing.way == "elsewhere":
            middle = (upper + lower) / 2
            over = middle + np.array([sign * 0.4, 0.10]) * frame.width
            under = over + np.array([0.0, 0.06]) * frame.width
        return [_bow(upper, over, 0.01 * frame.width), _bow(lower, under, 0.01 * frame.width)]
    out = sign * (ear[0] - upper[0])
    if out < 0.05 * frame.width:  # this side is turned away
        return []
    high = ear + np.array([sign * 0.02, -0.02]) * frame.width
    low = lobe + np.array([sign * 0.01, 0.0]) * frame.width
    sag = 0.02 * frame.width
    return [_bow(upper, high, sag), _bow(lower, low, -sag)]


def _bow(start: NDArray[np.float64], end: NDArray[np.float64], sag: float) -> NDArray[np.float64]:
    """A shallow curve between two points, (n, 2)."""
    t = np.linspace(0, 1, 12)[:, None]
    line = start * (1 - t) + end * t
    line[:, 1] += sag * 4 * (t * (1 - t))[:, 0]
    return np.asarray(line, np.float64)


def _draw(
    large: NDArray[np.uint8], line: NDArray[np.float64], window: Window, width: float
) -> None:
    points = (line - (window.x0, window.y0)) * _SUBPIXEL - 0.5
    thick = max(1, round(width * _SUBPIXEL))
    cv2.polylines(large, [np.round(points * 16).astype(np.int32)], False, 255, thick, cv2.LINE_8, 4)


def _head(frame: Frame) -> NDArray[np.float64]:
    """The head with its hair, roughly: the outline, wider and higher."""
    middle = frame.outline.mean(axis=0)
    grown = (frame.outline - middle) * (1.12, 1.15) + middle
    return frame.to_photo(grown)
