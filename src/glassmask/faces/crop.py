"""Cut one square crop out of a photo: the formula of `docs/crop.md`, in NumPy.

Every engine, the lab and the website follow the same formula, so a photo gives the same
numbers everywhere. It is separable and antialiased, and it never reads outside the photo:
what lies beyond the border repeats the border.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Box: TypeAlias = tuple[float, float, float, float]
"""(x, y, w, h) in photo pixels, origin top-left; pixel j spans [j, j + 1)."""


_SPAN: Final = 48  # pixels that a few rows are made of: more is more zeros, less is more calls

WEIGHT_SUM: Final = 4096
"""The weights of a pixel are whole numbers with this sum, and what lies between the two axes is in
sixteenths of a level: so every sum is a whole number under 2**24, exact in float32 in any order,
and a crop has the same bits on every machine."""

FILTER_STEPS: Final = 65536
"""The filter is read off in such parts, before its weights are rounded."""

_ONE_THREAD: Final = 200_000
"""Multiply-adds of one product stay under this: from about 260,000 OpenBLAS wakes all its threads,
which wait for each other by spinning. Beside a busy process a crop then costs several times the
work, for nothing."""


def cut_to(photo: NDArray[np.uint8], box: Box) -> Box:
    """The part of a box that lies in a photo (H, W, 3); w or h is 0 or less where none does."""
    height, width = photo.shape[:2]
    x, y, w, h = box
    left, top = max(0.0, x), max(0.0, y)
    return left, top, min(float(width), x + w) - left, min(float(height), y + h) - top


@dataclass(frozen=True, slots=True)
class Square:
    """The square of the photo that a crop shows.

    Attributes:
        x: left edge in photo pixels; may lie outside the photo.
        y: top edge in photo pixels; may lie outside the photo.
        side: length of a side in photo pixels, > 0.
        turn: quarter turns clockwise by which what it shows lies in the photo, 0 to 3; the crop
            sets it upright by as many counter-clockwise.
    """

    x: float
    y: float
    side: float
    turn: int = 0

    def __post_init__(self) -> None:
        if self.turn not in range(4):
            raise ValueError(f"quarter turns are 0 to 3, got {self.turn}")
        if not (np.isfinite((self.x, self.y, self.side)).all() and self.side > 0):
            raise ValueError(f"a square needs finite edges and a side > 0, got {self}")

    @classmethod
    def around(cls, box: Box, margin: float = 1.0, turn: int = 0) -> Square:
        """The square with the box's centre whose side is `margin` times the longer side."""
        x, y, w, h = box
        side = max(w, h) * margin
        return cls(x + (w - side) / 2, y + (h - side) / 2, side, turn)

    def scaled(self, scale: float) -> Square:
        """The same square in a photo made `scale` times as large."""
        return Square(self.x * scale, self.y * scale, self.side * scale, self.turn)

    def to_photo(self, points: NDArray[np.floating], size: int) -> NDArray[np.float64]:
        """Map points (..., 2) from a crop of `size` pixels to photo pixels."""
        lying = turn_points(np.asarray(points, np.float64), 4 - self.turn, size)
        return lying * (self.side / size) + (self.x, self.y)

    def to_crop(self, points: NDArray[np.floating], size: int) -> NDArray[np.float64]:
        """Map points (..., 2) from photo pixels to a crop of `size` pixels."""
        lying = (np.asarray(points, np.float64) - (self.x, self.y)) * (size / self.side)
        return turn_points(lying, self.turn, size)


def turn_points(points: NDArray[np.float64], turn: int, size: float) -> NDArray[np.float64]:
    """Points (..., 2) of a square picture after quarter turns of it counter-clockwise.

    Args:
        points: x, y in pixels of the picture.
        turn: how many, 0 or more.
        size: the picture's side in pixels.
    """
    for _ in range(turn % 4):
        points = np.stack([points[..., 1], size - points[..., 0]], axis=-1)
    return points


def crop(photo: NDArray[np.uint8], square: Square, size: int) -> NDArray[np.uint8]:
    """Resample a square of the photo to `size` x `size` pixels.

    Output pixel i has its centre at u = start + (i + 0.5) * side / size. It is the mean of
    the photo's pixels j, weighted by max(0, 1 - |j + 0.5 - u| / r) with r = max(1, side / size):
    bilinear when enlarging, a triangle filter (antialiased) when reducing. Both axes alike. What
    lies turned is then set upright by the square's quarter turns: pixels move, none changes.

    Args:
        photo: RGB uint8, (H, W, 3).
        square: what to show; the photo's border is repeated where it reaches outside.
        size: side of the crop in pixels.

    Returns:
        RGB uint8, (size, size, 3).
    """
    photo, square = _near(photo, square, size)
    if len(photo) < size:  # columns first: reduce before enlarging, or a thin strip explodes
        columns = _sixteenths(_resample(cv2.transpose(photo), square.x, square.side, size))
        levels = _levels(_resample(cv2.transpose(columns), square.y, square.side, size))
    else:
        rows = _sixteenths(_resample(photo, square.y, square.side, size))  # (size, W, 3)
        columns = _resample(cv2.transpose(rows), square.x, square.side, size)  # (size, size, 3)
        levels = np.asarray(cv2.transpose(_levels(columns)), np.uint8)
    return np.ascontiguousarray(np.rot90(levels, square.turn))  # (size, size, 3)


def coarse_crop(photo: NDArray[np.uint8], square: Square, size: int) -> NDArray[np.uint8]:
    """The crop of the photo halved as often as leaves it the crop's resolution.

    Almost what `crop` gives, and several times as fast where the square is large: to find a face,
    not to judge it. A halved pixel is the mean of four, rounded, of halves up; they begin at the
    photo's left top, and the last row or column of an odd side counts twice.

    Args:
        photo: RGB uint8, (H, W, 3).
        square: as for `crop`.
        size: side of the crop in pixels.

    Returns:
        RGB uint8, (size, size, 3).
    """
    block = 1  # pixels of the photo to a side of one that is kept
    while square.side >= 2 * block * size:
        block *= 2
    part, there = _near(photo, square, size, block)
    while block > 1:
        part, there, block = _halve(part), there.scaled(0.5), block // 2
    return crop(part, there, size)


def _halve(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture (H, W, 3) at half its size, rounded up."""
    height, width = picture.shape[:2]
    if height % 2 or width % 2:
        picture = np.asarray(
            cv2.copyMakeBorder(picture, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE), np.uint8
        )
    half = (width + 1) // 2, (height + 1) // 2
    return np.asarray(cv2.resize(picture, half, interpolation=cv2.INTER_AREA), np.uint8)


def _sixteenths(sums: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sums of levels by whole weights as whole sixteenths of a level; in place."""
    sums *= np.float32(16 / WEIGHT_SUM)
    sums += np.float32(0.5)
    return np.floor(sums, out=sums)


def _levels(sums: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Sums of sixteenths of a level by whole weights, which are spent, as levels."""
    sums *= np.float32(1 / (16 * WEIGHT_SUM))  # a power of two: nothing is rounded
    sums += np.float32(0.5)
    return sums.astype(np.uint8)  # cuts off what is under a whole level


def _near(
    photo: NDArray[np.uint8], square: Square, size: int, block: int = 1
) -> tuple[NDArray[np.uint8], Square]:
    """The part of the photo that a crop reads, and the square in it: a face costs its own pixels.

    Where the square lies beyond the photo, what is left is the border that is repeated. The part
    is made of whole blocks of so many pixels, as far as the photo reaches.
    """
    reach = max(1.0, square.side / size) + 2 * block

    def span(start: float, length: int) -> tuple[int, int]:
        low = int(np.clip(np.floor(start - reach), 0, length - 1)) // block * block
        high = int(np.clip(np.ceil(start + square.side + reach), low + 1, length))
        return low, min(length, -(-high // block) * block)

    top, bottom = span(square.y, len(photo))
    left, right = span(square.x, photo.shape[1])
    there = Square(square.x - left, square.y - top, square.side, square.turn)
    return photo[top:bottom, left:right], there


def _resample(
    picture: NDArray[np.number], start: float, side: float, size: int
) -> NDArray[np.float32]:
    """Resample the first axis of (n, m, 3) to (size, m, 3) float32: sums by whole weights."""
    length, width, channels = picture.shape
    weights, pixels = _taps(start, side, size, length)
    out = np.empty((size, width * channels), np.float32)
    # A few rows at a time: one dense matrix for all of them would be nearly all zeros.
    # Blocks of the same size: one of a single row would be a product of another kind, with threads.
    blocks = math.ceil(size / np.clip(_SPAN * size / side, 8, size))
    for block in range(blocks):
        some = slice(block * size // blocks, (block + 1) * size // blocks)
        low, high = int(pixels[some].min()), int(pixels[some].max())
        rows = np.asarray(picture[low : high + 1], np.float32)
        dense = _dense(weights[some], pixels[some] - low, len(rows))
        _multiply(dense, rows.reshape(len(rows), -1), out[some])
    return out.reshape(size, width, channels)


def _multiply(
    left: NDArray[np.float32], right: NDArray[np.float32], out: NDArray[np.float32]
) -> None:
    """Write left (n, k) @ right (k, m) into out (n, m), some columns at a time: on one thread."""
    columns = right.shape[1]
    parts = min(columns, left.size * columns // _ONE_THREAD + 1)
    for part in range(parts):
        some = slice(part * columns // parts, (part + 1) * columns // parts)
        np.matmul(left, right[:, some], out=out[:, some])


def _taps(
    start: float, side: float, size: int, length: int
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Filter weights (size, taps), whole numbers of sum `WEIGHT_SUM`, and the pixels they weigh.

    Each weight is the step of the rounded running sum: what one rounds away, the next gets.
    """
    radius = max(1.0, side / size)
    centres = start + (np.arange(size) + 0.5) * (side / size)
    taps = np.floor(centres - radius)[:, None] + np.arange(int(2 * radius) + 3)
    heights = np.maximum(0.0, 1.0 - np.abs(taps + 0.5 - centres[:, None]) / radius)
    running = np.cumsum(np.floor(heights * FILTER_STEPS + 0.5), axis=1)
    rounded = np.floor(running * WEIGHT_SUM / running[:, -1:] + 0.5)
    weights = np.diff(rounded, axis=1, prepend=0.0)
    pixels = np.clip(taps, 0, length - 1).astype(np.int64)  # the border repeats
    return weights.astype(np.float32), pixels


def _dense(
    weights: NDArray[np.float32], pixels: NDArray[np.int64], span: int
) -> NDArray[np.float32]:
    """The weights as a matrix (rows, span): a pixel that is weighed twice has the sum."""
    rows = np.arange(len(weights))[:, None] * span
    flat = np.bincount((rows + pixels).ravel(), weights.ravel(), len(weights) * span)
    return flat.reshape(len(weights), span).astype(np.float32)
