"""A simple drawn mask: one pale-blue surgical mask, worn in the ways the classes name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.labels import CLASSES

Point = tuple[float, float]

_SCALE: Final = 4
_FABRIC: Final = (176.0, 205.0, 224.0)  # RGB


@dataclass(frozen=True, slots=True)
class FacePoints:
    """The points of an upright face that the sketch hangs a mask on, (x, y) in photo pixels.

    `left` and `right` are as seen in the photo.
    """

    left_ear: Point
    right_ear: Point
    left_jaw: Point
    right_jaw: Point
    nose_bridge: Point
    nose_base: Point
    lip_bottom: Point
    chin: Point


def sketch_mask(photo: NDArray[np.uint8], face: FacePoints, name: str) -> NDArray[np.uint8]:
    """Draw a mask on a face so that the picture is of class `name`.

    Args:
        photo: RGB uint8 (H, W, 3).
        face: where the face is.
        name: one of `CLASSES`; `none` gives a copy of the photo.

    Returns:
        RGB uint8 (H, W, 3).

    Raises:
        ValueError: an unknown class.
    """
    if name not in CLASSES:
        raise ValueError(f"no class {name!r}; there are: {', '.join(CLASSES)}")
    if name == "none":
        return photo.copy()
    top, bottom = _edges(face, name)
    outline = np.concatenate([top, bottom[::-1]])
    height, width = photo.shape[:2]
    cover = _fill(outline, height, width)
    canvas = photo.astype(np.float64)
    reach = abs(face.chin[1] - face.nose_bridge[1])
    shadow = cv2.GaussianBlur(np.roll(cover, round(reach / 40), axis=0), (0, 0), reach / 25)
    canvas *= 1 - 0.35 * shadow[..., None]
    loops = _loops(face, top, bottom, height, width)[..., None]
    canvas = canvas * (1 - loops) + 235.0 * loops
    fabric = _fabric(photo, outline, top, bottom)
    canvas = canvas * (1 - cover[..., None]) + fabric * cover[..., None]
    return np.clip(canvas + 0.5, 0, 255).astype(np.uint8)


def _edges(face: FacePoints, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Upper and lower edge of the mask, each (n, 2), from left to right."""
    left_ear, right_ear, left_jaw, right_jaw, bridge, base, lip, chin = (
        np.array(point)
        for point in (
            face.left_ear,
            face.right_ear,
            face.left_jaw,
            face.right_jaw,
            face.nose_bridge,
            face.nose_base,
            face.lip_bottom,
            face.chin,
        )
    )
    down = chin - bridge
    high = (bridge + 0.18 * (base - bridge), 0.55 * left_ear + 0.45 * left_jaw)
    right_high = 0.55 * right_ear + 0.45 * right_jaw
    if name in ("correct", "chin"):
        top = _curve(high[1], high[0] - 0.02 * down, right_high)
    elif name == "nose":
        middle = base + 0.04 * down
        top = _curve(left_jaw - 0.1 * down, middle, right_jaw - 0.1 * down)
    else:
        top = _curve(left_jaw + 0.12 * down, lip + 0.1 * down, right_jaw + 0.12 * down)
    if name == "chin":
        bottom = _curve(left_jaw - 0.05 * down, lip + 0.09 * down, right_jaw - 0.05 * down)
    elif name == "nose_and_mouth":
        bottom = _curve(left_jaw + 0.3 * down, chin + 0.22 * down, right_jaw + 0.3 * down)
    else:
        bottom = _curve(left_jaw + 0.12 * down, chin + 0.1 * down, right_jaw + 0.12 * down)
    return top, bottom


def _curve(
    start: NDArray[np.float64], middle: NDArray[np.float64], end: NDArray[np.float64]
) -> NDArray[np.float64]:
    """A quadratic Bezier curve through three points, (33, 2)."""
    t = np.linspace(0, 1, 33)[:, None]
    control = 2 * middle - (start + end) / 2
    points: NDArray[np.float64] = (1 - t) ** 2 * start + 2 * t * (1 - t) * control + t**2 * end
    return points


def _fill(outline: NDArray[np.float64], height: int, width: int) -> NDArray[np.float64]:
    """Coverage of a polygon in [0, 1], (H, W), with smooth edges."""
    large = np.zeros((height * _SCALE, width * _SCALE), np.uint8)
    cv2.fillPoly(large, [np.round(outline * _SCALE).astype(np.int32)], 255)
    small = cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float64) / 255


def _loops(
    face: FacePoints,
    top: NDArray[np.float64],
    bottom: NDArray[np.float64],
    height: int,
    width: int,
) -> NDArray[np.float64]:
    """The ear loops' coverage in [0, 1], (H, W)."""
    large = np.zeros((height * _SCALE, width * _SCALE), np.uint8)
    for end, ear in ((0, face.left_ear), (-1, face.right_ear)):
        for edge in (top, bottom):
            line = np.round(np.array([edge[end], ear]) * _SCALE).astype(np.int32)
            cv2.polylines(large, [line], False, 255, _SCALE, cv2.LINE_AA)
    small = cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float64) / 255


def _fabric(
    photo: NDArray[np.uint8],
    outline: NDArray[np.float64],
    top: NDArray[np.float64],
    bottom: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The fabric's colour at every pixel, (H, W, 3): three pleats, darker at the sides."""
    height, width = photo.shape[:2]
    left, right = outline[:, 0].min(), outline[:, 0].max()
    x = np.arange(width)
    upper = np.interp(x, top[:, 0], top[:, 1])
    lower = np.interp(x, bottom[:, 0], bottom[:, 1])
    depth = (np.arange(height)[:, None] - upper) / np.maximum(lower - upper, 1)  # (H, W)
    pleats = 1 - 0.14 * np.exp(-((((depth * 4) % 1) - 0.1) ** 2) / 0.012) * (depth > 0.15)
    across = (x - (left + right) / 2) / max(1.0, (right - left) / 2)
    shade = pleats * (1.02 - 0.3 * np.abs(across) ** 3) * (1.03 - 0.12 * depth)
    return np.asarray(shade[..., None] * np.array(_FABRIC))
