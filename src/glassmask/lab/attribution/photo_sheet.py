"""One sheet of pictures for a photo: where its faces are, and a row per face and method."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.evidence import place_all
from glassmask.faces.crop import Square
from glassmask.lab.attribution.framed_faces import FramedFace
from glassmask.lab.attribution.pictures import (
    TILE,
    Palette,
    Tile,
    blend,
    brightness,
    default_palette,
    make_row,
    sheet,
)
from glassmask.lab.attribution.result import Attribution
from glassmask.lab.attribution.targets import target_name
from glassmask.output.draw import Mark, boxes, fit

_BOX: Final = (255, 255, 255)
_LONGEST: Final = 3 * TILE // 2  # of the photo in a sheet, in pixels: two are as wide as a row


def draw_sheet(
    photo: NDArray[np.uint8],
    faces: Sequence[FramedFace],
    attributions: Sequence[Attribution],
    classes: Sequence[str],
    palette: Palette | None = None,
    *,
    leading: Attribution | None = None,
    rows: range | None = None,
    on_photo: bool = True,
) -> NDArray[np.uint8]:
    """Where the faces are and, face by face, a row of pictures for each method.

    Args:
        photo: RGB uint8 (H, W, 3).
        faces: its faces.
        attributions: one per method, each of all faces.
        classes: names of the network's logits.
        palette: None: each method's own.
        leading: the one whose maps are put back on the whole photo; None: the first.
        rows: which faces have rows; None: all.
        on_photo: whether the first row shows all faces on the photo.

    Returns:
        RGB uint8 (h, w, 3).
    """
    tiles = [_photo_row(photo, faces, leading or attributions[0], palette)] if on_photo else []
    maps = [attribution.at_photo() for attribution in attributions]
    for number in rows or range(len(faces)):
        face = faces[number]
        for attribution, at_crop in zip(attributions, maps, strict=True):
            target = target_name(attribution.targets[number], classes)
            row = make_row(face.crop, at_crop[number], attribution.method, palette)
            name = f"face {number + 1}: why {target}" if len(faces) > 1 else f"why {target}"
            tiles.append([Tile(row[0].picture, name), *row[1:]])
    return sheet(tiles)


def _photo_row(
    photo: NDArray[np.uint8],
    faces: Sequence[FramedFace],
    attribution: Attribution,
    palette: Palette | None,
) -> list[Tile]:
    """The photo with its faces, and with the maps put back on it, each by its own scale."""
    small = fit(photo, _LONGEST)
    scale = small.shape[1] / photo.shape[1]
    chosen = palette or default_palette(attribution.method)

    def levels() -> Iterator[tuple[NDArray[np.float32], Square]]:
        for face, values in zip(faces, attribution.at_photo(), strict=True):
            square = face.square
            there = square.scaled(scale)
            # Before it is placed: on the photo most pixels are of no face.
            bright = brightness(values, chosen)
            side = max(1, round(there.side))
            if side < len(bright):  # a mean, or single pixels would come and go
                bright = np.asarray(cv2.resize(bright, (side, side), interpolation=cv2.INTER_AREA))
            yield bright, there

    together = place_all(levels(), *small.shape[:2])
    marks = [
        Mark((x * scale, y * scale, w * scale, h * scale), _BOX, (str(number),))
        for number, (x, y, w, h) in enumerate((face.box for face in faces), 1)
    ]
    shown = boxes(small, marks) if len(faces) > 1 else small
    name = attribution.method.name
    return [
        Tile(shown, "the photo", _LONGEST),
        Tile(blend(small, together, chosen), f"{name} on it", _LONGEST),
    ]
