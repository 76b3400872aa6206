"""Explain the faces of a photo: crops in, one sheet of pictures and the arrays out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from glassmask.evidence import place
from glassmask.faces.crop import Box, Square, crop
from glassmask.faces.find import FaceFinder
from glassmask.files import replacing
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
from glassmask.lab.judging.judge import Judge
from glassmask.output.draw import Mark, boxes, fit

_BOX: Final = (255, 255, 255)
_LONGEST: Final = 3 * TILE // 2  # of the photo in a sheet, in pixels: two are as wide as a row

FACES_PER_SHEET: Final = 12


@dataclass(frozen=True, slots=True, eq=False)
class FramedFace:
    """What a network sees of one face.

    Attributes:
        box: of the face, in photo pixels.
        square: what of the photo the crop shows.
        crop: RGB uint8 (S, S, 3).
    """

    box: Box
    square: Square
    crop: NDArray[np.uint8]


def frame_faces(
    photo: NDArray[np.uint8], judge: Judge, finder: FaceFinder | None, min_face: float
) -> list[FramedFace]:
    """The faces of a photo as a network wants to see them, from left to right.

    Args:
        photo: RGB uint8 (H, W, 3).
        judge: says how faces are framed for it.
        finder: None: the whole photo is one face.
        min_face: faces whose shorter side is less are left out, in photo pixels.
    """
    if finder is None:
        height, width = photo.shape[:2]
        whole: Box = (0.0, 0.0, float(width), float(height))
        squares = [(whole, Square.around(whole))]
    else:
        found = finder.find(photo, min_face=min_face)
        squares = [(face.box, judge.square(face.box)) for face in found]
    return [FramedFace(box, square, crop(photo, square, judge.size)) for box, square in squares]


def draw_sheet(
    photo: NDArray[np.uint8],
    seen: Sequence[FramedFace],
    attributions: Sequence[Attribution],
    classes: Sequence[str],
    palette: Palette | None = None,
    *,
    leading: Attribution | None = None,
    shown: range | None = None,
    on_photo: bool = True,
) -> NDArray[np.uint8]:
    """A sheet: where the faces are and, face by face, a row of pictures for each method.

    Args:
        photo: RGB uint8 (H, W, 3).
        seen: its faces.
        attributions: one a method, each of all faces.
        classes: names of the network's logits.
        palette: None: each method's own.
        leading: the one whose maps are put back on the whole photo; None: the first.
        shown: which faces have rows; None: all.
        on_photo: whether the first row shows all faces on the photo.

    Returns:
        RGB uint8 (h, w, 3).
    """
    rows = [_photo_row(photo, seen, leading or attributions[0], palette)] if on_photo else []
    maps = [attribution.at_photo() for attribution in attributions]
    for number in shown or range(len(seen)):
        face = seen[number]
        for attribution, at_crop in zip(attributions, maps, strict=True):
            told = target_name(attribution.targets[number], classes)
            tiles = make_row(face.crop, at_crop[number], attribution.method, palette)
            name = f"face {number + 1}: why {told}" if len(seen) > 1 else f"why {told}"
            rows.append([Tile(tiles[0].picture, name), *tiles[1:]])
    return sheet(rows)


def write_picture(path: Path, picture: NDArray[np.uint8]) -> None:
    """Write a PNG.

    Raises:
        OSError: it can't be written.
    """
    with replacing(path) as partial:
        Image.fromarray(picture).save(partial, "PNG")


def write_maps(
    folder: Path,
    stem: str,
    seen: Sequence[FramedFace],
    attribution: Attribution,
    classes: Sequence[str],
) -> None:
    """Write `STEM.npz` and `STEM.json` of one method's maps of a photo's faces.

    The arrays: `raw` (F, h, w), `at_crop` (F, S, S), `squares` (F, 3) as x, y, side and `boxes`
    (F, 4) as x, y, w, h in photo pixels, and `values`, with `error` and `steps` where there are.

    Raises:
        OSError: a file can't be written.
    """
    arrays: dict[str, NDArray[Any]] = {
        "raw": attribution.maps,
        "at_crop": attribution.at_photo(),
        "squares": np.array([(f.square.x, f.square.y, f.square.side) for f in seen]),
        "boxes": np.array([face.box for face in seen]),
        "values": attribution.values,
    }
    promised = {"error": attribution.error, "steps": attribution.steps}
    arrays.update({name: values for name, values in promised.items() if values is not None})
    faces: list[Mapping[str, Any]] = [
        {**attribution.manifest(row), "target": target_name(target, classes)}
        for row, target in enumerate(attribution.targets)
    ]
    with replacing(folder / f"{stem}.npz") as partial, partial.open("wb") as stream:
        np.savez_compressed(stream, allow_pickle=False, **arrays)
    with replacing(folder / f"{stem}.json") as partial:
        partial.write_text(json.dumps({"faces": faces}, indent=2) + "\n", "utf-8")


def _photo_row(
    photo: NDArray[np.uint8],
    seen: Sequence[FramedFace],
    attribution: Attribution,
    palette: Palette | None,
) -> list[Tile]:
    """The photo with its faces, and with the maps put back on it, each by its own scale."""
    small = fit(photo, _LONGEST)
    scale = small.shape[1] / photo.shape[1]
    chosen = palette or default_palette(attribution.method)
    together = np.zeros(small.shape[:2], np.float32)
    for face, values in zip(seen, attribution.at_photo(), strict=True):
        square = face.square
        there = Square(square.x * scale, square.y * scale, square.side * scale)
        # Before it is placed: on the photo most pixels are of no face.
        bright = brightness(values, chosen)
        least = max(1, round(there.side))
        if least < len(bright):  # a mean, or single pixels would come and go
            bright = np.asarray(cv2.resize(bright, (least, least), interpolation=cv2.INTER_AREA))
        np.maximum(together, place(bright, there, *small.shape[:2]), out=together)
    marks = [
        Mark((x * scale, y * scale, w * scale, h * scale), _BOX, (str(number),))
        for number, (x, y, w, h) in enumerate((face.box for face in seen), 1)
    ]
    shown = boxes(small, marks) if len(seen) > 1 else small
    name = attribution.method.name
    return [
        Tile(shown, "the photo", _LONGEST),
        Tile(blend(small, together, chosen), f"{name} on it", _LONGEST),
    ]
