"""What a face's label says of the combinations of answers."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.combinations import OCCURRING, wear_of
from glassmask.lab.datasets import Answers, FaceRecord
from glassmask.labels import QUESTIONS, Wear

_YES: Final = np.array(OCCURRING, np.bool_)  # (K, 4)
_WEARS: Final = np.array([wear_of(combination) for combination in OCCURRING])  # (K,)


def allowed_combinations(record: FaceRecord) -> NDArray[np.bool_]:
    """Which of `OCCURRING` a face's label allows, bool (K,).

    Those that agree with every answer that it gives, and amount to its wear: a mask that is worn
    incorrectly, nobody says how, leaves one part uncovered, or more.
    """
    return allowed_by(record.answers, record.wear)


def allowed_by(answers: Answers, wear: Wear | None) -> NDArray[np.bool_]:
    """Which of `OCCURRING` agree with answers, and with a wear where it is known: bool (K,)."""
    allowed = np.ones(len(OCCURRING), np.bool_) if wear is None else wear == _WEARS
    for place, question in enumerate(QUESTIONS):
        answer = getattr(answers, question)
        if answer is not None:
            allowed &= _YES[:, place] == answer
    return np.asarray(allowed)
