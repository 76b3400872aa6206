"""Paint a mask on a face, with the truth attached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.errors import PaintError
from glassmask.faces.points import FacePoints
from glassmask.painter.camera import Camera, read_camera
from glassmask.painter.compose import Layer, lay_over
from glassmask.painter.fabric import fabric
from glassmask.painter.frame import Frame
from glassmask.painter.glasses import glasses_frame
from glassmask.painter.kinds import Look
from glassmask.painter.light import Light, read_light
from glassmask.painter.objects import draw_thing
from glassmask.painter.regions import (
    DEFINING,
    Region,
    bare_regions,
    grown,
    part_outline,
)
from glassmask.painter.sheet import Floats, Window, coverage, fill, hang
from glassmask.painter.straps import straps
from glassmask.painter.wearing import Wearing

SMALLEST: Final = 24
"""Width in pixels of the smallest face that is painted: on smaller ones nothing can be told."""

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

_LEAST_MASK: Final = 0.04
"""Least area of cloth and straps in the photo, over the square of the face's width."""

_LEAST_CLOTH: Final = 0.4
"""Least share of the cloth that is in the photo: of less, nobody could say what it is."""


@dataclass(frozen=True, slots=True)
class Painted:
    """A painted picture and its truth.

    Attributes:
        picture: RGB uint8 (H, W, 3); outside paint and shadow the photo's own pixels.
        regions: uint8 (H, W), values of `Region`.
        way: how the mask is worn: a class, or `elsewhere`; `none` for an object.
    """

    picture: NDArray[np.uint8]
    regions: NDArray[np.uint8]
    way: str


def paint(
    photo: NDArray[np.uint8],
    points: FacePoints,
    wearing: Wearing,
    look: Look,
    *,
    folded_from: Wearing | None = None,
) -> Painted:
    """Paint a mask.

    Args:
        photo: RGB uint8 (H, W, 3).
        points: of the face, in photo pixels.
        wearing: where the mask's edges lie.
        look: the mask.
        folded_from: how the mask hung before its edges were folded in to `wearing`: its cloth
            stays where it was, and only what is folded away differs from a picture of that.

    Raises:
        PaintError: the face is too small or cut off, or the mask does not show on it what
            `wearing.way` says.
    """
    frame = face_frame(photo, points)
    hung = folded_from or wearing
    shape = (photo.shape[0], photo.shape[1])
    sheet = hang(frame, hung, look.cut, shape)
    edges = sheet if hung is wearing else hang(frame, wearing, look.cut, shape)
    if sheet is None or edges is None:
        raise PaintError("the mask lies outside the photo")
    window = sheet.window
    whole = cv2.contourArea(edges.outline.astype(np.float32))
    shown = np.zeros(window.shape, np.uint8)
    fill(shown, edges.outline - (window.x0, window.y0), 1)
    if cv2.countNonZero(shown) < _LEAST_CLOTH * whole:
        raise PaintError("most of the mask lies outside the photo")
    cloth = _cloth_cover(edges.outline, window, frame, wearing.way)
    if hung is not wearing:
        cloth = np.minimum(cloth, _cloth_cover(sheet.outline, window, frame, hung.way))
    if look.under_glasses:
        glasses = glasses_frame(photo, frame, window)
        if glasses is not None:
            cloth = cloth * (1 - glasses)
    cords = straps(sheet, frame, look, wearing)
    light = read_light(photo, frame, window)
    albedo, relief = fabric(sheet, look)
    scene = light.on(albedo, relief, frame.width)
    bare = cords * (cloth < 0.5) > 0  # cords on no cloth
    cord = np.array(look.accent, np.float32) * light.white * 0.92
    scene[bare] = light.gain[bare][:, None] * cord
    cover = np.maximum(cloth, cords)
    layer = Layer(window, cover, scene, Region.MASK, shadow=0.3 + 0.2 * look.slack)
    return _finish(photo, frame, layer, light, look.seed, wearing.way)


def paint_object(photo: NDArray[np.uint8], points: FacePoints, name: str, seed: int) -> Painted:
    """Paint something before the face that is no mask: the picture's class is `none`.

    Args:
        photo: RGB uint8 (H, W, 3).
        points: of the face, in photo pixels.
        name: one of `objects.THINGS`.
        seed: of its shape, colour and noise.

    Raises:
        PaintError: the face is too small or cut off.
        ValueError: an unknown name.
    """
    frame = face_frame(photo, points)
    light = read_light(photo, frame, Window(0, 0, photo.shape[1], photo.shape[0]))
    thing = draw_thing(name, photo, frame, light.white, seed)
    if thing is None:
        raise PaintError("the object lies outside the photo")
    light = read_light(photo, frame, thing.window)
    scene = light.on(thing.albedo, thing.relief, frame.width)
    layer = Layer(thing.window, thing.cover, scene, Region.OBJECT, thing.shadow)
    return _finish(photo, frame, layer, light, seed, "none")


def _finish(
    photo: NDArray[np.uint8], frame: Frame, layer: Layer, light: Light, seed: int, way: str
) -> Painted:
    """Lay the layer over the photo, and see that what it shows is what its label says."""
    bare = bare_regions(frame, Window(0, 0, photo.shape[1], photo.shape[0]))
    camera = face_camera(photo, frame)
    rng = np.random.default_rng([seed, 2])
    painted = Painted(*lay_over(photo, bare, frame, layer, light, camera, rng), way)
    if way != "none":
        area = int((painted.regions == Region.MASK).sum())
        if area < _LEAST_MASK * frame.width**2:
            raise PaintError("hardly anything of the mask is in the photo")
    check_truth(painted, bare)
    return painted


def face_frame(photo: NDArray[np.uint8], points: FacePoints) -> Frame:
    """The face's upright frame.

    Raises:
        PaintError: the face is too small, or nose, mouth and chin are not in the photo.
    """
    if photo.dtype != np.uint8 or photo.ndim != 3 or photo.shape[2] != 3:
        raise ValueError(f"a photo is uint8 (H, W, 3), got {photo.dtype} {photo.shape}")
    try:
        frame = Frame.of(points)
    except ValueError as error:
        raise PaintError(str(error)) from error
    if frame.width < SMALLEST:
        raise PaintError(f"the face is {frame.width:.0f} px wide; the least is {SMALLEST}")
    height, width = photo.shape[:2]
    reach = max(height, width)
    if (points.xy < -reach).any() or (points.xy > (width + reach, height + reach)).any():
        raise PaintError("the landmarks lie far outside the photo")
    for part in DEFINING:
        outline = part_outline(frame, part)
        inside = ((outline >= 0) & (outline <= (width, height))).all(axis=1)
        if inside.mean() < 0.75:
            raise PaintError(f"the {part.name.lower()} is not in the photo")
    return frame


def face_camera(photo: NDArray[np.uint8], frame: Frame) -> Camera:
    """The camera, read from the part of the photo that shows the face."""
    outline = frame.points.part("outline")
    low = np.clip(np.floor(outline.min(axis=0) / 8) * 8, 0, None).astype(int)
    high = np.ceil(outline.max(axis=0)).astype(int)
    return read_camera(photo[low[1] : max(high[1], low[1] + 8), low[0] : max(high[0], low[0] + 8)])


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


def _cloth_cover(outline: NDArray[np.float64], window: Window, frame: Frame, way: str) -> Floats:
    """How much of each pixel the cloth covers; what must be hidden is."""
    hidden = [part for part, (_, most) in VISIBLE[way].items() if most < 0.1]
    reach = 1.0 + 0.012 * frame.width
    return coverage(window, outline, *(grown(part_outline(frame, part), reach) for part in hidden))
