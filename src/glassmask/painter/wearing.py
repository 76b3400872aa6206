"""Ways of wearing a mask: where its upper and lower edge lie on the face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

WAYS: Final = ("correct", "nose", "chin", "nose_and_mouth", "elsewhere")
"""The ways a mask can be worn: the classes of a masked face, and on forehead or eyes."""


@dataclass(frozen=True, slots=True)
class Wearing:
    """Where a mask hangs; levels as in `frame.LEVELS`.

    Attributes:
        way: one of `WAYS`.
        top: level of the upper edge in the middle of the face.
        bottom: level of the lower edge in the middle.
        top_corner: level of the upper corners, at the sides.
        bottom_corner: level of the lower corners.
        tilt: how much deeper the right side hangs than the left, over the face's width.
    """

    way: str
    top: float
    bottom: float
    top_corner: float
    bottom_corner: float
    tilt: float = 0.0

    def __post_init__(self) -> None:
        if self.way not in WAYS:
            raise ValueError(f"no way {self.way!r} of wearing; there are: {', '.join(WAYS)}")
        if not (self.top < self.bottom and self.top_corner < self.bottom_corner):
            raise ValueError(f"a mask's upper edge lies above its lower edge, got {self}")


def draw_wearing(way: str, rng: np.random.Generator) -> Wearing:
    """Draw one wearing of a way.

    Raises:
        ValueError: an unknown way.
    """
    between = rng.uniform
    tilt = float(np.clip(rng.normal(0, 0.015), -0.04, 0.04))
    if way == "correct":
        return Wearing(
            way,
            top=between(2.2, 3.5),
            bottom=between(7.85, 8.6),
            top_corner=between(3.3, 4.3),
            bottom_corner=between(6.2, 7.2),
            tilt=tilt,
        )
    if way == "nose":
        top = between(4.55, 5.7)
        corner = between(4.3, 4.9) + 0.3 * (top - 4.5)
        return Wearing(way, top, between(8.1, 8.7), corner, between(6.7, 7.4), tilt)
    if way == "chin":
        top = between(2.1, 3.0)
        bottom = between(7.08, 7.35)
        return Wearing(way, top, bottom, between(3.0, 3.8), between(5.4, 6.4), tilt)
    if way == "nose_and_mouth":
        top = between(7.1, 8.9)  # from the chin to the throat
        bottom = max(8.2, top + between(0.6, 1.6))
        top_corner = between(5.2, 6.2) + 0.5 * (top - 7.2)
        bottom_corner = top_corner + between(0.8, 1.8)
        return Wearing(way, top, bottom, top_corner, bottom_corner, tilt)
    if way == "elsewhere":
        if rng.random() < 0.5:  # pushed up on the forehead
            top = between(-0.5, 0.1)
            bottom = top + between(0.7, 1.3)
            corners = (top + 0.15, bottom - 0.1)
        else:  # over the eyes
            top, bottom = between(0.2, 0.9), between(2.6, 4.0)
            corners = (top + 0.35, bottom - 0.3)
        return Wearing(way, top, bottom, *corners, tilt)
    raise ValueError(f"no way {way!r} of wearing; there are: {', '.join(WAYS)}")
