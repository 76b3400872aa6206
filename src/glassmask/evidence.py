"""Evidence: the maps a verdict was computed from, placed on the photo and added up by region."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.faces.crop import Square
from glassmask.faces.regions import REGIONS
from glassmask.labels import QUESTIONS, Question


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What a verdict was computed from: one map per question.

    Attributes:
        maps: (4, h, w) float32, signed, in the order of `QUESTIONS`: above 0 speaks for yes.
        logits: (4,) float32; each is the mean of its map plus its bias.
        biases: (4,) float32.
        signs: (4,) int8: 1 where the answer is yes, -1 where it is no, 0 where it can't be seen.
        square: the square of the photo that the maps cover.
        crop_size: side of the crop that the network saw, in pixels.
    """

    maps: NDArray[np.float32]
    logits: NDArray[np.float32]
    biases: NDArray[np.float32]
    signs: NDArray[np.int8]
    square: Square
    crop_size: int

    def __post_init__(self) -> None:
        count = len(QUESTIONS)
        if self.maps.ndim != 3 or len(self.maps) != count:
            raise ValueError(f"maps are ({count}, h, w), got {self.maps.shape}")
        for array in (self.logits, self.biases, self.signs):
            if array.shape != (count,):
                raise ValueError(f"logits, biases and signs are ({count},), got {array.shape}")
        for array in (self.maps, self.logits, self.biases, self.signs):
            array.setflags(write=False)

    def grid(self, question: Question | None = None) -> NDArray[np.float32]:
        """What speaks for an answer, or (None) for all answers together.

        An answer's map is signed by the answer: above 0 speaks for it, whether yes or no; where
        it can't be seen, above 0 speaks for yes. The evidence for the verdict is the sum of its
        answers' maps, those that can't be seen left out.

        Returns:
            (h, w) float32, signed.
        """
        if question is None:
            signs = self.signs[:, None, None].astype(np.float32)
            return np.asarray((signs * self.maps).sum(axis=0), np.float32)  # (h, w)
        place = QUESTIONS.index(question)
        signed: NDArray[np.float32] = self.maps[place] * np.float32(self.signs[place] or 1)
        return signed

    def at_crop(self, question: Question | None = None) -> NDArray[np.float32]:
        """The same at crop resolution: (S, S) float32, signed; shares are sums over it."""
        return enlarge(self.grid(question), self.crop_size)

    def on_photo(
        self, height: int, width: int, question: Question | None = None
    ) -> NDArray[np.float32]:
        """The same on a photo of this size: (H, W) float32, signed, 0 outside the crop."""
        return place(self.at_crop(question), self.square, height, width)


def enlarge(grid: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """Bring a map (h, w) to crop resolution (size, size): bilinear, half-pixel centres."""
    large = cv2.resize(grid, (size, size), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, np.float32)


def region_shares(crop_map: NDArray[np.float32], regions: NDArray[np.uint8]) -> Mapping[str, float]:
    """Share of each region in the positive part of a map.

    Args:
        crop_map: (S, S) float32 at crop resolution, signed.
        regions: (S, S) uint8, positions in `REGIONS`.

    Returns:
        Region -> share in [0, 1]; sums to 1, or all 0 where nothing is positive.
    """
    positive = np.maximum(crop_map, 0, dtype=np.float64)
    sums = np.bincount(regions.ravel(), positive.ravel(), len(REGIONS))
    total = sums.sum()
    shares = sums / total if total > 0 else np.zeros(len(REGIONS))
    return dict(zip(REGIONS, shares.tolist(), strict=True))


def place(
    crop_map: NDArray[np.float32], square: Square, height: int, width: int
) -> NDArray[np.float32]:
    """Place a map of the crop (S, S) on a photo: (H, W) float32, 0 outside the square.

    Bilinear with half-pixel centres; the crop's border is repeated inside the square.
    """
    out = np.zeros((height, width), np.float32)
    rows, columns, patch = _patch(crop_map, square, height, width)
    out[rows, columns] = patch
    return out


def place_all(
    crop_maps: Iterable[tuple[NDArray[np.float32], Square]], height: int, width: int
) -> NDArray[np.float32]:
    """Place maps that are nowhere negative on one photo: (H, W) float32, 0 outside the squares.

    Where squares overlap, the larger value. Nothing but each map's own square is touched, so
    hundreds of faces take no longer than a few.
    """
    out = np.zeros((height, width), np.float32)
    for crop_map, square in crop_maps:
        rows, columns, patch = _patch(crop_map, square, height, width)
        np.maximum(out[rows, columns], patch, out=out[rows, columns])
    return out


def together(evidences: Iterable[Evidence], height: int, width: int) -> NDArray[np.float32]:
    """The evidence for several faces' verdicts on one photo: (H, W) float32 in [0, 1].

    Each by its own scale, its strongest place being 1; where squares overlap, the larger value.
    """

    def scaled() -> Iterator[tuple[NDArray[np.float32], Square]]:
        for evidence in evidences:
            positive = np.maximum(evidence.at_crop(), 0, dtype=np.float32)
            top = float(positive.max())
            if top > 0:
                positive /= top
                yield positive, evidence.square

    return place_all(scaled(), height, width)


def _patch(
    crop_map: NDArray[np.float32], square: Square, height: int, width: int
) -> tuple[slice, slice, NDArray[np.float32]]:
    """The rows and columns of a photo that a crop shows, and the crop's map (h, w) there."""
    x0, x1 = max(0, round(square.x)), min(width, round(square.x + square.side))
    y0, y1 = max(0, round(square.y)), min(height, round(square.y + square.side))
    if x0 >= x1 or y0 >= y1:
        return slice(0), slice(0), np.zeros((0, 0), np.float32)
    crop_map = np.ascontiguousarray(np.rot90(crop_map, -square.turn))  # as it lies in the photo
    scale = len(crop_map) / square.side
    shift = ((x0 + 0.5 - square.x) * scale - 0.5, (y0 + 0.5 - square.y) * scale - 0.5)
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    patch = cv2.warpAffine(
        crop_map,
        matrix,
        (x1 - x0, y1 - y0),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return slice(y0, y1), slice(x0, x1), np.asarray(patch, np.float32)
