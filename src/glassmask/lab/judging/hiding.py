"""Hide an uncovered part in a view: whoever says that it is uncovered must have seen it there."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Fill: TypeAlias = Literal["grey", "blur", "noise"]
"""What is put in a hidden part's place: one colour, the part itself without detail, or noise."""

FILLS: Final[tuple[Fill, ...]] = ("grey", "blur", "noise")


def hide(
    crop: NDArray[np.uint8], part: NDArray[np.bool_], fill: Fill, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Hide pixels of a crop.

    Args:
        crop: RGB uint8 (S, S, 3).
        part: bool (S, S), what is hidden; its edge becomes soft.
        fill: what is put there.
        rng: of colours and noise.

    Returns:
        RGB uint8 (S, S, 3).
    """
    size = len(crop)
    cover = cv2.GaussianBlur(part.astype(np.float32), (0, 0), max(0.5, size / 160))[..., None]
    picture = crop.astype(np.float32)
    inside = picture[part]
    mean = inside.mean(axis=0) if len(inside) else np.full(3, 128.0, np.float32)
    if fill == "blur":
        few = int(rng.integers(6, 14))
        small = cv2.resize(picture, (few, few), interpolation=cv2.INTER_AREA)
        other = cv2.resize(small, (size, size), interpolation=cv2.INTER_LINEAR)
    elif fill == "noise":
        other = mean + rng.normal(0, 60, crop.shape)
    else:
        draw = rng.random()
        colour = mean if draw < 0.5 else 128.0 if draw < 0.75 else rng.uniform(0, 255, 3)
        other = np.broadcast_to(np.asarray(colour, np.float32), crop.shape)
    hidden = picture * (1 - cover) + np.clip(other, 0, 255) * cover
    return np.clip(hidden + 0.5, 0, 255).astype(np.uint8)
