"""What a network says of a face as a target: a question, a verdict of all of them, or a class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.errors import TargetError
from glassmask.lab.attribution.targets import Target, WeightedSum, parse_target
from glassmask.lab.classes import CLASS_SIGNS, CLASSES, said_signs
from glassmask.lab.judging.judge import Judge, predicted_classes
from glassmask.labels import QUESTIONS, Question

VERDICT: Final = "verdict"
"""The name of the target that is all answers together."""


def has_answers(outputs: Sequence[str]) -> bool:
    """Whether a network with these outputs answers the four questions."""
    return tuple(outputs) in (QUESTIONS, CLASSES)


def question_target(question: Question, outputs: Sequence[str]) -> WeightedSum:
    """The logit of a question: above 0 speaks for yes. Of five classes, a sum of theirs."""
    return WeightedSum(f"question:{question}", _rows(outputs)[QUESTIONS.index(question)])


def said_targets(judge: Judge, scores: NDArray[np.float32], temperature: float) -> Sequence[Target]:
    """What a judge says of faces: the verdict where it has answers, else the class.

    Args:
        judge: the network.
        scores: of the faces, (N, C), as `Judge.scores` gives them.
        temperature: of the softmax.

    Returns:
        One per row.
    """
    if not has_answers(judge.outputs):
        return predicted_classes(scores, temperature)
    return verdict_targets(scores, judge.outputs, temperature)


def verdict_targets(
    scores: NDArray[np.float32], outputs: Sequence[str], temperature: float
) -> list[WeightedSum]:
    """The answers together, each signed by what it is: the evidence for a verdict.

    No rival class is in it, so it does not jump where two rivals are nearly equal
    (docs/verdict.md).

    Args:
        scores: of combinations of answers, (N, K).
        outputs: names of the logits of which the target is a sum.
        temperature: of the softmax.

    Returns:
        One per row.
    """
    weights = said_signs(scores, temperature) @ np.array(_rows(outputs), np.float64)  # (N, C)
    return [WeightedSum(VERDICT, tuple(row.tolist())) for row in weights]


def parse_request(text: str, outputs: Sequence[str]) -> Target | None:
    """A target as people write it, see `parse_target`; or an answer of a network that has them.

    Returns:
        None: the verdict, whose weights depend on the face.

    Raises:
        TargetError: it names no output or no question of these.
    """
    kind, *rest = text.split(":")
    if kind in ("question", VERDICT) and kind not in outputs:
        names = [f"question:{question}" for question in QUESTIONS]
        if not has_answers(outputs):
            there = f"there are its classes: {', '.join(outputs)}"
            raise TargetError(f"{text!r}: the network does not answer the questions; {there}")
        if text in names:
            return question_target(QUESTIONS[names.index(text)], outputs)
        if kind == "question":
            raise TargetError(f"no question {':'.join(rest)!r}; there are: {', '.join(names)}")
        if not rest:
            return None
    return parse_target(text, outputs)


def _rows(outputs: Sequence[str]) -> tuple[tuple[float, ...], ...]:
    """How the questions are read from a network's outputs: a row a question."""
    if tuple(outputs) == CLASSES:
        return CLASS_SIGNS
    return tuple(tuple(map(float, row)) for row in np.eye(len(QUESTIONS)))
