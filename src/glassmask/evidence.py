"""Evidence: the maps a verdict was computed from, placed on the photo and added up by region."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.faces.crop import Square
from glassmask.faces.regions import REGIONS
from glassmask.labels import CLASSES, WEAR_OF_CLASS
from glassmask.output.draw import heat
from glassmask.photos import PhotoSource, read_photo


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What a verdict was computed from.

    Attributes:
        maps: (5, h, w) float32, signed; one map per class in the order of `CLASSES`.
        logits: (5,) float32; each is the mean of its map plus its bias.
        biases: (5,) float32.
        class_name: the fine class of the verdict (`evidence.class` in JSON).
        rival: the strongest class of another wear.
        shares: region -> its share of the positive evidence for the class rather than its
            rival; they sum to 1, or are all 0 where no such evidence exists.
        square: the square of the photo that the maps cover.
        crop_size: side of the crop that the network saw, in pixels.
    """

    maps: NDArray[np.float32]
    logits: NDArray[np.float32]
    biases: NDArray[np.float32]
    class_name: str
    rival: str
    shares: Mapping[str, float]
    square: Square
    crop_size: int

    def __post_init__(self) -> None:
        if self.maps.ndim != 3 or len(self.maps) != len(CLASSES):
            raise ValueError(f"maps are ({len(CLASSES)}, h, w), got {self.maps.shape}")
        for array in (self.maps, self.logits, self.biases):
            array.setflags(write=False)

    @property
    def logit(self) -> float:
        """The logit of the verdict's class."""
        return float(self.logits[CLASSES.index(self.class_name)])

    @property
    def bias(self) -> float:
        """The bias of the verdict's class."""
        return float(self.biases[CLASSES.index(self.class_name)])

    def contrast(self) -> NDArray[np.float32]:
        """Evidence for the verdict's class rather than its rival: (h, w) float32, signed."""
        return contrast(self.maps, self.class_name, self.rival)

    def on_photo(self, height: int, width: int) -> NDArray[np.float32]:
        """The contrast placed on a photo of this size: (H, W) float32, 0 outside the crop."""
        return place(self.at_crop(), self.square, height, width)

    def at_crop(self) -> NDArray[np.float32]:
        """The contrast at crop resolution: (S, S) float32, signed; shares are sums over it."""
        return enlarge(self.contrast(), self.crop_size)

    def overlay(self, photo: PhotoSource) -> NDArray[np.uint8]:
        """The photo with the positive evidence as a heat map on it.

        Args:
            photo: the photo that was checked, as anything that `read_photo` takes.

        Returns:
            RGB uint8 (H, W, 3).

        Raises:
            PhotoError: the photo can't be read.
        """
        pixels = read_photo(photo)
        return heat(pixels, self.on_photo(*pixels.shape[:2]))


def rival_of(logits: NDArray[np.floating], class_name: str) -> str:
    """The class with the largest of the logits (5,) whose wear is not that of `class_name`."""
    wear = WEAR_OF_CLASS[class_name]
    others = [i for i, name in enumerate(CLASSES) if WEAR_OF_CLASS[name] is not wear]
    return CLASSES[max(others, key=lambda i: float(logits[i]))]


def contrast(maps: NDArray[np.float32], class_name: str, rival: str) -> NDArray[np.float32]:
    """Evidence for one class rather than another: (5, h, w) to (h, w) float32, signed."""
    difference: NDArray[np.float32] = maps[CLASSES.index(class_name)] - maps[CLASSES.index(rival)]
    return difference


def enlarge(grid: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """Bring a map (h, w) to crop resolution (size, size): bilinear, half-pixel centres."""
    large = cv2.resize(grid, (size, size), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, np.float32)


def region_shares(
    difference: NDArray[np.float32], regions: NDArray[np.uint8]
) -> Mapping[str, float]:
    """Share of each region in the positive part of a map.

    Args:
        difference: (S, S) float32 at crop resolution, signed.
        regions: (S, S) uint8, positions in `REGIONS`.

    Returns:
        Region -> share in [0, 1]; sums to 1, or all 0 where nothing is positive.
    """
    positive = np.maximum(difference, 0, dtype=np.float64)
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


def together(evidences: Iterable[Evidence], height: int, width: int) -> NDArray[np.float32]:
    """The contrasts of several faces on one photo: (H, W) float32 in [0, 1].

    Each by its own scale, its strongest place being 1; where squares overlap, the larger value.
    Nothing but each face's own square is touched, so hundreds of faces take no longer than a few.
    """
    out = np.zeros((height, width), np.float32)
    for evidence in evidences:
        positive = np.maximum(evidence.at_crop(), 0, dtype=np.float32)
        top = float(positive.max())
        if top > 0:
            positive /= top
            rows, columns, patch = _patch(positive, evidence.square, height, width)
            np.maximum(out[rows, columns], patch, out=out[rows, columns])
    return out


def _patch(
    crop_map: NDArray[np.float32], square: Square, height: int, width: int
) -> tuple[slice, slice, NDArray[np.float32]]:
    """The rows and columns of a photo that a crop shows, and the crop's map (h, w) there."""
    x0, x1 = max(0, round(square.x)), min(width, round(square.x + square.side))
    y0, y1 = max(0, round(square.y)), min(height, round(square.y + square.side))
    if x0 >= x1 or y0 >= y1:
        return slice(0), slice(0), np.zeros((0, 0), np.float32)
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
