"""The five classes of MaskedFace-Net's labels: how they fold into wears, and answer the questions.

Datasets are labelled with them, and classifiers tell them apart. The project's own network answers
the four questions; here is how the one is read as the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.combinations import (
    EVERY,
    Combination,
    likeliest,
    softmax,
    uncovered_parts,
    wear_of,
)
from glassmask.combinations import answer_probabilities as combined_answers
from glassmask.labels import QUESTIONS, WEARS, Part, Uncovered, Wear
from glassmask.verdict import answer_sign, replies

CLASSES: Final = ("none", "correct", "nose", "chin", "nose_and_mouth")
"""In the order of every array of classes."""

CLASS_ANSWERS: Final[tuple[Combination, ...]] = (
    (0, 1, 1, 1),
    (1, 0, 0, 0),
    (1, 1, 0, 0),
    (1, 0, 0, 1),
    (1, 1, 1, 0),
)
"""The answers that each class stands for, in the order of `CLASSES`."""

WEAR_OF_CLASS: Final[Mapping[str, Wear]] = MappingProxyType(
    {name: wear_of(answers) for name, answers in zip(CLASSES, CLASS_ANSWERS, strict=True)}
)

CLASSES_OF_WEAR: Final = {
    wear: tuple(i for i, name in enumerate(CLASSES) if WEAR_OF_CLASS[name] is wear)
    for wear in WEARS
}
"""Positions in `CLASSES` of the classes that make up a wear."""

UNCOVERED_OF_CLASS: Final[Mapping[str, tuple[Part, ...]]] = MappingProxyType(
    {
        name: uncovered_parts(answers) if wear_of(answers) is Wear.INCORRECT else ()
        for name, answers in zip(CLASSES, CLASS_ANSWERS, strict=True)
    }
)
"""Class -> the parts that a mask leaves uncovered in it; none where there is no mask."""

CLASS_SIGNS: Final = (
    (-1, -1, 0, 1, 1),  # mask = nose_and_mouth + chin - none - correct
    (0, -1, 1, 0, 0),  # nose = nose - correct
    (0, 0, -1, 0, 1),  # mouth = nose_and_mouth - nose
    (0, -1, 0, 1, 0),  # chin = chin - correct
)
"""How the questions are read from the classes. Rows: `QUESTIONS`; columns: `CLASSES`.

A class scores as the sum of the answers that it stands for, and a bare face has everything
uncovered: none = nose + mouth + chin, correct = mask, nose = mask + nose, chin = mask + chin,
nose_and_mouth = mask + nose + mouth. These are the solution."""


def class_of(combination: Combination) -> str:
    """The class that a combination of answers is called by: what it leaves uncovered, roughly.

    A mask on the forehead or the eyes is none of the classes: where the mouth is uncovered, it is
    called `nose_and_mouth`.
    """
    wear = wear_of(combination)
    if wear is not Wear.INCORRECT:
        return str(wear)
    bare = uncovered_parts(combination)
    if Part.MOUTH in bare:
        return "nose_and_mouth"
    return "nose" if Part.NOSE in bare else "chin"


_CLASS_OF_COMBINATION: Final = np.array(
    [[class_of(one) == name for name in CLASSES] for one in EVERY], np.float64
)  # (K, 5)


def class_probabilities(scores: NDArray[np.floating], temperature: float) -> NDArray[np.float64]:
    """Probabilities of the five classes, (N, 5) in the order of `CLASSES`.

    Args:
        scores: what a judge gives: of three wears (N, 3), of the five classes (N, 5), or of the
            combinations of `EVERY` (N, K). A network of three wears can't say what is
            uncovered: its *incorrect* stands as *nose*, and figures of reasons mean nothing.
        temperature: scores are divided by it before the softmax.

    Raises:
        ValueError: another number of scores.
    """
    chances = softmax(scores, temperature)
    width = chances.shape[-1]
    if width == len(EVERY):
        return np.asarray(chances @ _CLASS_OF_COMBINATION)
    if width not in (len(WEARS), len(CLASSES)):
        raise ValueError(f"no network gives {width} scores")
    return np.pad(chances, [(0, 0)] * (chances.ndim - 1) + [(0, len(CLASSES) - width)])


def answer_probabilities(scores: NDArray[np.floating], temperature: float) -> NDArray[np.float64]:
    """How likely yes is to each question, (N, 4) in the order of `QUESTIONS`.

    Args:
        scores: as `class_probabilities` takes them.
        temperature: likewise.
    """
    if scores.shape[-1] == len(EVERY):
        return combined_answers(softmax(scores, temperature), EVERY)
    return combined_answers(class_probabilities(scores, temperature), CLASS_ANSWERS)


def scored_combinations(scores: NDArray[np.floating]) -> tuple[Combination, ...]:
    """The combinations of answers that scores (N, C) are of.

    Raises:
        ValueError: they are of three wears, which answer no questions, or of another number.
    """
    known = {len(CLASS_ANSWERS): CLASS_ANSWERS, len(EVERY): EVERY}
    if scores.shape[-1] not in known:
        raise ValueError(f"{scores.shape[-1]} scores are not of combinations of answers")
    return known[scores.shape[-1]]


def said_signs(scores: NDArray[np.floating], temperature: float) -> NDArray[np.int8]:
    """What is said to each question, (N, 4): 1 for yes, -1 for no, 0 where it can't be seen.

    Args:
        scores: (N, C), of combinations of answers.
        temperature: scores are divided by it.
    """
    known = scored_combinations(scores)
    signs = np.zeros((len(scores), len(QUESTIONS)), np.int8)
    for row, chances in enumerate(softmax(scores, temperature)):
        said = replies(likeliest(chances, known), combined_answers(chances, known))
        signs[row] = [answer_sign(said[question]) for question in QUESTIONS]
    return signs


def decide(probabilities: NDArray[np.float64]) -> str:
    """The class of the class probabilities (5,): of the likeliest wear, the likeliest class.

    That need not be the likeliest class of all: three incorrect ones together may be likelier.
    """
    wear = WEARS[int(fold_wears(probabilities).argmax())]
    return CLASSES[max(CLASSES_OF_WEAR[wear], key=lambda i: float(probabilities[i]))]


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
