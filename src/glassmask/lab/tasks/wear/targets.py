"""What a face's label asks of the network: answers, and the wear that they amount to."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.lab.datasets import Answers, FaceRecord
from glassmask.labels import PARTS, QUESTIONS, WEARS, Wear

OPEN: Final = -1
"""In the place of an answer or a wear that is not known."""


def question_target(record: FaceRecord) -> NDArray[np.int8]:
    """The answers of a label, in the order of `QUESTIONS`, and its wear's position in `WEARS`.

    Returns:
        int8 (5,): four answers, 1 for yes and 0 for no, and the wear; `OPEN` where not known.
    """
    return target_of(record.answers, record.wear)


def target_of(answers: Answers, wear: Wear | None) -> NDArray[np.int8]:
    """The same of answers and a wear."""
    said = [getattr(answers, question) for question in QUESTIONS]
    known = [OPEN if answer is None else int(answer) for answer in said]
    return np.array([*known, OPEN if wear is None else WEARS.index(wear)], np.int8)


def wear_of_answers(answers: Answers) -> Wear | None:
    """The wear of a mask that is there, by what it leaves uncovered; None where that is open."""
    parts = [getattr(answers, part) for part in PARTS]
    if any(parts):
        return Wear.INCORRECT
    return None if None in parts else Wear.CORRECT
