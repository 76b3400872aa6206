"""Attributions as pictures: the map, the map on the photo, and sheets of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from glassmask.lab.attribution.method import Method
from glassmask.output.draw import fit, heat, inferno

Palette: TypeAlias = Literal["inferno", "green"]
"""`inferno` grows steadily in lightness and reads without colour vision; `green` is that of the
studies' pictures of gradients."""

PALETTES: Final[tuple[Palette, ...]] = ("inferno", "green")

TILE: Final = 288
"""Longer side of a picture in a sheet, in pixels."""

_OUTLIERS: Final = 0.5  # percent of pixels that may be brighter than full: single ones blind
_CAPTION: Final = 22  # pixels
_GAP: Final = 6  # pixels


@dataclass(frozen=True, slots=True)
class Tile:
    """A picture of a sheet: RGB uint8 (H, W, 3), what stands under it, and its longer side."""

    picture: NDArray[np.uint8]
    caption: str
    longest: int = TILE


def brightness(values: NDArray[np.float32], palette: Palette) -> NDArray[np.float32]:
    """The positive part of a map as brightness in [0, 1], float32 (H, W).

    All is 0 where nothing is positive. Values that are no numbers are 0. In `green`, for maps of
    single pixels, the brightest half percent is 1.
    """
    positive = np.maximum(np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0), 0)
    outliers = _OUTLIERS if palette == "green" else 0.0
    top = float(np.percentile(positive, 100 - outliers))
    top = top if top > 0 else float(positive.max(initial=0.0))
    if top <= 0:
        return np.zeros(values.shape, np.float32)
    return np.asarray(np.minimum(positive / np.float32(top), 1), np.float32)


def colourise(values: NDArray[np.float32], palette: Palette) -> NDArray[np.uint8]:
    """A map alone: RGB uint8 (H, W, 3), dark where nothing is positive."""
    bright = brightness(values, palette)
    if palette == "green":
        red_blue = 255 * np.maximum(bright - 0.8, 0) * 2  # the most is paler, not only greener
        return np.stack([red_blue, 255 * bright, red_blue], axis=2).astype(np.uint8)
    return inferno(bright)


def overlay(
    photo: NDArray[np.uint8], values: NDArray[np.float32], palette: Palette
) -> NDArray[np.uint8]:
    """A map on its photo: RGB uint8 (H, W, 3); where nothing is positive, the photo.

    Green lies on a grey photo, or a green mask could be taken for an attribution.

    Raises:
        ValueError: photo and map differ in size.
    """
    if photo.shape[:2] != values.shape:
        raise ValueError(f"the map is {values.shape}, the photo {photo.shape[:2]}")
    return blend(photo, brightness(values, palette), palette)


def blend(
    photo: NDArray[np.uint8], bright: NDArray[np.float32], palette: Palette
) -> NDArray[np.uint8]:
    """Brightness in [0, 1], (H, W), laid on a photo of that size, as it is: RGB uint8 (H, W, 3)."""
    if palette == "inferno":
        return heat(photo, bright)
    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY).astype(np.float32)
    opacity = bright[..., None] ** 0.7  # (H, W, 1)
    # Always of the full green: a dark one would make what speaks a little look like what does not.
    full = colourise(np.ones((1, 1), np.float32), palette).astype(np.float32)
    return np.asarray(grey[..., None] * 0.75 * (1 - opacity) + full * opacity + 0.5, np.uint8)


def default_palette(method: Method) -> Palette:
    """What a method's maps are usually painted with."""
    return "green" if method.per_pixel else "inferno"


def make_row(
    photo: NDArray[np.uint8], values: NDArray[np.float32], method: Method, palette: Palette | None
) -> list[Tile]:
    """Photo, map and overlay, as Grad-CAM's pictures; photo, overlay, map for gradients.

    Args:
        photo: RGB uint8 (H, W, 3).
        values: float32 (H, W).
        method: whose map it is.
        palette: None: the method's own.
    """
    chosen = palette or default_palette(method)
    on_photo = Tile(overlay(photo, values, chosen), f"{method.name} on the photo")
    alone = Tile(colourise(values, chosen), method.name)
    both = (on_photo, alone) if method.per_pixel else (alone, on_photo)
    return [Tile(photo, "photo"), *both]


def sheet(rows: Sequence[Sequence[Tile]]) -> NDArray[np.uint8]:
    """Rows of pictures with their captions on white: RGB uint8 (H, W, 3)."""
    scaled = [[Tile(fit(t.picture, t.longest), t.caption) for t in row] for row in rows]
    font = ImageFont.load_default(14)
    widths = [sum(tile.picture.shape[1] + _GAP for tile in row) for row in scaled]
    heights = [max(tile.picture.shape[0] for tile in row) + _CAPTION + _GAP for row in scaled]
    page = Image.new("RGB", (max(widths) + _GAP, sum(heights) + _GAP), "white")
    pen = ImageDraw.Draw(page)
    top = _GAP
    for row, height in zip(scaled, heights, strict=True):
        left = _GAP
        for tile in row:
            page.paste(Image.fromarray(tile.picture), (left, top))
            width = tile.picture.shape[1]
            caption = _shortened(tile.caption, font, width)
            pen.text((left, top + tile.picture.shape[0] + 2), caption, "black", font)
            left += width + _GAP
        top += height
    return np.asarray(page)


def _shortened(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> str:
    """As much of a text as there is room for."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(text + "...") > width:
        text = text[:-1]
    return text + "..."
