"""Paint a mask on a face, with the truth attached."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.errors import PaintError
from glassmask.faces.points import FacePoints
from glassmask.painter.camera import SCREEN, Camera, read_camera
from glassmask.painter.compose import Layer, lay_over
from glassmask.painter.fabric import fabric
from glassmask.painter.frame import Frame
from glassmask.painter.glasses import glasses_frame
from glassmask.painter.kinds import Look
from glassmask.painter.light import Light, read_light
from glassmask.painter.regions import (
    DEFINING,
    Region,
    bare_regions,
    grown,
    part_outline,
)
from glassmask.painter.sheet import Floats, Window, coverage, fill, hang
from glassmask.painter.straps import straps
from glassmask.painter.things import THINGS, draw_thing
from glassmask.painter.truth import (
    VISIBLE,
    Painted,
    check_truth,
    hidden_shares,
    require_told,
)
from glassmask.painter.wearing import Wearing

SMALLEST: Final = 24
"""Width in pixels of the smallest face that is painted: on smaller ones nothing can be told."""

_LEAST_MASK: Final = 0.04
"""Least area of cloth and straps in the photo, over the square of the face's width."""

_LEAST_CLOTH: Final = 0.4
"""Least share of the cloth that is in the photo: of less, nobody could say what it is."""


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
    under = Painted(photo, _bare(photo, frame), wearing.way)
    camera = face_camera(photo, frame)
    painted = _lay(under, frame, layer, light, camera, look.seed)
    area = int((painted.regions == Region.MASK).sum())
    if area < _LEAST_MASK * frame.width**2:
        raise PaintError("hardly anything of the mask is in the photo")
    check_truth(painted, under.regions)
    return painted


def paint_object(
    photo: NDArray[np.uint8],
    points: FacePoints,
    name: str,
    seed: int,
    *,
    worn: Painted | None = None,
) -> Painted:
    """Paint something before the face that is no mask: on a bare face the class is `none`.

    Args:
        photo: RGB uint8 (H, W, 3) of the bare face.
        points: of the face, in photo pixels.
        name: one of `things.THINGS`.
        seed: of its shape, colour and noise.
        worn: the same face with a mask, over which the thing is painted.

    Raises:
        PaintError: the face is too small or cut off, or the thing hides how the mask is worn.
        ValueError: an unknown name.
    """
    frame = face_frame(photo, points)
    light = read_light(photo, frame, Window(0, 0, photo.shape[1], photo.shape[0]))
    bare = _bare(photo, frame)
    under = Painted(photo, bare, "none") if worn is None else worn
    thing = draw_thing(name, photo, frame, light.white, seed, picture=under.picture)
    if thing is None:
        raise PaintError("the object lies outside the photo")
    light = read_light(photo, frame, thing.window)
    lit = light.on_slopes(thing.albedo, *thing.slopes)
    scene = lit if thing.lit else thing.albedo * np.float32(255)
    layer = Layer(thing.window, thing.cover, scene, Region.OBJECT, thing.shadow, thing.lift)
    camera = face_camera(photo, frame) if thing.lit else SCREEN
    painted = _lay(under, frame, layer, light, camera, seed)
    if thing.portrait:  # a drawing of the face: its parts are to be seen in it
        return replace(painted, regions=under.regions)
    if THINGS[name].hides:
        painted = replace(painted, hidden=hidden_shares(painted.regions, bare))
    if worn is None:
        check_truth(painted, bare)
    else:
        require_told(painted, worn)
    return painted


def _bare(photo: NDArray[np.uint8], frame: Frame) -> NDArray[np.uint8]:
    """The region map of the bare face, uint8 (H, W)."""
    return bare_regions(frame, Window(0, 0, photo.shape[1], photo.shape[0]))


def _lay(
    under: Painted, frame: Frame, layer: Layer, light: Light, camera: Camera, seed: int
) -> Painted:
    """Lay a layer over what is painted so far."""
    rng = np.random.default_rng([seed, 2])
    return Painted(
        *lay_over(under.picture, under.regions, frame, layer, light, camera, rng), under.way
    )


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


def _cloth_cover(outline: NDArray[np.float64], window: Window, frame: Frame, way: str) -> Floats:
    """How much of each pixel the cloth covers; what must be hidden is."""
    hidden = [part for part, (_, most) in VISIBLE[way].items() if most < 0.1]
    reach = 1.0 + 0.012 * frame.width
    return coverage(window, outline, *(grown(part_outline(frame, part), reach) for part in hidden))
