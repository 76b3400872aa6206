"""Pairs: the same face, mask and light with one thing changed, and where the pictures differ."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.faces.points import FacePoints
from glassmask.painter.kinds import Look
from glassmask.painter.painter import paint
from glassmask.painter.truth import Painted
from glassmask.painter.wearing import Wearing, draw_wearing

CHANGES: Final = ("nose", "chin", "nose_and_mouth")
"""What the second picture of a pair uncovers; the first is worn correctly."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures that differ in how the mask is worn, and in nothing else.

    Attributes:
        before: the mask is worn correctly.
        after: a part is uncovered: the cloth over it is folded away.
        changes: bool (H, W): the pixels whose value differs, exactly.
    """

    before: Painted
    after: Painted
    changes: NDArray[np.bool_]


def paint_pair(
    photo: NDArray[np.uint8],
    points: FacePoints,
    look: Look,
    uncovered: str,
    rng: np.random.Generator,
) -> Pair:
    """Paint a pair: a correct mask, and the same with `uncovered`, one of `CHANGES`.

    Raises:
        PaintError: the face can't be painted so.
        ValueError: not one of `CHANGES`.
    """
    if uncovered not in CHANGES:
        raise ValueError(f"no change {uncovered!r}; there are: {', '.join(CHANGES)}")
    correct = draw_wearing("correct", rng)
    folded = _folded(correct, uncovered, rng)
    before = paint(photo, points, correct, look)
    after = paint(photo, points, folded, look, folded_from=correct)
    return Pair(before, after, (before.picture != after.picture).any(axis=2))


def _folded(correct: Wearing, uncovered: str, rng: np.random.Generator) -> Wearing:
    """The same mask with its upper or lower edge folded in."""
    if uncovered == "nose":
        top = rng.uniform(4.7, 5.6)
        corner = min(correct.top_corner + 0.5, correct.bottom_corner - 0.4)
        return replace(correct, way="nose", top=top, top_corner=corner)
    if uncovered == "chin":
        bottom = rng.uniform(7.08, 7.3)
        corner = max(correct.bottom_corner - 0.6, correct.top_corner + 0.4)
        return replace(correct, way="chin", bottom=bottom, bottom_corner=corner)
    top = rng.uniform(7.25, 7.6)
    corner = min(correct.top_corner + 1.6, correct.bottom_corner - 0.2)
    return replace(correct, way="nose_and_mouth", top=top, top_corner=corner)
