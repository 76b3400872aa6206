"""From logits to a verdict: how the mask is worn, how sure that is, or why it can't be said."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.combinations import Combination, uncovered_parts, wear_of
from glassmask.evidence import Evidence
from glassmask.faces.face import Face
from glassmask.labels import (
    PARTS,
    QUESTIONS,
    WEARS,
    Part,
    Question,
    Wear,
)

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
    CUT = "cut"
    TURNED = "turned"
    HIDDEN = "hidden"  # reserved: no rule gives it yet


class Reply(StrEnum):
    """What the answer to a question is."""

    YES = "yes"
    NO = "no"
    CANT_SEE = "cant_see"


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question about one face.

    Attributes:
        answer: yes, no, or that it can't be seen. It follows from the verdict's wear and never
            contradicts it.
        probability: how likely yes is, calibrated, in [0, 1].
        logit: the mean of the question's evidence map plus `bias`.
        bias: what the logit is where there is no evidence.
        shares: region -> its share of what speaks for the answer; they sum to 1, or are all 0 where
            nothing does. Empty where a record came without.
    """

    answer: Reply
    probability: float
    logit: float
    bias: float
    shares: Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """How one face wears its mask.

    Attributes:
        face: which face.
        wear: the one with the largest probability; given also when unsure.
        uncovered: the parts of the face that an incorrectly worn mask leaves uncovered; empty
            for another wear, and where none of them can be seen.
        answers: question -> its answer, in the order of `QUESTIONS`.
        probabilities: wear -> calibrated probability in [0, 1]; they sum to 1.
        unsure_reason: why the photo does not suffice to say; None when sure.
        prediction_set: the likeliest wears that together reach the network's confidence,
            likeliest first.
        shares: region -> its share of what speaks for the verdict: for all of its answers together.
            Empty where a record came without.
        optional_evidence: what `evidence` gives; None where a record came without.
    """

    face: Face
    wear: Wear
    uncovered: tuple[Part, ...]
    answers: Mapping[Question, Answer]
    probabilities: Mapping[Wear, float]
    unsure_reason: UnsureReason | None
    prediction_set: tuple[Wear, ...]
    shares: Mapping[str, float]
    optional_evidence: Evidence | None

    def __post_init__(self) -> None:
        if self.uncovered and self.wear is not Wear.INCORRECT:
            raise ValueError(f"wear {self.wear} does not go with uncovered {self.uncovered}")
        if tuple(self.answers) != QUESTIONS:
            raise ValueError(f"answers are to {QUESTIONS}, in this order, got {(*self.answers,)}")

    @property
    def unsure(self) -> bool:
        """Whether the photo does not suffice to say."""
        return self.unsure_reason is not None

    @property
    def evidence(self) -> Evidence:
        """The maps that the verdict was computed from.

        Raises:
            ValueError: it was read from a record that came without.
        """
        if self.optional_evidence is None:
            raise ValueError("this verdict came without maps: record it with evidence='maps'")
        return self.optional_evidence

    @property
    def confidence(self) -> float:
        """The probability of `wear`, in [0, 1]."""
        return self.probabilities[self.wear]


def replies(
    decided: Combination, probabilities: NDArray[np.float64], outside: Container[Part] = ()
) -> dict[Question, Reply]:
    """The answers to be told, in the order of `QUESTIONS`.

    Args:
        decided: the combination that was decided for.
        probabilities: (4,) how likely yes is, in the order of `QUESTIONS`.
        outside: the parts that lie outside the photo: nobody can say whether they are uncovered.
    """
    bare, uncovered = wear_of(decided) is Wear.NONE, uncovered_parts(decided)
    said = {Question.MASK: Reply.NO if bare else Reply.YES}
    for part in PARTS:
        question = Question(part)
        chance = float(probabilities[QUESTIONS.index(question)])
        if part in outside:
            said[question] = Reply.CANT_SEE
        elif bare:  # without a mask, what is not uncovered is hidden by something else
            said[question] = Reply.YES if chance >= 0.5 else Reply.CANT_SEE
        else:
            said[question] = Reply.YES if part in uncovered else Reply.NO
    return said


def answer_sign(answer: Reply) -> int:
    """1 for yes, -1 for no, 0 where it can't be seen."""
    return {Reply.YES: 1, Reply.NO: -1, Reply.CANT_SEE: 0}[answer]


def prediction_set(folded: NDArray[np.float64], confidence: float) -> tuple[Wear, ...]:
    """The likeliest wears of (3,) whose probabilities reach `confidence`, likeliest first."""
    order = np.argsort(-folded, kind="stable")
    count = int(np.searchsorted(np.cumsum(folded[order]), confidence - 1e-12)) + 1
    return tuple(WEARS[i] for i in order[:count])


def unsure_reason(
    crop: NDArray[np.uint8],
    face_px: float,
    likely: tuple[Wear, ...],
    outside: Collection[Part] = (),
    *,
    lost: bool = False,
) -> UnsureReason | None:
    """Why a face can't be judged, or None: the photo's faults come before the network's doubt.

    Args:
        crop: RGB uint8 (S, S, 3).
        face_px: longer side of the face's box in photo pixels.
        likely: the prediction set.
        outside: the parts of the face that lie outside the photo: nobody can judge those.
        lost: whether the face lies turned, and nobody is sure where its parts are.
    """
    if face_px < SMALL_PX:
        return UnsureReason.SMALL
    luma = crop_luma(crop)
    if np.percentile(luma, 95) < DARK_LEVEL:
        return UnsureReason.DARK
    if detail(luma) < BLURRED_DETAIL:
        return UnsureReason.BLURRED
    if lost:
        return UnsureReason.TURNED
    if outside:
        return UnsureReason.CUT
    return UnsureReason.AMBIGUOUS if len(likely) > 1 else None


def crop_luma(crop: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The luma (ITU-R BT.601) of a crop, RGB uint8 (S, S, 3): float64 (S, S), 0 to 255."""
    return np.asarray(crop @ np.array([0.299, 0.587, 0.114]))


def detail(luma: NDArray[np.floating]) -> float:
    """How much of a crop's contrast is fine: spread of small steps to spread of levels.

    A step goes over an eightieth of the crop, whatever its size. A crop (S, S) without any contrast
    has none: 0.
    """
    spread = float(luma.std())
    if spread < 1e-9:
        return 0.0
    step = max(1, round(len(luma) / 80))
    down, right = luma[step:] - luma[:-step], luma[:, step:] - luma[:, :-step]
    steps = np.concatenate([down.ravel(), right.ravel()])
    return float(np.mean(steps**2)) / spread**2
