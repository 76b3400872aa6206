"""Where in a large photo to look closer for small faces: in tiles, at finer scales.

A search costs by its pixels, so the whole photo is searched at one scale, at which its smallest
faces may be too small to be sure of. Where it takes something so small for a face, if faintly,
the photo is looked at again at twice the scale, and so on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

FAINT: Final = 0.3
"""The score from which on a small candidate has its place looked at again."""

SMALL: Final = 20.0
"""The longer side up to which a candidate is small, in pixels of what was searched."""

TILE: Final = 704
"""Side of a tile, in pixels of what is searched."""

SHARED: Final = 96
"""Pixels that neighbouring tiles share: the longer side of the largest face sought in them."""

MAX_TILES: Final = 48
"""At most this many tiles of a photo are looked at, those of the surest candidates first."""

FINEST: Final = 1.0
"""Pixels searched to one of the photo at the finest scale: enlarged ones show no more faces."""

LEAST_GAIN: Final = 1.25
"""A scale that is finer by less than this shows nothing new."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A part of a photo: `photo[top : top + height, left : left + width]`."""

    left: int
    top: int
    width: int
    height: int

    def of(self, photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The part, (height, width, 3), of the photo (H, W, 3)."""
        return photo[self.top : self.top + self.height, self.left : self.left + self.width]

    def holds(self, centres: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which points (N, 2), x and y in photo pixels, lie in it: (N,)."""
        low, high = (self.left, self.top), (self.left + self.width, self.top + self.height)
        return np.asarray((centres >= low).all(axis=1) & (centres < high).all(axis=1), np.bool_)

    def cuts(self, boxes: NDArray[np.float64], shape: tuple[int, int]) -> NDArray[np.bool_]:
        """Which boxes (N, 4), x, y, w, h in photo pixels, reach its inner edges: (N,).

        Args:
            boxes: in a photo of `shape`.
            shape: height and width.
        """
        height, width = shape
        left, top = boxes[:, 0] <= self.left, boxes[:, 1] <= self.top
        right = boxes[:, 0] + boxes[:, 2] >= self.left + self.width
        bottom = boxes[:, 1] + boxes[:, 3] >= self.top + self.height
        return np.asarray(
            (left & (self.left > 0))
            | (top & (self.top > 0))
            | (right & (self.left + self.width < width))
            | (bottom & (self.top + self.height < height)),
            np.bool_,
        )


def finer_scales(scale: float, most: float = FINEST) -> Iterator[float]:
    """Twice a scale, four times, and so on, up to the most."""
    while scale * LEAST_GAIN <= most:
        scale = min(2 * scale, most)
        yield scale


def choose_tiles(
    shape: tuple[int, int],
    scale: float,
    centres: NDArray[np.float64],
    scores: NDArray[np.floating],
    count: int,
) -> list[Tile]:
    """The tiles of a photo in which candidates lie, those of the surest first.

    Args:
        shape: height and width of the photo.
        scale: pixels that are searched to one of the photo.
        centres: (N, 2) x, y of the candidates in photo pixels.
        scores: (N,) of them.
        count: of the tiles, at most.
    """
    rows, columns = (_spans(length, scale) for length in shape)
    tiles = [Tile(x, y, w, h) for y, h in rows for x, w in columns]
    surest = [float(np.max(scores[tile.holds(centres)], initial=0.0)) for tile in tiles]
    order = sorted(range(len(tiles)), key=lambda number: (-surest[number], number))
    return [tiles[number] for number in order if surest[number] > 0][:count]


def _spans(length: int, scale: float) -> Sequence[tuple[int, int]]:
    """Starts and lengths of the tiles along a side of a photo."""
    span, shared = int(TILE / scale), int(SHARED / scale)
    if length <= span:
        return [(0, length)]
    count = 1 + -(-(length - span) // (span - shared))
    starts = np.floor(np.linspace(0, length - span, count) + 0.5).astype(int)
    return [(int(start), span) for start in starts]
