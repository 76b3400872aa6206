"""Every kind of pixels as RGB uint8: grey, deep, transparent, of a palette or for printers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from glassmask.errors import PhotoError, ProblemKind

TWELVE_BITS: Final = 4096
"""Values of 16 bits that all stay under this are those of a sensor of 12 bits, or unknown."""

_ROWS: Final = 128
"""Of a picture, so many are converted at a time."""


def rgb_pixels(image: Image.Image) -> NDArray[np.uint8]:
    """The pixels of a picture: RGB uint8 (H, W, 3), C-contiguous; transparency is laid onto white.

    Raises:
        PhotoError: its values are of unknown range.
    """
    # By strips: what lies between a picture and its RGB would take several times its memory.
    levels = _grey_levels(image)
    pixels = np.empty((image.height, image.width, 3), np.uint8)
    for rows, strip in _strips(image):
        pixels[rows] = np.asarray(_to_rgb(strip, levels))
    return pixels


def _strips(image: Image.Image) -> Iterator[tuple[slice, Image.Image]]:
    for top in range(0, image.height, _ROWS):
        end = min(top + _ROWS, image.height)
        yield slice(top, end), image.crop((0, top, image.width, end))


def _grey_levels(image: Image.Image) -> NDArray[np.uint8] | None:
    """What each 16-bit value of a picture of deep grey is in 8 bits; None for other pictures."""
    if image.mode != "I" and not image.mode.startswith("I;16"):
        return None
    ends = [(v.min(), v.max()) for v in (np.asarray(strip) for _, strip in _strips(image))]
    least, most = int(min(low for low, _ in ends)), int(max(high for _, high in ends))
    eight = image.mode == "I" and most <= 255  # 8 bits in 32
    if least < 0 or most > 65535 or (0 < most < TWELVE_BITS and not eight):
        raise PhotoError(
            f"holds grey values of unknown range ({least} to {most}): save it as 8 or 16 bit",
            ProblemKind.UNSUPPORTED,
        )
    top = 255.0 if eight else 65535.0
    return (np.arange(65536) * (255 / top) + 0.5).clip(0, 255).astype(np.uint8)


def _to_rgb(image: Image.Image, grey_levels: NDArray[np.uint8] | None) -> Image.Image:
    if image.mode == "RGB":
        return image
    if grey_levels is not None:
        values = np.asarray(image).astype(np.uint16, copy=False)
        return Image.fromarray(grey_levels[values]).convert("RGB")
    if image.mode == "F":
        raise PhotoError(
            "holds floating-point values of unknown range: save it as 8 or 16 bit",
            ProblemKind.UNSUPPORTED,
        )
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    return image.convert("RGB")
