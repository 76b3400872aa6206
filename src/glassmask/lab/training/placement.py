"""How a view shows a face: mirrored, turned, framed and padded, drawn once and applied to pictures.

No view cuts off what makes its label: nose, mouth and chin always, and a mask that hangs below
the chin or sits above the eyes where there is one. Apart from that every way of framing and
padding is drawn alike for every class: neither may carry the label.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.faces.crop import Box, Square, crop

FRAMING = (0.30, 1.05)
"""Longer side of the face box over the side of the crop: from a third to cut at the forehead."""

MAX_TURN = 75.0
"""Degrees that a face is turned at most."""

FACE_ROWS = (0.18, 0.98)
"""Top and bottom of what every view keeps, over the face box's height: brows to chin."""


@dataclass(frozen=True, slots=True)
class Placement:
    """All chance of how a face is shown, so that a photo and its mask can be shown alike.

    Attributes:
        mirrored: left and right change places.
        degrees: by which the face is turned; 0: not at all.
        far: turned by any angle, with room around the face for it.
        zoom: longer side of the face box over the longer side of the frame.
        aspect: width over height of the frame.
        across: where the frame lies, from as far left (0) as it may to as far right (1).
        down: where it lies from top (0) to bottom (1).
        inside: only what the photo holds is framed; else its border repeats beyond it.
        padding: RGB of what lies beyond the photo; None: its border repeats.
    """

    mirrored: bool
    degrees: float
    far: bool
    zoom: float
    aspect: float
    across: float
    down: float
    inside: bool
    padding: tuple[int, ...] | None

    @classmethod
    def draw(cls, rng: np.random.Generator, far_rate: float = 0.0) -> Placement:
        """Draw one.

        Args:
            rng: the only source of chance.
            far_rate: how often the face is turned far, instead of a little or not at all.
        """
        mirrored = rng.random() < 0.5
        degrees, far = 0.0, bool(far_rate and rng.random() < far_rate)
        if far:
            degrees = float(rng.uniform(-MAX_TURN, MAX_TURN))
        elif rng.random() < 0.5:
            degrees = float(np.clip(rng.normal(0, 8), -20, 20))
        zoom = float(np.exp(rng.uniform(*np.log(FRAMING))))
        aspect = float(np.exp(rng.uniform(np.log(0.6), np.log(1.6))))
        if rng.random() < 0.4:
            aspect = 1.0
        across, down = float(rng.beta(2.5, 2.5)), float(rng.beta(2.5, 2.5))
        inside = rng.random() < 0.6
        padding = _draw_colour(rng) if rng.random() < 0.15 else None
        return cls(mirrored, degrees, far, zoom, aspect, across, down, inside, padding)

    def apply(
        self,
        photo: NDArray[np.uint8],
        box: Box,
        size: int,
        rows: tuple[float, float] = FACE_ROWS,
        padding: tuple[int, int, int] | None = None,
    ) -> tuple[NDArray[np.uint8], float]:
        """Show a face so.

        Args:
            photo: RGB uint8 (H, W, 3).
            box: the face (x, y, w, h) in photo pixels.
            size: S, side of the view in pixels.
            rows: top and bottom of what the view must keep, over the height of the box; below 0
                and above 1 is outside it.
            padding: takes the place of the placement's own, where it has one.

        Returns:
            RGB uint8 (S, S, 3), and the longer side of the face in it, in pixels.
        """
        if self.mirrored:
            photo, box = photo[:, ::-1], (photo.shape[1] - box[0] - box[2], *box[1:])
        longest = max(box[2:])
        if self.far:
            photo, box, rows = _with_room(photo, box, rows)
        if self.degrees:
            photo = _turn(photo, box, self.degrees)
        picture, square = self._frame(photo, box, rows)
        if self.padding is not None:
            picture, square = _letterbox(picture, square, padding or self.padding)
        return crop(picture, square, size), longest / square.side * size

    def _frame(
        self, photo: NDArray[np.uint8], box: Box, rows: tuple[float, float]
    ) -> tuple[NDArray[np.uint8], Square]:
        """Cut a rectangle around the face, as a person frames a photo, and square it."""
        height, width = photo.shape[:2]
        x, y, w, h = box
        # What must stay: the rows, and all but a sliver at the left and right.
        core_x = max(0.0, x + 0.05 * w), min(float(width), x + 0.95 * w)
        core_y = max(0.0, y + rows[0] * h), min(float(height), y + rows[1] * h)
        longest = max(w, h) / self.zoom
        rect_w = max(longest * min(1.0, self.aspect), core_x[1] - core_x[0])
        rect_h = max(longest * min(1.0, 1 / self.aspect), core_y[1] - core_y[0])
        left = _between(core_x[1] - rect_w, core_x[0], self.across)
        top = _between(core_y[1] - rect_h, core_y[0], self.down)
        if self.inside:
            right, bottom = min(left + rect_w, width), min(top + rect_h, height)
            left, top = max(left, 0.0), max(top, 0.0)
            rect_w, rect_h = right - left, bottom - top
        x0, y0 = max(0, round(left)), max(0, round(top))
        x1, y1 = min(width, round(left + rect_w)), min(height, round(top + rect_h))
        return photo[y0:y1, x0:x1], Square.around((left - x0, top - y0, rect_w, rect_h))


def _draw_colour(rng: np.random.Generator) -> tuple[int, ...]:
    """Grey more often than not."""
    grey = int(rng.integers(256))
    return (grey, grey, grey) if rng.random() < 0.7 else tuple(rng.integers(0, 256, 3).tolist())


def _between(low: float, high: float, share: float) -> float:
    return float(low + (high - low) * share)


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


def _letterbox(
    picture: NDArray[np.uint8], square: Square, colour: tuple[int, ...]
) -> tuple[NDArray[np.uint8], Square]:
    """Fill what lies beyond the picture with one colour instead of its border."""
    height, width = picture.shape[:2]
    top, left = max(0, int(-square.y)) + 1, max(0, int(-square.x)) + 1
    bottom = max(0, int(square.y + square.side - height)) + 1
    right = max(0, int(square.x + square.side - width)) + 1
    filled = cv2.copyMakeBorder(
        picture, top, bottom, left, right, cv2.BORDER_CONSTANT, value=colour
    )
    return _u8(filled), Square(square.x + left, square.y + top, square.side)


def _u8(picture: cv2.typing.MatLike | None) -> NDArray[np.uint8]:
    """What OpenCV's stubs call any array, as the uint8 picture that it is."""
    return np.asarray(picture, np.uint8)
