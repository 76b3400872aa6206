"""How a mask is worn: the three wears, and the four questions that people ask.

Is there a mask on this face, and is the nose, the mouth, the chin uncovered? How answers go
together, and what wear they amount to, is in `combinations`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Wear(StrEnum):
    """How the mask is worn: the three classes of the MaskedFace-Net studies."""

    CORRECT = "correct"
    INCORRECT = "incorrect"
    NONE = "none"


class Question(StrEnum):
    """What is asked of a face: is there a mask on it, and is this part uncovered?"""

    MASK = "mask"
    NOSE = "nose"
    MOUTH = "mouth"
    CHIN = "chin"


class Part(StrEnum):
    """A part of the face that a mask should cover."""

    NOSE = "nose"
    MOUTH = "mouth"
    CHIN = "chin"


class Uncovered(StrEnum):
    """What an incorrectly worn mask leaves uncovered, as datasets label it."""

    NOSE = "nose"
    CHIN = "chin"
    NOSE_AND_MOUTH = "nose_and_mouth"


WEARS: Final = (Wear.CORRECT, Wear.INCORRECT, Wear.NONE)
"""In the order of every array of wears."""

QUESTIONS: Final = tuple(Question)
"""The four questions, in the order of every array of answers."""

PARTS: Final = tuple(Part)
