"""From logits to a verdict: how the mask is worn, how sure that is, or why it can't be said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.evidence import Evidence
from glassmask.faces.face import Face
from glassmask.labels import CLASSES, CLASSES_OF_WEAR, WEARS, Uncovered, Wear, fold_wears

# Chosen on val faces, real and painted: where darkening or blurring them costs the shipped network
# some 5 points of balanced accuracy; shrinking to 32 px costs 2. Of real val faces of 48 px or more
# none is so dark, and 1 in 300 so blurred.
SMALL_PX: Final = 32.0
"""A face whose box has a longer side under this, in photo pixels, is too small to judge."""

DARK_LEVEL: Final = 32.0
"""A crop whose 95th percentile of luma (0-255) is under this is too dark to judge."""

BLURRED_DETAIL: Final = 0.024
"""A crop whose `detail` is under this is too blurred to judge."""


class UnsureReason(StrEnum):
    """Why a verdict is unsure."""

    AMBIGUOUS = "ambiguous"
    SMALL = "small"
    DARK = "dark"
    BLURRED = "blurred"


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """How one face wears its mask.

    Attributes:
        face: which face.
        wear: the largest of the three folded probabilities; given also when unsure.
        uncovered: the largest of the three incorrect classes; None unless wear is incorrect.
        probabilities: class -> calibrated probability in [0, 1], in the order of `CLASSES`.
        unsure: the photo does not suffice to say.
        unsure_reason: why; None when sure.
        prediction_set: the likeliest wears that together reach the network's confidence,
            likeliest first.
        evidence: what the verdict was computed from.
    """

    face: Face
    wear: Wear
    uncovered: Uncovered | None
    probabilities: Mapping[str, float]
    unsure: bool
    unsure_reason: UnsureReason | None
    prediction_set: tuple[Wear, ...]
    evidence: Evidence

    def __post_init__(self) -> None:
        if (self.wear is Wear.INCORRECT) is (self.uncovered is None):
            raise ValueError(f"wear {self.wear} does not go with uncovered {self.uncovered}")
        if self.unsure is (self.unsure_reason is None):
            raise ValueError("unsure and its reason go together")

    @property
    def confidence(self) -> float:
        """The folded probability of `wear`, in [0, 1]."""
        return sum(self.probabilities[CLASSES[i]] for i in CLASSES_OF_WEAR[self.wear])


def probabilities_of(logits: NDArray[np.floating], temperature: float) -> NDArray[np.float64]:
    """Softmax of logits (..., 5) divided by a temperature: (..., 5) float64."""
    scaled = np.asarray(logits, np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def decide(probabilities: NDArray[np.float64]) -> tuple[Wear, Uncovered | None]:
    """The likeliest wear of the class probabilities (5,), and what is uncovered if incorrect."""
    wear = WEARS[int(fold_wears(probabilities).argmax())]
    if wear is not Wear.INCORRECT:
        return wear, None
    likeliest = max(CLASSES_OF_WEAR[wear], key=lambda i: float(probabilities[i]))
    return wear, Uncovered(CLASSES[likeliest])


def prediction_set(folded: NDArray[np.float64], confidence: float) -> tuple[Wear, ...]:
    """The likeliest wears of (3,) whose probabilities reach `confidence`, likeliest first."""
    order = np.argsort(-folded, kind="stable")
    count = int(np.searchsorted(np.cumsum(folded[order]), confidence - 1e-12)) + 1
    return tuple(WEARS[i] for i in order[:count])


def unsure_reason(
    crop: NDArray[np.uint8], face_px: float, likely: tuple[Wear, ...]
) -> UnsureReason | None:
    """Why a face can't be judged, or None: the photo's faults come before the network's doubt.

    Args:
        crop: RGB uint8 (S, S, 3).
        face_px: longer side of the face's box in photo pixels.
        likely: the prediction set.
    """
    if face_px < SMALL_PX:
        return UnsureReason.SMALL
    luma = luma_of(crop)
    if np.percentile(luma, 95) < DARK_LEVEL:
        return UnsureReason.DARK
    if detail(luma) < BLURRED_DETAIL:
        return UnsureReason.BLURRED
    return UnsureReason.AMBIGUOUS if len(likely) > 1 else None


def luma_of(crop: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The luma (ITU-R BT.601) of a crop, RGB uint8 (S, S, 3): float64 (S, S), 0 to 255."""
    return np.asarray(crop @ np.array([0.299, 0.587, 0.114]))


def detail(luma: NDArray[np.floating]) -> float:
    """How much of a crop's contrast is fine: spread of steps over 2 pixels to spread of levels.

    A crop (S, S) without any contrast has none: 0.
    """
    spread = float(luma.std())
    if spread < 1e-9:
        return 0.0
    steps = np.concatenate([(luma[2:] - luma[:-2]).ravel(), (luma[:, 2:] - luma[:, :-2]).ravel()])
    return float(np.mean(steps**2)) / spread**2
