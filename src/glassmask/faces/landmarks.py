"""Place the landmarks of faces whose boxes are known."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from glassmask.engines import open_engine, told_of
from glassmask.faces.crop import Box, Square, crop
from glassmask.faces.points import MESH_INDICES, FacePoints
from glassmask.manifest import NetworkCard, NetworkError, card_fields, load_checked

SHIPPED: Final = "landmarks.onnx"

BATCH: Final = 32
"""Crops that go through the network at once."""


@dataclass(frozen=True, slots=True)
class LandmarksManifest(NetworkCard):
    """What a landmark network is.

    Attributes:
        input_size: side S of the crops it takes, in pixels.
        margin: the crop's side in longer sides of the face's box.
        confidence: points with less confidence are not trusted.
        score: a candidate with a lower joint score (`faces.find.joint_score`) is no face.
    """

    input_size: int
    margin: float
    confidence: float
    score: float

    def __post_init__(self) -> None:
        if not (self.input_size > 0 and 0 < self.margin < 100):
            raise ValueError("input_size or margin is out of range")
        if not (0 <= self.confidence <= 1 and 0 <= self.score <= 1):
            raise ValueError("confidence or score is out of range")


@dataclass(frozen=True, slots=True)
class Placed:
    """What a closer look at a box gave.

    Attributes:
        points: the landmarks in photo pixels; None where they can't be trusted.
        face: how likely there is a face in the box, in [0, 1].
        box: (x, y, w, h) of the points in photo pixels, trusted or not; the box that was looked
            at where they are no box.
    """

    points: FacePoints | None
    face: float
    box: Box


class Landmarker:
    """Places landmarks.

    Runs in ONNX Runtime, whatever the engine of the wear network, as the finder does.

    Attributes:
        manifest: what the network is.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        """Load a landmark network (None: the shipped one).

        Args:
            path: ONNX file with its manifest beside it.

        Raises:
            NetworkError: the file is missing, not what its manifest says, or no such network.
        """
        content, self.manifest = load_checked(path, SHIPPED, _parse)
        with told_of(f"onnxruntime can't load the landmarks {self.manifest}"):
            self._run = open_engine(content)
            size = self.manifest.input_size
            self._place(np.zeros((2, size, size, 3), np.uint8))

    def place(self, photo: NDArray[np.uint8], boxes: Sequence[Box]) -> tuple[Placed, ...]:
        """Place the landmarks of what may be faces.

        Args:
            photo: RGB uint8 (H, W, 3).
            boxes: x, y, w, h of each face in photo pixels.

        Returns:
            One for each box.
        """
        size = self.manifest.input_size
        placed: list[Placed] = []
        for first in range(0, len(boxes), BATCH):
            some = boxes[first : first + BATCH]
            squares = [Square.around(box, self.manifest.margin) for box in some]
            crops = np.stack([crop(photo, square, size) for square in squares])  # (n, S, S, 3)
            seen = zip(some, squares, *self._place(crops), strict=True)
            for box, square, points, confidence, face in seen:
                there = square.to_photo(points, size)
                chance = float(np.clip(np.nan_to_num(face), 0, 1))
                if not np.isfinite(there).all():
                    placed.append(Placed(None, chance, box))
                    continue
                # Not `<`: a confidence that is no number is none.
                trusted = confidence >= self.manifest.confidence
                found = FacePoints(there) if trusted else None
                placed.append(Placed(found, chance, _around(there) or box))
        return tuple(placed)

    def _place(
        self, crops: NDArray[np.uint8]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """Points (n, 109, 2) in crop pixels, confidence (n,), face (n,) of crops (n, S, S, 3)."""
        outputs = self._run({"crops": crops})
        points, confidence, face = outputs["points"], outputs["confidence"], outputs["face"]
        shapes = (points.shape, confidence.shape, face.shape)
        n = len(crops)
        if shapes != ((n, len(MESH_INDICES), 2), (n,), (n,)):
            raise NetworkError(f"points, confidence, face are ({n}, 109, 2), ({n},), got {shapes}")
        return points, confidence, face


def _around(points: NDArray[np.float64]) -> Box | None:
    """The box (x, y, w, h) of points (n, 2); None where it has no area."""
    (x, y), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return (x, y, right - x, bottom - y) if min(right - x, bottom - y) > 0 else None


def _parse(fields: Mapping[str, Any]) -> LandmarksManifest:
    return LandmarksManifest(
        **card_fields(fields),
        input_size=int(fields["input_size"]),
        margin=float(fields["margin"]),
        confidence=float(fields["confidence"]),
        score=float(fields["score"]),
    )
