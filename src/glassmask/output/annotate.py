"""A photo with its verdicts drawn on it: a box, a label and a heat map for each face."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.evidence import together
from glassmask.labels import Wear
from glassmask.output.draw import Colour, Mark, boxes, heat
from glassmask.output.wording import label, short_label
from glassmask.verdict import Verdict

COLOURS: Final[dict[Wear, Colour]] = {
    Wear.CORRECT: (0, 114, 178),
    Wear.INCORRECT: (230, 159, 0),
    Wear.NONE: (204, 61, 102),
}
"""RGB; told apart without red-green vision too (after Okabe and Ito)."""

UNSURE_COLOUR: Final[Colour] = (128, 128, 128)


def colour_of(verdict: Verdict) -> Colour:
    """The colour of a verdict's box and label: of its wear, or grey when unsure."""
    return UNSURE_COLOUR if verdict.unsure else COLOURS[verdict.wear]


def marks_of(verdicts: Sequence[Verdict], scale: float = 1.0) -> list[Mark]:
    """A box and a label for each verdict; several are numbered, in the order given, from 1.

    Args:
        verdicts: of one photo.
        scale: the picture's pixels per photo pixel.
    """
    marks = []
    for number, verdict in enumerate(verdicts, 1):
        x, y, w, h = verdict.face.box
        texts: tuple[str, ...] = (label(verdict), short_label(verdict))
        if len(verdicts) > 1:
            texts = (*(f"{number}: {text}" for text in texts), str(number))
        box = (x * scale, y * scale, w * scale, h * scale)
        marks.append(Mark(box, colour_of(verdict), texts))
    return marks


def annotated(photo: NDArray[np.uint8], verdicts: Sequence[Verdict]) -> NDArray[np.uint8]:
    """The photo with every face's evidence, box and label: RGB uint8 (H, W, 3), as the photo."""
    warmth = together((verdict.evidence for verdict in verdicts), *photo.shape[:2])
    return boxes(heat(photo, warmth), marks_of(verdicts))
