"""The ways a picture may frame its face, for figures by framing.

A framing cuts a rectangle around the face box out of the picture; the rectangle is then judged
as a whole picture, just as `glassmask check --whole` would judge it. Nothing beyond the picture
is made up: where the rectangle reaches outside, it is cut at the border.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from glassmask.faces.crop import Box, Square, crop

FRAMINGS: Mapping[str, tuple[float, float] | None] = MappingProxyType(
    {
        "tight": (1.0, 1.0),
        "medium": (1.5, 1.5),
        "loose": (3.0, 3.0),
        "portrait": (1.5, 2.0),
        "as given": None,
    }
)
"""Name -> width and height of the rectangle in longer sides of the face box; None: all of it."""


def framed(photo: NDArray[np.uint8], box: Box, framing: str) -> NDArray[np.uint8]:
    """Cut a picture to a framing: RGB uint8 (H, W, 3) to RGB uint8 (h, w, 3), a view."""
    extent = FRAMINGS[framing]
    if extent is None:
        return photo
    longer = max(box[2], box[3])
    x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
    half_w, half_h = longer * extent[0] / 2, longer * extent[1] / 2
    rows = _span(y - half_h, y + half_h, photo.shape[0])
    return photo[rows, _span(x - half_w, x + half_w, photo.shape[1])]


def _span(low: float, high: float, length: int) -> slice:
    """Pixels from one edge to another, at least one of them inside the picture."""
    first = min(max(0, round(low)), length - 1)
    return slice(first, max(first + 1, min(length, round(high))))


def whole_crop(picture: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """The crop of a whole picture: RGB uint8 (H, W, 3) to (size, size, 3)."""
    height, width = picture.shape[:2]
    return crop(picture, Square.around((0.0, 0.0, float(width), float(height))), size)
