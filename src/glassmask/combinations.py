"""Which answers to the four questions go together, and how likely each combination is.

The network gives one logit per question. A combination of answers scores as the sum of the logits
of its yeses, and a softmax over the combinations that a network knows makes probabilities of the
scores: so answers that never occur together are never said together, and whatever is read off a
combination, an answer or a wear, agrees with every other. (Over all sixteen combinations it would
be four independent logistic functions.)
"""

from __future__ import annotations

from itertools import product
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from glassmask.labels import PARTS, QUESTIONS, WEARS, Part, Question, Wear

Combination: TypeAlias = tuple[int, int, int, int]
"""1 for yes and 0 for no to each of `QUESTIONS`: is there a mask; is the nose, the mouth, the chin
uncovered?"""

EVERY: Final[tuple[Combination, ...]] = tuple(product((0, 1), (0, 1), (0, 1), (0, 1)))
"""All sixteen. Then the questions are independent: how likely yes is, is the logistic function of
the question's own logit."""

_MASK: Final = QUESTIONS.index(Question.MASK)
_PARTS: Final = tuple(QUESTIONS.index(Question(part)) for part in PARTS)


def require_combinations(combinations: tuple[Combination, ...]) -> None:
    """Check that combinations can be those of a network: each wear is among them, none twice.

    Raises:
        ValueError: they can't.
    """
    for one in combinations:
        if not set(one) <= {0, 1}:
            raise ValueError(f"answers are 0 and 1, got {one}")
    if len(set(combinations)) < len(combinations):
        raise ValueError("a combination is named twice")
    if {wear_of(one) for one in combinations} != set(WEARS):
        raise ValueError("the combinations do not name every wear")


def wear_of(combination: Combination) -> Wear:
    """The wear that answers amount to."""
    if not combination[_MASK]:
        return Wear.NONE
    return Wear.INCORRECT if any(combination[place] for place in _PARTS) else Wear.CORRECT


def uncovered_parts(combination: Combination) -> tuple[Part, ...]:
    """The parts that answers call uncovered, in the order of `PARTS`."""
    return tuple(part for part, place in zip(PARTS, _PARTS, strict=True) if combination[place])


def combination_probabilities(
    logits: NDArray[np.floating], combinations: tuple[Combination, ...], temperature: float
) -> NDArray[np.float64]:
    """How likely each combination is: a softmax over the sums of its answers' logits.

    Args:
        logits: (..., 4) in the order of `QUESTIONS`.
        combinations: K that the network knows.
        temperature: scores are divided by it.

    Returns:
        (..., K) float64; they sum to 1.
    """
    scores = np.asarray(logits, np.float64) @ np.array(combinations, np.float64).T
    return softmax(scores, temperature)


def softmax(scores: NDArray[np.floating], temperature: float) -> NDArray[np.float64]:
    """Probabilities of scores (..., K) divided by a temperature: float64 (..., K)."""
    scaled = np.asarray(scores, np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def answer_probabilities(
    probabilities: NDArray[np.float64], combinations: tuple[Combination, ...]
) -> NDArray[np.float64]:
    """How likely yes is to each question, (..., 4) in [0, 1], of probabilities (..., K)."""
    return np.clip(probabilities @ np.array(combinations, np.float64), 0.0, 1.0)


def wear_probabilities(
    probabilities: NDArray[np.float64], combinations: tuple[Combination, ...]
) -> NDArray[np.float64]:
    """How likely each wear is, (..., 3) in the order of `WEARS`, of probabilities (..., K)."""
    belongs = [[wear_of(combination) is wear for wear in WEARS] for combination in combinations]
    return np.asarray(probabilities @ np.array(belongs, np.float64))


def likeliest(
    probabilities: NDArray[np.float64], combinations: tuple[Combination, ...]
) -> Combination:
    """Of the likeliest wear, the likeliest combination, by probabilities (K,).

    That need not be the likeliest of all: several incorrect ones together may be likelier.
    """
    wear = WEARS[int(wear_probabilities(probabilities, combinations).argmax())]
    own = [place for place, one in enumerate(combinations) if wear_of(one) is wear]
    return combinations[max(own, key=lambda place: float(probabilities[place]))]
