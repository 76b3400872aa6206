"""Random views of a face: how it is placed, lit and degraded."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.faces.crop import Box
from glassmask.lab.training.placement import FACE_ROWS, Placement


def random_view(
    photo: NDArray[np.uint8],
    box: Box,
    size: int,
    rng: np.random.Generator,
    rows: tuple[float, float] = FACE_ROWS,
    far_rate: float = 0.0,
) -> NDArray[np.uint8]:
    """Draw one augmented crop.

    Args:
        photo: RGB uint8 (H, W, 3).
        box: the face (x, y, w, h) in photo pixels.
        size: side of the crop in pixels.
        rng: the only source of chance.
        rows: top and bottom of what the view must keep, over the height of the box; below 0
            and above 1 is outside it.
        far_rate: how often the face is turned far, instead of a little or not at all.

    Returns:
        RGB uint8 (size, size, 3).
    """
    view, face_px = Placement.draw(rng, far_rate).apply(photo, box, size, rows)
    return degrade(vary_light(view, rng), face_px, rng)


def random_view_with_marks(
    photo: NDArray[np.uint8],
    marks: NDArray[np.bool_],
    box: Box,
    size: int,
    rng: np.random.Generator,
    rows: tuple[float, float] = FACE_ROWS,
    far_rate: float = 0.0,
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The view that `random_view` draws, and where the pixels of marks (H, W, n) lie in it.

    Returns:
        RGB uint8 (size, size, 3), and bool (size, size, n).
    """
    placement = Placement.draw(rng, far_rate)
    count = marks.shape[2]
    white = np.pad(marks.astype(np.uint8) * 255, ((0, 0), (0, 0), (0, -count % 3)))
    placed = [  # pictures of three channels, as photos are
        placement.apply(white[..., first : first + 3], box, size, rows, padding=(0, 0, 0))[0]
        for first in range(0, count, 3)
    ]
    view, face_px = placement.apply(photo, box, size, rows)
    seen = np.concatenate(placed, axis=2)[..., :count] > 127
    return degrade(vary_light(view, rng), face_px, rng), np.asarray(seen)


def vary_light(view: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
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


def degrade(view: NDArray[np.uint8], face_px: float, rng: np.random.Generator) -> NDArray[np.uint8]:
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
