"""Draw on photos: heat maps, boxes and labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from glassmask.faces.crop import Box

Colour = tuple[int, int, int]

HEAT_OPACITY: Final = 0.65


def heat(photo: NDArray[np.uint8], values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Lay the positive part of a map over a photo; bright yellow is the most.

    The palette (inferno) grows steadily in lightness, so it reads without colour vision too.
    A map with nothing positive leaves the photo as it is.

    Args:
        photo: RGB uint8 (H, W, 3).
        values: (H, W) float32.

    Returns:
        RGB uint8 (H, W, 3).

    Raises:
        ValueError: photo and map differ in size.
    """
    if photo.shape[:2] != values.shape:
        raise ValueError(f"the map is {values.shape}, the photo {photo.shape[:2]}")
    positive = np.maximum(values, 0)
    top = float(positive.max(initial=0))
    if top <= 0:
        return photo.copy()
    out = photo.copy()
    for first in range(0, len(photo), 256):  # in bands: a large photo needs no large copies
        band = slice(first, first + 256)
        levels = positive[band] / top  # in [0, 1]
        palette = cv2.applyColorMap((levels * 255).astype(np.uint8), cv2.COLORMAP_INFERNO)
        colours = cv2.cvtColor(palette, cv2.COLOR_BGR2RGB)
        opacity = (HEAT_OPACITY * levels ** np.float32(0.7))[..., None]  # (h, W, 1)
        out[band] = photo[band] * (1 - opacity) + colours * opacity + np.float32(0.5)
    return out


def boxes(photo: NDArray[np.uint8], marks: Sequence[tuple[Box, str, Colour]]) -> NDArray[np.uint8]:
    """Draw boxes with a label each.

    Args:
        photo: RGB uint8 (H, W, 3).
        marks: box (x, y, w, h) in photo pixels, label, RGB colour.

    Returns:
        RGB uint8 (H, W, 3).
    """
    image = Image.fromarray(photo)
    pen = ImageDraw.Draw(image)
    line = max(2, round(max(image.size) / 300))
    for (x, y, w, h), text, colour in marks:
        label = text.replace("\N{NO-BREAK SPACE}", " ")  # the font has no such glyph
        right, bottom = min(x + w, image.width) - 1, min(y + h, image.height) - 1
        pen.rectangle((x, y, max(x, right), max(y, bottom)), outline=colour, width=line)
        room = min(w, image.width - x) - 6 * line
        size = _fitting(pen, label, room, max(image.size) / 22)
        font = ImageFont.load_default(size)
        corner = (x + 3 * line, y + line)
        _, _, text_right, text_bottom = pen.textbbox(corner, label, font)
        pen.rectangle((x, y, text_right + 3 * line, text_bottom + 2 * line), fill=colour)
        pen.text(corner, label, _ink(colour), font)
    return np.asarray(image)


def fit(photo: NDArray[np.uint8], longest: int) -> NDArray[np.uint8]:
    """Scale a photo so that its longer side has `longest` pixels."""
    scale = longest / max(photo.shape[:2])
    width, height = (max(1, round(side * scale)) for side in (photo.shape[1], photo.shape[0]))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(photo, (width, height), interpolation=how), np.uint8)


def _fitting(pen: ImageDraw.ImageDraw, text: str, width: float, most: float) -> float:
    """The font size, at least 8 and about `most`, at which a text takes at most this width."""
    natural = pen.textlength(text, ImageFont.load_default(100)) / 100
    return max(8.0, min(width / natural, max(most, 10.0)))


def _ink(ground: Colour) -> Colour:
    luma = 0.299 * ground[0] + 0.587 * ground[1] + 0.114 * ground[2]
    return (0, 0, 0) if luma > 140 else (255, 255, 255)
