"""The truth of a painted picture: what every pixel shows."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.painter.frame import Frame
from glassmask.painter.sheet import Window, fill


class Region(IntEnum):
    """The values of a region map."""

    BACKGROUND = 0
    SKIN = 1
    """The face, apart from the parts below; brows and eyes are of it."""
    MASK = 2
    """A mask with its loops, straps and valve."""
    SHADOW = 3
    """Changed by paint but mostly not covered: shadow, and the soft edge of mask or object."""
    NOSE = 4
    """The visible nose: its tip, wings and nostrils; the bridge counts as skin."""
    MOUTH = 5
    """The visible lips, and what is between them."""
    CHIN = 6
    """The visible chin, from the fold under the lip to the jaw."""
    OBJECT = 7
    """What is before the face and is no mask: a hand, a scarf, a cup, …"""


DEFINING: Final = (Region.NOSE, Region.MOUTH, Region.CHIN)
"""The parts that decide how a mask is worn."""


def part_outline(frame: Frame, part: Region) -> NDArray[np.float64]:
    """The outline of a defining part, (n, 2) in photo pixels.

    Raises:
        ValueError: not one of `DEFINING`.
    """
    if part is Region.MOUTH:
        return frame.points.part("lips")
    if part is Region.NOSE:
        bridge, wings = frame.points.part("bridge"), frame.points.part("nostrils")
        return np.concatenate([bridge[4:5], wings[::-1]])
    if part is Region.CHIN:
        jaw = frame.points.part("outline")[14:23]  # from the right of the chin to the left
        jaw = jaw[1:-1]
        fold = frame.upright(frame.points.part("chin")[0])  # under the lip
        lips = frame.part("lips")
        half = 0.30 * np.ptp(lips[:, 0])
        fold_line = frame.to_photo(fold + np.array([[-half, 0.0], [half, 0.0]]))
        return np.concatenate([jaw, fold_line])
    raise ValueError(f"{part!r} is not a part that decides how a mask is worn")


def bare_regions(frame: Frame, window: Window) -> NDArray[np.uint8]:
    """The region map of the unpainted face in a window, uint8 (h, w)."""
    regions = np.full(window.shape, Region.BACKGROUND, np.uint8)
    start = (window.x0, window.y0)
    fill(regions, frame.points.part("outline") - start, Region.SKIN)
    for part in (Region.CHIN, Region.MOUTH, Region.NOSE):
        fill(regions, part_outline(frame, part) - start, part)
    return regions


def grown(outline: NDArray[np.floating], pixels: float) -> NDArray[np.float64]:
    """The convex hull of points (n, 2), grown outwards by about `pixels`."""
    hull = cv2.convexHull(outline.astype(np.float32))[:, 0].astype(np.float64)
    turn = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    ring = np.stack([np.cos(turn), np.sin(turn)], axis=1) * pixels
    around = (hull[:, None] + ring).reshape(-1, 2)
    return cv2.convexHull(around.astype(np.float32))[:, 0].astype(np.float64)
