"""What a painted picture shows, and that it shows what its label says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.errors import PaintError
from glassmask.labels import QUESTIONS, Question
from glassmask.painter.regions import DEFINING, Region

VISIBLE: Final[Mapping[str, Mapping[Region, tuple[float, float]]]] = MappingProxyType(
    {
        "none": {Region.NOSE: (0.0, 1.0)},
        "correct": {Region.NOSE: (0, 0.02), Region.MOUTH: (0, 0.02), Region.CHIN: (0, 0.25)},
        "nose": {Region.NOSE: (0.5, 1), Region.MOUTH: (0, 0.02), Region.CHIN: (0, 0.25)},
        "chin": {Region.NOSE: (0, 0.02), Region.MOUTH: (0, 0.02), Region.CHIN: (0.5, 1)},
        "nose_and_mouth": {Region.NOSE: (0.9, 1), Region.MOUTH: (0.8, 1)},
        "elsewhere": {Region.MOUTH: (0.9, 1), Region.CHIN: (0.9, 1)},
    }
)
"""Way -> part -> least and greatest share of it that is visible; what makes the label true."""

ANSWERS: Final[Mapping[str, tuple[bool | None, ...]]] = MappingProxyType(
    {
        "none": (False, True, True, True),
        "correct": (True, False, False, False),
        "nose": (True, True, False, False),
        "chin": (True, False, False, True),
        "nose_and_mouth": (True, True, True, None),
        "elsewhere": (True, None, True, True),
    }
)
"""Way -> is there a mask, and are nose, mouth and chin uncovered? In the order of `QUESTIONS`."""

MAX_HIDDEN: Final = 0.25
"""Of a part that an object hides more of, nobody can say whether it is uncovered."""


@dataclass(frozen=True, slots=True)
class Painted:
    """A painted picture and its truth.

    Attributes:
        picture: RGB uint8 (H, W, 3); outside paint and shadow the photo's own pixels.
        regions: uint8 (H, W), values of `Region`.
        way: how the mask is worn: a class, or `elsewhere`; `none` for an object.
        hidden: nose, mouth and chin -> the share of it that an object hides.
    """

    picture: NDArray[np.uint8]
    regions: NDArray[np.uint8]
    way: str
    hidden: Mapping[Region, float] = field(default_factory=lambda: dict.fromkeys(DEFINING, 0.0))

    @property
    def answers(self) -> Mapping[Question, bool | None]:
        """What is true of the four questions; None where the picture doesn't show it."""
        known: dict[Question, bool | None] = dict(zip(QUESTIONS, ANSWERS[self.way], strict=True))
        for part, share in self.hidden.items():
            if share > MAX_HIDDEN:
                known[Question(part.name.lower())] = None
        return MappingProxyType(known)


def check_truth(painted: Painted, bare: NDArray[np.uint8]) -> None:
    """See that the region map shows what the label says; `bare` is that of the bare face.

    Raises:
        PaintError: it does not.
    """
    for part, (least, most) in VISIBLE[painted.way].items():
        area, seen = (
            cv2.countNonZero(cv2.inRange(regions, int(part), int(part)))
            for regions in (bare, painted.regions)
        )
        if not area:
            raise PaintError(f"the {part.name.lower()} is not in the photo")
        share = seen / area
        if not least <= share <= most:
            raise PaintError(
                f"worn {painted.way!r}, {share:.0%} of the {part.name.lower()} is visible"
            )


def hidden_shares(regions: NDArray[np.uint8], bare: NDArray[np.uint8]) -> Mapping[Region, float]:
    """How much of each part an object hides; `bare` is the region map of the bare face."""
    shares = {}
    for part in DEFINING:
        own = regions[bare == part]
        shares[part] = float((own == Region.OBJECT).mean()) if own.size else 0.0
    return MappingProxyType(shares)


def require_told(painted: Painted, worn: Painted) -> None:
    """See that an object leaves to be seen how the mask is worn.

    Raises:
        PaintError: it does not.
    """
    for part, share in painted.hidden.items():
        if share > MAX_HIDDEN:
            raise PaintError(f"the object hides {share:.0%} of the {part.name.lower()}")
    before, left = ((one.regions == Region.MASK).sum() for one in (worn, painted))
    if left < 0.5 * before:
        raise PaintError("the object hides most of the mask")
