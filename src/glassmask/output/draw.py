"""Draw on photos: heat maps, boxes and labels."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from glassmask.faces.crop import Box

Colour: TypeAlias = tuple[int, int, int]

Span: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""

HEAT_OPACITY: Final = 0.65

_WIDEST: Final = 1.5
"""A label wider than so many times its box could be taken for a neighbour's: a shorter one."""


def encode_jpeg(picture: NDArray[np.uint8], quality: int, comment: bytes = b"") -> bytes:
    """A picture, RGB uint8 (H, W, 3), as a JPEG file."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=quality, comment=comment)
    return buffer.getvalue()


def encode_png(picture: NDArray[np.uint8], comment: bytes = b"") -> bytes:
    """A picture, RGB uint8 (H, W, 3), as a PNG file."""
    buffer, texts = io.BytesIO(), PngInfo()
    if comment:
        texts.add_text("Comment", comment)  # it stands in front of the pixels
    Image.fromarray(picture).save(buffer, "PNG", pnginfo=texts)
    return buffer.getvalue()


def data_url(picture: NDArray[np.uint8]) -> str:
    """A picture, RGB uint8 (H, W, 3), as a JPEG inside a URL: for pages that are one file."""
    return "data:image/jpeg;base64," + base64.b64encode(encode_jpeg(picture, 88)).decode()


def inferno(levels: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Colours of levels in [0, 1], (H, W): RGB uint8 (H, W, 3), from black to bright yellow.

    The palette grows steadily in lightness, so it reads without colour vision too.
    """
    palette = cv2.applyColorMap((levels * 255).astype(np.uint8), cv2.COLORMAP_INFERNO)
    return np.asarray(cv2.cvtColor(palette, cv2.COLOR_BGR2RGB), np.uint8)


def heat(photo: NDArray[np.uint8], values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Lay the positive part of a map over a photo; bright yellow is the most.

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
        colours = inferno(levels)
        opacity = (HEAT_OPACITY * levels ** np.float32(0.7))[..., None]  # (h, W, 1)
        out[band] = photo[band] * (1 - opacity) + colours * opacity + np.float32(0.5)
    return out


@dataclass(frozen=True, slots=True)
class Mark:
    """A box to draw, and what to write on it.

    Attributes:
        box: (x, y, w, h) in photo pixels.
        colour: RGB.
        texts: what to write, from the longest to the shortest: the first that finds room.
    """

    box: Box
    colour: Colour
    texts: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.texts:
            raise ValueError("a mark needs a text")


def boxes(photo: NDArray[np.uint8], marks: Sequence[Mark]) -> NDArray[np.uint8]:
    """Draw boxes with a label each; labels keep off each other and off other boxes.

    Args:
        photo: RGB uint8 (H, W, 3).
        marks: what to draw, in this order.

    Returns:
        RGB uint8 (H, W, 3).
    """
    image = Image.fromarray(photo)
    pen = ImageDraw.Draw(image)
    for mark in marks:
        x, y, w, h = mark.box
        right, bottom = min(x + w, image.width) - 1, min(y + h, image.height) - 1
        line = _line(image.size, mark.box)
        pen.rectangle((x, y, max(x, right), max(y, bottom)), outline=mark.colour, width=line)
    taken: list[Span] = []
    for number, mark in enumerate(marks):
        others = [_span(m.box) for m in (*marks[:number], *marks[number + 1 :])]
        tag = _placed(pen, image.size, mark, taken, others)
        taken.append(tag.span)
        pen.rectangle(tag.span, fill=mark.colour)
        left, top = tag.span[:2]
        pen.text((left + tag.pad, top + tag.pad / 3), tag.text, ink(mark.colour), tag.font)
    return np.asarray(image)


def fit(photo: NDArray[np.uint8], longest: int) -> NDArray[np.uint8]:
    """Scale a photo so that its longer side has `longest` pixels."""
    scale = longest / max(photo.shape[:2])
    width, height = (max(1, round(side * scale)) for side in (photo.shape[1], photo.shape[0]))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(photo, (width, height), interpolation=how), np.uint8)


@dataclass(frozen=True, slots=True)
class _Tag:
    """A label with its place."""

    text: str
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont
    pad: float
    span: Span


@lru_cache(maxsize=64)
def font_of(points: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The letters of labels, in a size."""
    return ImageFont.load_default(points)


def _placed(
    pen: ImageDraw.ImageDraw,
    size: tuple[int, int],
    mark: Mark,
    taken: Sequence[Span],
    others: Sequence[Span],
) -> _Tag:
    """Where a mark's label goes: above its box, in its top, or below, as large as there is room.

    Where none is, the shortest text goes into the box's corner.
    """
    x, y, w, h = mark.box
    smallest = max(10.0, max(size) / 100)
    largest = max(smallest, min(max(size) / 22, 0.09 * h))
    tag = None
    for text in mark.texts:
        natural = pen.textlength(text, font_of(100)) / 100  # of points
        fitting = max(smallest, min(round((w - 4) / (natural + 1)), largest))
        for points in dict.fromkeys((fitting, smallest)):
            font = font_of(points)
            pad = points / 2
            width, height = natural * points + 2 * pad, points * 1.4 + 1
            if others and text != mark.texts[-1] and width > _WIDEST * w:
                continue
            left = max(0.0, min(x, size[0] - width))
            for top, outside in ((y - height, True), (y, False), (y + h, True)):
                span = (left, top, left + width, top + height)
                tag = _Tag(text, font, pad, span)
                if top < 0 or span[2] > size[0] or span[3] > size[1]:
                    continue
                if not outside and height > 0.2 * h:
                    continue
                if not any(meet(span, other) for other in (*taken, *others)):
                    return tag
    assert tag is not None
    left, top, right, bottom = tag.span
    top_left = max(0.0, min(x, size[0] - (right - left))), max(0.0, min(y, size[1] - bottom + top))
    return replace(tag, span=(*top_left, top_left[0] + right - left, top_left[1] + bottom - top))


def _line(size: tuple[int, int], box: Box) -> int:
    """Width of a box's line: for the picture's size, but fine on a small box."""
    return max(1, min(max(2, round(max(size) / 300)), round(min(box[2:]) / 15)))


def _span(box: Box) -> Span:
    x, y, w, h = box
    return x, y, x + w, y + h


def meet(one: Span, other: Span) -> bool:
    """Whether two spans share some of the picture."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def ink(ground: Colour) -> Colour:
    """Black or white, whichever reads on a ground."""
    luma = 0.299 * ground[0] + 0.587 * ground[1] + 0.114 * ground[2]
    return (0, 0, 0) if luma > 140 else (255, 255, 255)
