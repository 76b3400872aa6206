"""How a mask is worn: the three wears, what may be uncovered, and the five classes between.

The network tells five fine classes apart. People ask a coarser question, so the three
incorrect classes fold into one wear; this file is the only place that knows how.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray


class Wear(StrEnum):
    """How the mask is worn: the three classes of the MaskedFace-Net studies."""

    CORRECT = "correct"
    INCORRECT = "incorrect"
    NONE = "none"


class Uncovered(StrEnum):
    """Which part of the face an incorrectly worn mask leaves uncovered."""

    NOSE = "nose"
    CHIN = "chin"
    NOSE_AND_MOUTH = "nose_and_mouth"


CLASSES: Final = ("none", "correct", "nose", "chin", "nose_and_mouth")
"""The network's five outputs, in their order."""

WEARS: Final = (Wear.CORRECT, Wear.INCORRECT, Wear.NONE)
"""The folded classes, in the order of every folded array."""

WEAR_OF_CLASS: Final = {
    "none": Wear.NONE,
    "correct": Wear.CORRECT,
    "nose": Wear.INCORRECT,
    "chin": Wear.INCORRECT,
    "nose_and_mouth": Wear.INCORRECT,
}

CLASSES_OF_WEAR: Final = {
    wear: tuple(i for i, name in enumerate(CLASSES) if WEAR_OF_CLASS[name] is wear)
    for wear in WEARS
}
"""Positions in `CLASSES` of the classes that make up a wear."""


def fold_wears(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """Fold the five class probabilities into the three wears.

    Args:
        probabilities: (..., 5), in the order of `CLASSES`.

    Returns:
        (..., 3) float64, in the order of `WEARS`; *incorrect* is the sum of its three classes.

    Raises:
        ValueError: the last axis does not hold five values.
    """
    if probabilities.shape[-1:] != (len(CLASSES),):
        raise ValueError(
            f"expected {len(CLASSES)} class probabilities on the last axis, "
            f"got an array of shape {probabilities.shape}"
        )
    parts = [
        probabilities[..., list(CLASSES_OF_WEAR[wear])].sum(axis=-1, dtype=np.float64)
        for wear in WEARS
    ]
    return np.stack(parts, axis=-1)


def class_index(wear: Wear, uncovered: Uncovered | None) -> int:
    """Position in `CLASSES` of the fine class that a wear and what is uncovered name.

    Raises:
        ValueError: `uncovered` is missing for an incorrect wear, or given for another.
    """
    if (wear is Wear.INCORRECT) is (uncovered is None):
        raise ValueError(f"wear {wear} does not go with uncovered {uncovered}")
    return CLASSES.index(str(uncovered or wear))
