"""The answers of a network of the five classes as targets: what `glassmask check` shows of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from glassmask.lab.attribution.targets import WeightedSum
from glassmask.labels import CLASS_SIGNS, CLASSES, QUESTIONS, Question, answer_probabilities
from glassmask.verdict import answer_sign, class_probabilities, decide, replies


def has_answers(classes: Sequence[str]) -> bool:
    """Whether a network with these classes answers the four questions."""
    return tuple(classes) == CLASSES


def question_target(question: Question) -> WeightedSum:
    """The logit of a question: above 0 speaks for yes."""
    return WeightedSum(f"question:{question}", CLASS_SIGNS[QUESTIONS.index(question)])


def verdict_targets(logits: NDArray[np.float32], temperature: float) -> list[WeightedSum]:
    """The answers together, each signed by what it is: the evidence for a verdict.

    No rival class is in it, so it does not jump where two rivals are nearly equal
    (docs/verdict.md).

    Args:
        logits: (N, 5), in the order of `CLASSES`.
        temperature: of the softmax.

    Returns:
        One per row.
    """
    targets = []
    for probabilities in class_probabilities(logits, temperature):
        said = replies(decide(probabilities), answer_probabilities(probabilities))
        signs = [answer_sign(said[question]) for question in QUESTIONS]
        targets.append(WeightedSum("verdict", tuple((signs @ np.array(CLASS_SIGNS)).tolist())))
    return targets
