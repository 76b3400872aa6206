"""A mask as a sheet on the face: its outline, and where every pixel lies on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.painter.frame import Frame
from glassmask.painter.wearing import Wearing

Floats = NDArray[np.float32]

_SUBPIXEL: Final = 4
_COARSE: Final = 3  # coordinates are smooth: computed on every third pixel, then enlarged
_STEPS: Final = 33
_JAW: Final = 6.6  # level of the corner of the jaw


@dataclass(frozen=True, slots=True)
class Cut:
    """The cut of a kind of mask.

    Attributes:
        inset: how far the sides stay inside the silhouette, over the half-width of the face.
        peak: how narrow the upper edge rises over the nose: 1 is a soft arch, 4 a beak.
        arch: roundness of the lower edge: 2 is an ellipse, 1.2 nearly a V, 4 nearly a box.
        stand_off: how far the mask stands out beyond the silhouette, over the face's width.
    """

    inset: float
    peak: float
    arch: float
    stand_off: float


@dataclass(frozen=True, slots=True)
class Window:
    """The part of the photo that is worked on: pixels [y0:y1, x0:x1]."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        return self.y1 - self.y0, self.x1 - self.x0

    def of(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The window of a picture (H, W, …), a view."""
        return picture[self.y0 : self.y1, self.x0 : self.x1]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A mask hung on a face.

    Attributes:
        outline: (n, 2) in photo pixels, closed.
        corners: (4, 2) in photo pixels: upper left, upper right, lower left, lower right.
        window: the pixels that u and v describe.
        u: (h, w) from -1 at the left edge through 0 at the middle to 1; beyond, outside.
        v: (h, w) from 0 at the upper edge to 1 at the lower.
    """

    outline: NDArray[np.float64]
    corners: NDArray[np.float64]
    window: Window
    u: Floats
    v: Floats


def hang(frame: Frame, wearing: Wearing, cut: Cut, shape: tuple[int, int]) -> Sheet | None:
    """Hang a mask of a cut on a face; None where nothing of it is inside the photo.

    Args:
        frame: the face.
        wearing: where the edges go.
        cut: of the kind of mask.
        shape: height and width of the photo.
    """
    sides = (frame.side(right=False), frame.side(right=True))
    tops = [_corner(frame, wearing.top_corner, side, cut) for side in sides]
    bottoms = [_corner(frame, wearing.bottom_corner, side, cut) for side in sides]
    drop = wearing.tilt * frame.width
    for points in (tops, bottoms):
        points[0][1] -= drop
        points[1][1] += drop
    rows, left, right = _edges(frame, tops, bottoms, sides, cut)
    middle = np.interp(rows, frame.heights, frame.axis)
    # The face's middle bends with nose and lips; the sheet hangs straighter.
    straight = np.polyval(np.polyfit(frame.heights[2:9], frame.axis[2:9], 1), rows)
    middle = np.clip(0.5 * (middle + straight), left + 0.02, right - 0.02)

    u = np.linspace(-1, 1, 2 * _STEPS - 1)
    middle_top = frame.height(wearing.top)
    sags = middle_top > (tops[0][1] + tops[1][1]) / 2
    rise = (1 - np.abs(u) ** 2.2) ** 0.6 if sags else _rise(u, cut.peak)
    top = _edge(u, middle_top, (tops[0][1], tops[1][1]), rise)
    bottom = _edge(
        u,
        frame.height(wearing.bottom),
        (bottoms[0][1], bottoms[1][1]),
        (1 - np.abs(u) ** cut.arch) ** (1 / cut.arch),
    )
    upper = np.stack([_across(u, top, rows, left, middle, right), top], axis=1)
    lower = np.stack([_across(u, bottom, rows, left, middle, right), bottom], axis=1)
    outline = frame.to_photo(np.concatenate([upper, lower[::-1]]))
    ears = frame.points.part("outline")[[6, 9, 27, 30]]  # loops and straps reach them
    window = window_around(np.concatenate([outline, ears]), 0.12 * frame.width, shape)
    if window is None:
        return None

    height, width = window.shape
    coarse_h, coarse_w = -(-height // _COARSE), -(-width // _COARSE)
    grid = np.stack(
        np.meshgrid(
            window.x0 + (np.arange(coarse_w) + 0.5) * width / coarse_w,
            window.y0 + (np.arange(coarse_h) + 0.5) * height / coarse_h,
        ),
        axis=-1,
    )
    x, y = np.moveaxis(frame.upright(grid), -1, 0)
    at = np.interp(y, rows, np.arange(len(rows)))
    low = np.clip(at.astype(int), 0, len(rows) - 2)
    part = at - low
    left_at, middle_at, right_at = (
        edge[low] * (1 - part) + edge[low + 1] * part for edge in (left, middle, right)
    )
    half = np.where(x < middle_at, middle_at - left_at, right_at - middle_at)
    across = (x - middle_at) / np.maximum(half, 0.02 * frame.width)
    top_at, bottom_at = np.interp(across, u, top), np.interp(across, u, bottom)
    down = (y - top_at) / np.maximum(bottom_at - top_at, 0.04 * frame.width)
    size = (width, height)
    return Sheet(
        outline,
        frame.to_photo(np.array([*tops, *bottoms])),
        window,
        cv2.resize(across.astype(np.float32), size, interpolation=cv2.INTER_LINEAR),
        cv2.resize(down.astype(np.float32), size, interpolation=cv2.INTER_LINEAR),
    )


def coverage(window: Window, *outlines: NDArray[np.floating]) -> Floats:
    """How much of each pixel polygons (n, 2) in photo pixels cover: (h, w) in [0, 1]."""
    cover = np.zeros(window.shape, np.float32)
    low = np.floor(np.min([outline.min(axis=0) for outline in outlines], axis=0)).astype(int)
    high = np.ceil(np.max([outline.max(axis=0) for outline in outlines], axis=0)).astype(int)
    x0, y0 = max(int(low[0]), window.x0), max(int(low[1]), window.y0)
    x1, y1 = min(int(high[0]), window.x1), min(int(high[1]), window.y1)
    if x1 <= x0 or y1 <= y0:
        return cover
    large = np.zeros(((y1 - y0) * _SUBPIXEL, (x1 - x0) * _SUBPIXEL), np.uint8)
    for outline in outlines:
        fill(large, (outline - (x0, y0)) * _SUBPIXEL, 255)
    small = cv2.resize(large, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA)
    part = cover[y0 - window.y0 : y1 - window.y0, x0 - window.x0 : x1 - window.x0]
    np.multiply(small, np.float32(1 / 255), out=part)
    return cover


def fill(canvas: NDArray[np.uint8], outline: NDArray[np.floating], value: int) -> None:
    """Fill the pixels of a canvas (h, w) whose centres a polygon (n, 2) holds."""
    # Pixel i spans [i, i + 1) and has its centre at i + 0.5; fillPoly counts centres as whole.
    points = np.clip(outline - 0.5, -1e5, 1e5)
    cv2.fillPoly(canvas, [np.round(points * 16).astype(np.int32)], value, cv2.LINE_8, 4)


def rgb(plane: NDArray[np.floating]) -> Floats:
    """A plane (h, w) as three channels (h, w, 3): NumPy spreads over a last axis of 3 slowly."""
    plane = np.asarray(plane, np.float32)
    return np.asarray(cv2.merge([plane, plane, plane]), np.float32)


def window_around(
    points: NDArray[np.floating], margin: float, shape: tuple[int, int]
) -> Window | None:
    """The window around points with a margin, on the photo's grid of 8 x 8 blocks."""
    low = np.floor((points.min(axis=0) - margin) / 8).astype(int) * 8
    high = np.ceil((points.max(axis=0) + margin) / 8).astype(int) * 8
    x0, y0 = max(0, int(low[0])), max(0, int(low[1]))
    x1, y1 = min(shape[1], int(high[0])), min(shape[0], int(high[1]))
    return Window(x0, y0, x1, y1) if x1 - x0 >= 4 and y1 - y0 >= 4 else None


def _corner(frame: Frame, level: float, side: NDArray[np.float64], cut: Cut) -> NDArray[np.float64]:
    """Where a corner of the mask lies at one side of the face, upright."""
    y = frame.height(level)
    # Below the corner of the jaw the silhouette runs to the chin; a mask goes on downwards.
    row = min(y, frame.height(_JAW))
    edge = float(np.interp(row, side[:, 1], side[:, 0]))
    middle = float(np.interp(row, frame.heights, frame.axis))
    return np.array([edge + cut.inset * (middle - edge), y])


def _edges(
    frame: Frame,
    tops: list[NDArray[np.float64]],
    bottoms: list[NDArray[np.float64]],
    sides: tuple[NDArray[np.float64], NDArray[np.float64]],
    cut: Cut,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Rows, and the x of the sheet's left and right edge at each, (n,), upright."""
    low = min(tops[0][1], tops[1][1], frame.heights[0]) - frame.width
    high = max(bottoms[0][1], bottoms[1][1], frame.heights[9]) + frame.width
    rows = np.linspace(low, high, 160)
    inner = frame.inner()
    edges = []
    for top, bottom, side, sign in zip(tops, bottoms, sides, (-1.0, 1.0), strict=True):
        edge = sign * np.interp(rows, [top[1], bottom[1]], [top[0], bottom[0]])
        # In a profile nose and lips reach the silhouette: the sheet goes round them.
        held = inner[(inner[:, 1] > top[1]) & (inner[:, 1] < bottom[1])]
        if len(held):
            bump = sign * held[:, 0] + cut.stand_off * frame.width - edge[:, None]  # (160, n)
            near = np.exp(-(((rows[:, None] - held[:, 1]) / (0.1 * frame.width)) ** 2))
            edge = edge + np.maximum(bump * near, 0).max(axis=1)
        held_rows = np.minimum(rows, max(bottom[1], frame.height(_JAW)))
        silhouette = np.interp(held_rows, side[:, 1], sign * side[:, 0])
        silhouette = np.maximum(silhouette, sign * bottom[0])
        edge = np.minimum(edge, silhouette + cut.stand_off * frame.width)
        edges.append(sign * edge)
    return rows, edges[0], edges[1]


def _rise(u: NDArray[np.float64], peak: float) -> NDArray[np.float64]:
    """How far the upper edge has risen from its corners (0) to the middle (1)."""
    arch = 1 - np.abs(u) ** 1.7
    beak = np.exp(-((np.abs(u) / 0.42) ** 2)) * (1 - u**4)
    share = (peak - 1) / 3
    rise: NDArray[np.float64] = (1 - share) * arch + share * beak
    return rise


def _edge(
    u: NDArray[np.float64],
    middle: float,
    corners: tuple[float, float],
    rise: NDArray[np.float64],
) -> NDArray[np.float64]:
    base = corners[0] + (corners[1] - corners[0]) * (u + 1) / 2
    edge: NDArray[np.float64] = base + (middle - (corners[0] + corners[1]) / 2) * rise
    return edge


def _across(
    u: NDArray[np.float64],
    y: NDArray[np.float64],
    rows: NDArray[np.float64],
    left: NDArray[np.float64],
    middle: NDArray[np.float64],
    right: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The x of the points at u across the sheet and height y."""
    centre = np.interp(y, rows, middle)
    edge = np.where(u < 0, np.interp(y, rows, left), np.interp(y, rows, right))
    x: NDArray[np.float64] = centre + np.abs(u) * (edge - centre)
    return x
