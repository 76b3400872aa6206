"""The five classes of MaskedFace-Net's labels: how they fold into wears, and answer the questions.

Datasets are labelled with them, and classifiers tell them apart. The shipped network speaks the
four questions; this file alone knows how the classes are read from questions, and back.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.combinations import Combination
from glassmask.labels import WEARS, Part, Uncovered, Wear

CLASSES: Final = ("none", "correct", "nose", "chin", "nose_and_mouth")
"""The network's five outputs, in their order."""

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


UNCOVERED_OF_CLASS: Final[Mapping[str, tuple[Part, ...]]] = MappingProxyType(
    {
        "none": (),
        "correct": (),
        "nose": (Part.NOSE,),
        "chin": (Part.CHIN,),
        "nose_and_mouth": (Part.NOSE, Part.MOUTH),
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

YES_CLASSES: Final = (
    (0, 1, 1, 1, 1),
    (1, 0, 1, 0, 1),
    (1, 0, 0, 0, 1),
    (1, 0, 0, 1, 0),
)
"""In which classes the answer to each question is yes. Rows: `QUESTIONS`; columns: `CLASSES`."""


CLASS_ANSWERS: Final[tuple[Combination, ...]] = tuple(
    (row[0], row[1], row[2], row[3]) for row in np.transpose(YES_CLASSES).tolist()
)
"""The answers that each class stands for, in the order of `CLASSES`."""


def class_scores(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Read the five classes' maps, logits or biases from those of the four questions.

    A class scores as the sum of the answers that it stands for; `question_scores` undoes it.

    Args:
        values: (4, ...) float32, in the order of `QUESTIONS`.

    Returns:
        (5, ...) float32, in the order of `CLASSES`.
    """
    return np.asarray(np.tensordot(np.array(CLASS_ANSWERS, np.float32), values, 1), np.float32)


def question_scores(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Read the four questions' maps, logits or biases from those of the five classes.

    Sums and differences only, so a question's logit is still the mean of its map plus its bias.

    Args:
        values: (5, ...) float32, in the order of `CLASSES`.

    Returns:
        (4, ...) float32, in the order of `QUESTIONS`.
    """
    rows = []
    for row in CLASS_SIGNS:
        signed = [values[i] if sign > 0 else -values[i] for i, sign in enumerate(row) if sign]
        rows.append(sum(signed[1:], start=signed[0]))
    return np.asarray(rows, np.float32)


def answer_probabilities(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """How likely the answer to each question is yes: marginals of the class probabilities.

    Args:
        probabilities: (..., 5), in the order of `CLASSES`.

    Returns:
        (..., 4) float64 in [0, 1], in the order of `QUESTIONS`.
    """
    chances = np.asarray(probabilities, np.float64)
    yes = [chances[..., np.array(row, bool)].sum(axis=-1) for row in YES_CLASSES]
    return np.asarray(np.clip(np.stack(yes, axis=-1), 0.0, 1.0), np.float64)


def class_probabilities(logits: NDArray[np.floating], temperature: float) -> NDArray[np.float64]:
    """Softmax of logits (..., 5) divided by a temperature: (..., 5) float64."""
    scaled = np.asarray(logits, np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


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
