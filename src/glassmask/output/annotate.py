"""Verdicts drawn on their photo: a box, a label and a heat map per face."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.checked import Checked
from glassmask.evidence import enlarge, together
from glassmask.faces.crop import crop
from glassmask.labels import Question, Wear
from glassmask.output.draw import Colour, Mark, boxes, heat
from glassmask.output.wording import label, short_label
from glassmask.photos import PhotoSource, read_photo
from glassmask.verdict import Verdict

COLOURS: Final[dict[Wear, Colour]] = {
    Wear.CORRECT: (0, 114, 178),
    Wear.INCORRECT: (230, 159, 0),
    Wear.NONE: (204, 61, 102),
}
"""RGB; told apart without red-green vision too (after Okabe and Ito)."""

UNSURE_COLOUR: Final[Colour] = (128, 128, 128)


def verdict_colour(verdict: Verdict) -> Colour:
    """The colour of a verdict's box and label: of its wear, or grey when unsure."""
    return UNSURE_COLOUR if verdict.unsure else COLOURS[verdict.wear]


def make_marks(verdicts: Sequence[Verdict], scale: float = 1.0) -> list[Mark]:
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
        marks.append(Mark(box, verdict_colour(verdict), texts))
    return marks


def annotate(photo: PhotoSource, verdicts: Iterable[Verdict]) -> NDArray[np.uint8]:
    """Draw every face's evidence, box and label on its photo.

    Args:
        photo: the photo that was checked, as anything that `read_photo` takes.
        verdicts: its verdicts, or the `Checked` that holds them.

    Returns:
        RGB uint8 (H, W, 3), as the photo.

    Raises:
        PhotoError: the photo can't be read.
        ValueError: a verdict came without maps, or the photo is another one, of another size.
    """
    pixels, judged = read_photo(photo), tuple(verdicts)
    if isinstance(verdicts, Checked) and pixels.shape[:2] != (verdicts.height, verdicts.width):
        raise ValueError(
            f"the photo that was checked has {verdicts.width} x {verdicts.height} pixels"
        )
    warmth = together((verdict.evidence for verdict in judged), *pixels.shape[:2])
    return boxes(heat(pixels, warmth), make_marks(judged))


def heat_map(
    photo: PhotoSource, verdict: Verdict, question: Question | None = None
) -> NDArray[np.uint8]:
    """Lay what speaks for one verdict, or for one of its answers, over its photo.

    Args:
        photo: the photo that was checked, as anything that `read_photo` takes.
        verdict: of a face in it.
        question: whose answer; None: all answers together, the verdict.

    Returns:
        RGB uint8 (H, W, 3), as the photo: bright yellow where most lies.

    Raises:
        PhotoError: the photo can't be read.
        ValueError: the verdict came without maps.
    """
    pixels = read_photo(photo)
    return heat(pixels, verdict.evidence.on_photo(pixels.shape[0], pixels.shape[1], question))


def close_up(photo: NDArray[np.uint8], verdict: Verdict, size: int) -> NDArray[np.uint8]:
    """The square that the network saw of a face, with the evidence for its verdict on it.

    Args:
        photo: RGB uint8 (H, W, 3).
        verdict: of a face in it.
        size: side of the picture in pixels.

    Returns:
        RGB uint8 (size, size, 3).
    """
    evidence = verdict.evidence
    return heat(crop(photo, evidence.square, size), enlarge(evidence.grid(), size))
