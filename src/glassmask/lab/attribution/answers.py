"""The answers of a network of the five classes as targets: what `glassmask check` shows of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.errors import TargetError
from glassmask.lab.attribution.targets import Target, WeightedSum, parse_target
from glassmask.lab.classes import (
    CLASS_ANSWERS,
    CLASS_SIGNS,
    CLASSES,
    answer_probabilities,
    class_probabilities,
    decide,
)
from glassmask.labels import QUESTIONS, Question
from glassmask.verdict import answer_sign, replies

VERDICT: Final = "verdict"
"""The name of the target that is all answers together."""


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
        decided = CLASS_ANSWERS[CLASSES.index(decide(probabilities))]
        said = replies(decided, answer_probabilities(probabilities))
        signs = [answer_sign(said[question]) for question in QUESTIONS]
        targets.append(WeightedSum(VERDICT, tuple((signs @ np.array(CLASS_SIGNS)).tolist())))
    return targets


def parse_request(text: str, classes: Sequence[str]) -> Target | None:
    """A target as people write it, see `parse_target`; or an answer of a network that has them.

    Returns:
        None: the verdict, whose weights depend on the face.

    Raises:
        TargetError: it names no class or no question of these.
    """
    kind, *rest = text.split(":")
    if kind in ("question", VERDICT) and kind not in classes:
        names = [f"question:{question}" for question in QUESTIONS]
        if not has_answers(classes):
            there = f"there are its classes: {', '.join(classes)}"
            raise TargetError(f"{text!r}: the network does not answer the questions; {there}")
        if text in names:
            return question_target(QUESTIONS[names.index(text)])
        if kind == "question":
            raise TargetError(f"no question {':'.join(rest)!r}; there are: {', '.join(names)}")
        if not rest:
            return None
    return parse_target(text, classes)
