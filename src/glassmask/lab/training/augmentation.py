"""Random views of a face: how it is framed, turned, lit and spoiled.

No view cuts off what makes its label: nose, mouth and chin always, and a mask that hangs below
the chin or sits above the eyes where there is one. Apart from that every way of framing and
padding is drawn alike for every class: neither may carry the label.
"""

from __future__ import annotations

import copy

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.faces.crop import Box, Square, crop

FRAMING = (0.30, 1.05)
"""Longer side of the face box over the side of the crop: from a third to cut at the forehead."""

FARTHEST = 75.0
"""Degrees that a face is turned at most."""

FACE_ROWS = (0.18, 0.98)
"""Top and bottom of what every view keeps, over the face box's height: brows to chin."""


def random_view(
    photo: NDArray[np.uint8],
    box: Box,
    size: int,
    rng: np.random.Generator,
    rows: tuple[float, float] = FACE_ROWS,
    turned: float = 0.0,
) -> NDArray[np.uint8]:
    """Draw one augmented crop.

    Args:
        photo: RGB uint8 (H, W, 3).
        box: the face (x, y, w, h) in photo pixels.
        size: side of the crop in pixels.
        rng: the only source of chance.
        rows: top and bottom of what the view must keep, over the height of the box; below 0
            and above 1 is outside it.
        turned: how often the face is turned far, instead of a little or not at all.

    Returns:
        RGB uint8 (size, size, 3).
    """
    view, face_px = _placed(photo, box, size, rng, rows, turned)
    return spoil(light(view, rng), face_px, rng)


def random_view_of_pixels(
    photo: NDArray[np.uint8],
    marked: NDArray[np.bool_],
    box: Box,
    size: int,
    rng: np.random.Generator,
    rows: tuple[float, float] = FACE_ROWS,
    turned: float = 0.0,
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The view that `random_view` draws, and where marked pixels (H, W) of the photo lie in it.

    Returns:
        RGB uint8 (size, size, 3), and bool (size, size).
    """
    again = copy.deepcopy(rng)
    white = np.repeat(marked[..., None].astype(np.uint8) * 255, 3, axis=2)
    found, _ = _placed(white, box, size, again, rows, turned, fill=0)
    return random_view(photo, box, size, rng, rows, turned), found[..., 0] > 127


def _placed(
    photo: NDArray[np.uint8],
    box: Box,
    size: int,
    rng: np.random.Generator,
    rows: tuple[float, float],
    turned: float,
    fill: int | None = None,
) -> tuple[NDArray[np.uint8], float]:
    """Mirrored, turned and framed: RGB uint8 (size, size, 3), and the face's size in it.

    Letter boxes show `fill`, or a colour at random.
    """
    if rng.random() < 0.5:
        photo, box = photo[:, ::-1], (photo.shape[1] - box[0] - box[2], *box[1:])
    longest = max(box[2:])
    if turned and rng.random() < turned:
        photo, box, rows = _with_room(photo, box, rows)
        photo = _turn(photo, box, float(rng.uniform(-FARTHEST, FARTHEST)))
    elif rng.random() < 0.5:
        photo = _turn(photo, box, float(np.clip(rng.normal(0, 8), -20, 20)))
    picture, square = _frame(photo, box, rng, rows, fill)
    return crop(picture, square, size), longest / square.side * size


def _with_room(
    photo: NDArray[np.uint8], box: Box, rows: tuple[float, float]
) -> tuple[NDArray[np.uint8], Box, tuple[float, float]]:
    """Room to turn a face in by any angle.

    Returns:
        The photo with its borders repeated as far as the square reaches beyond them; the square
        around the face's middle that holds box and rows, in its pixels; and all of its rows, since
        what makes the label may be anywhere in it once it is turned.
    """
    x, y, w, h = box
    side = max(w, h) * max(1.0, 2 * rows[1] - 1, 1 - 2 * rows[0])
    left, top = x + (w - side) / 2, y + (h - side) / 2
    height, width = photo.shape[:2]
    reaches = (-top, top + side - height, -left, left + side - width)
    above, below, before, beyond = (max(0, int(np.ceil(reach))) for reach in reaches)
    roomy = cv2.copyMakeBorder(photo, above, below, before, beyond, cv2.BORDER_REPLICATE)
    return _u8(roomy), (left + before, top + above, side, side), (0.0, 1.0)


def _turn(photo: NDArray[np.uint8], box: Box, degrees: float) -> NDArray[np.uint8]:
    centre = (box[0] + box[2] / 2, box[1] + box[3] / 2)
    matrix = cv2.getRotationMatrix2D(centre, degrees, 1.0)
    turned = cv2.warpAffine(
        photo,
        matrix,
        (photo.shape[1], photo.shape[0]),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return _u8(turned)


def _frame(
    photo: NDArray[np.uint8],
    box: Box,
    rng: np.random.Generator,
    rows: tuple[float, float],
    fill: int | None = None,
) -> tuple[NDArray[np.uint8], Square]:
    """Cut a random rectangle around the face, as a person frames a photo, and square it."""
    height, width = photo.shape[:2]
    x, y, w, h = box
    # What must stay: the rows, and all but a sliver at the left and right.
    core_x = max(0.0, x + 0.05 * w), min(float(width), x + 0.95 * w)
    core_y = max(0.0, y + rows[0] * h), min(float(height), y + rows[1] * h)
    longest = max(w, h) / np.exp(rng.uniform(*np.log(FRAMING)))
    aspect = np.exp(rng.uniform(np.log(0.6), np.log(1.6)))
    if rng.random() < 0.4:
        aspect = 1.0
    rect_w = max(longest * min(1.0, aspect), core_x[1] - core_x[0])
    rect_h = max(longest * min(1.0, 1 / aspect), core_y[1] - core_y[0])
    left = _between(core_x[1] - rect_w, core_x[0], rng)
    top = _between(core_y[1] - rect_h, core_y[0], rng)
    if rng.random() < 0.6:  # only what the photo holds; else the border repeats beyond it
        right, bottom = min(left + rect_w, width), min(top + rect_h, height)
        left, top = max(left, 0.0), max(top, 0.0)
        rect_w, rect_h = right - left, bottom - top
    x0, y0 = max(0, round(left)), max(0, round(top))
    x1, y1 = min(width, round(left + rect_w)), min(height, round(top + rect_h))
    picture = photo[y0:y1, x0:x1]
    square = Square.around((left - x0, top - y0, rect_w, rect_h))
    if rng.random() < 0.15:  # letter boxes
        return _letterbox(picture, square, rng, fill)
    return picture, square


def _between(low: float, high: float, rng: np.random.Generator) -> float:
    return float(low + (high - low) * rng.beta(2.5, 2.5))


def _letterbox(
    picture: NDArray[np.uint8], square: Square, rng: np.random.Generator, fill: int | None
) -> tuple[NDArray[np.uint8], Square]:
    """Fill what lies beyond the picture with one colour instead of its border."""
    height, width = picture.shape[:2]
    top, left = max(0, int(-square.y)) + 1, max(0, int(-square.x)) + 1
    bottom = max(0, int(square.y + square.side - height)) + 1
    right = max(0, int(square.x + square.side - width)) + 1
    grey = int(rng.integers(256))
    colour = (grey, grey, grey) if rng.random() < 0.7 else rng.integers(0, 256, 3).tolist()
    if fill is not None:
        colour = (fill, fill, fill)
    filled = cv2.copyMakeBorder(
        picture, top, bottom, left, right, cv2.BORDER_CONSTANT, value=colour
    )
    return _u8(filled), Square(square.x + left, square.y + top, square.side)


def light(view: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Brightness, contrast, gamma, colour cast, saturation, grey; of RGB uint8 (H, W, 3)."""
    if rng.random() < 0.8:
        ramp = np.arange(256, dtype=np.float32)[:, None] / 255  # (256, 1)
        gamma = np.exp(rng.normal(0, 0.2))
        gain = np.exp(rng.normal(0, 0.15)) * np.exp(rng.normal(0, 0.08, 3))  # light, cast
        table = (ramp**gamma - 0.5) * np.exp(rng.normal(0, 0.15)) + 0.5
        table = np.clip(table * gain * 255 + 0.5, 0, 255).astype(np.uint8)  # (256, 3)
        view = _u8(cv2.LUT(view, table.reshape(1, 256, 3)))
    draw = rng.random()
    if draw < 0.5:
        grey = cv2.cvtColor(cv2.cvtColor(view, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
        keep = 0.0 if draw < 0.08 else float(rng.uniform(0.3, 1.6))
        view = _u8(cv2.addWeighted(view, keep, grey, 1 - keep, 0))
    return view


def spoil(view: NDArray[np.uint8], face_px: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Low resolution, blur, noise, JPEG; never so much that the label can't be seen.

    Args:
        view: RGB uint8 (S, S, 3).
        face_px: longer side of the smallest face that must stay seen, in pixels of the view.
        rng: the only source of chance.
    """
    size = len(view)
    draw = rng.random()
    if draw < 0.3:  # a small face: down to 24 px, then up again
        small = round(size * min(1.0, rng.uniform(24, 90) / face_px))
        view = _u8(cv2.resize(view, (small, small), interpolation=cv2.INTER_AREA))
        view = _u8(cv2.resize(view, (size, size), interpolation=cv2.INTER_LINEAR))
    elif draw < 0.4:  # out of focus
        view = _u8(cv2.GaussianBlur(view, (0, 0), float(rng.uniform(0.01, 0.03)) * face_px))
    elif draw < 0.48:  # motion
        length = max(2, round(float(rng.uniform(0.03, 0.1)) * face_px))
        kernel = np.zeros((length, length), np.float32)
        angle = rng.uniform(0, np.pi)
        reach = np.array([np.cos(angle), np.sin(angle)]) * length
        ends = (np.array([length / 2, length / 2]) + np.outer([-1, 1], reach)).astype(int)
        cv2.line(kernel, ends[0].tolist(), ends[1].tolist(), 1.0)
        view = _u8(cv2.filter2D(view, -1, kernel / max(1.0, float(kernel.sum()))))
    if rng.random() < 0.2:
        noise = rng.normal(0, rng.uniform(2, 12), view.shape).astype(np.float32)
        view = np.clip(view + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.4:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 92))]
        view = _u8(cv2.imdecode(cv2.imencode(".jpg", view, quality)[1], cv2.IMREAD_COLOR))
    return view


def _u8(picture: cv2.typing.MatLike | None) -> NDArray[np.uint8]:
    """What OpenCV's stubs call any array, as the uint8 picture that it is."""
    return np.asarray(picture, np.uint8)
