"""The things before a face that are no mask, by name: the one list of them.

To add one, write a function that takes a `Canvas` and gives a `Thing`, of one relief
(`Canvas.thing`, as in objects.py) or of pieces laid over each other (`Sketch`, as in flats.py),
and name it here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.painter import (
    comics,
    flats,
    objects,
    phones,
    posters,
    smileys,
    vessels,
    visors,
)
from glassmask.painter.canvas import Canvas, Thing
from glassmask.painter.frame import Frame
from glassmask.painter.regions import Region, part_outline
from glassmask.painter.sheet import Window, window_around


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing.

    Attributes:
        draw: draws one, by the canvas's own chance.
        reach: how far around the lower face it may go, in face widths; None for the whole photo.
        hides: what it covers can't be judged any more; under a beard it can.
    """

    draw: Callable[[Canvas], Thing]
    reach: float | None = 0.9
    hides: bool = True


THINGS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "hand": Kind(objects.hand),
        "scarf": Kind(objects.scarf, reach=1.5),
        "collar": Kind(objects.collar, reach=1.5),
        "cup": Kind(objects.cup),
        "phone": Kind(objects.phone),
        "microphone": Kind(objects.microphone),
        "beard": Kind(objects.beard, reach=0.1, hides=False),
        "paper": Kind(flats.paper, reach=2.2),
        "card": Kind(flats.card, reach=2.0),
        "tissue": Kind(flats.tissue, reach=2.0),
        "drink": Kind(vessels.drink, reach=2.0),
        "glass": Kind(vessels.glass, reach=2.0),
        "call": Kind(phones.call, reach=2.0),
        "selfie": Kind(phones.selfie, reach=2.0),
        "visor": Kind(visors.visor, reach=1.9),
        "smiley": Kind(smileys.smiley, reach=None),
        "comic": Kind(comics.comic, reach=None),
        "poster": Kind(posters.poster, reach=None),
    }
)
"""Name -> kind."""

AMONG_MASKS: Final = ("hand", "scarf", "collar", "cup", "phone", "microphone", "beard")
"""The things among painted masks, at mouth or chin; the others are painted where a set of things is
asked for."""

BEFORE_MASKS: Final = ("call", "visor", "poster")
"""The things that leave to be seen how a mask behind them is worn."""


def draw_thing(
    name: str,
    photo: NDArray[np.uint8],
    frame: Frame,
    white: NDArray[np.float32],
    seed: int,
    *,
    picture: NDArray[np.uint8] | None = None,
) -> Thing | None:
    """Draw a thing before a face; None where it would lie outside the photo.

    Args:
        name: one of `THINGS`.
        photo: RGB uint8 (H, W, 3), of the bare face.
        frame: the face.
        white: (3,) RGB in [0, 255] of a white sheet in this photo.
        seed: of all its chance.
        picture: like `photo`, with what is painted so far; None for the photo.

    Raises:
        ValueError: an unknown name.
    """
    if name not in THINGS:
        raise ValueError(f"no object {name!r}; there are: {', '.join(THINGS)}")
    kind = THINGS[name]
    window = _window(kind, photo, frame)
    if window is None:
        return None
    rng = np.random.default_rng([seed, 3])
    return kind.draw(Canvas(photo, frame, window, white, rng, picture))


def _window(kind: Kind, photo: NDArray[np.uint8], frame: Frame) -> Window | None:
    """The part of the photo that a thing may lie in."""
    height, width = photo.shape[:2]
    if kind.reach is None:
        return Window(0, 0, width, height)
    lower = frame.to_photo(
        np.array([[x, y] for x in (-0.3, 0.3) for y in (0.0, 0.5)]) * frame.width
        + np.array([frame.axis[6], frame.heights[5]])
    )
    around = np.concatenate([lower, part_outline(frame, Region.CHIN)])
    return window_around(around, kind.reach * frame.width, (height, width))
