"""Put a face into the photo of another: what is said of it must not come from its neighbour."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.faces.crop import Box

BESIDE = 0.3
"""What is kept left, right and above of a face's box, over the box's sides: ears, and what hangs
from them."""

BELOW = 0.1
"""What is kept below the rows that show why the label is true, over the box's height."""

SMALLER = (0.4, 0.9)
"""How large the neighbour's face is, over the face itself: whose label it is stays clear."""

APART = (0.7, 1.3)
"""From one face's centre to the other's, over the longer side of the face's box."""


def replace_surroundings(
    photo: NDArray[np.uint8],
    box: Box,
    rows: tuple[float, float],
    other: NDArray[np.uint8],
    other_box: Box,
    rng: np.random.Generator,
) -> NDArray[np.uint8]:
    """Replace what lies around a face by another photo, whose own face is beside it.

    Args:
        photo: RGB uint8 (H, W, 3).
        box: of the face (x, y, w, h), in pixels of the photo.
        rows: top and bottom of what shows why the label is true, over the height of the box.
        other: RGB uint8, of any size.
        other_box: of its face, in its pixels.
        rng: the only source of chance.

    Returns:
        RGB uint8 (H, W, 3): the face and what is close to it as it was, then a soft edge.
    """
    height, width = photo.shape[:2]
    x, y, w, h = box
    longest = max(w, h)
    centre = np.array([x + w / 2, y + h / 2])
    angle = rng.uniform(0, 2 * np.pi)
    place = centre + longest * rng.uniform(*APART) * np.array([np.cos(angle), np.sin(angle)])
    scale = longest * rng.uniform(*SMALLER) / max(other_box[2], other_box[3])
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    from_x, from_y = other_box[0] + other_box[2] / 2, other_box[1] + other_box[3] / 2
    matrix = np.array(
        [
            [mirror * scale, 0, place[0] - mirror * scale * from_x],
            [0, scale, place[1] - scale * from_y],
        ]
    )
    around = cv2.warpAffine(
        other, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    kept = np.zeros((height, width), np.float32)
    top, bottom = min(rows[0], 0.0) - BESIDE, max(rows[1], 1.0) + BELOW
    middle = round(x + w / 2), round(y + h * (top + bottom) / 2)
    axes = round(w * (0.5 + BESIDE) * 1.15), round(h * (bottom - top) / 2 * 1.15)
    cv2.ellipse(kept, middle, axes, 0, 0, 360, 1.0, -1)
    kept = np.asarray(cv2.GaussianBlur(kept, (0, 0), max(1.0, 0.06 * longest)), np.float32)
    mixed = around + (photo.astype(np.float32) - around) * kept[..., None]
    return np.asarray(np.clip(mixed + 0.5, 0, 255), np.uint8)
