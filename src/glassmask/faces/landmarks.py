"""Place the landmarks of faces whose boxes are known."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from glassmask.errors import NetworkError
from glassmask.faces.crop import Box, Square, coarse_crop
from glassmask.faces.points import MESH_INDICES, FacePoints
from glassmask.networks.engines import as_network_error, open_engine
from glassmask.networks.manifest import NetworkCard, card_fields, load_network_file

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
        score: a candidate with a lower joint score is no face; under `faces.find.EVEN` it is
            none whatever this says.
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
class LandmarkedBox:
    """What a closer look at a box gave.

    Attributes:
        points: the landmarks in photo pixels; None where they can't be trusted.
        confidence: how far they can be trusted, in [0, 1].
        face_score: how likely the box frames a face, in [0, 1].
        box: (x, y, w, h) of that face in photo pixels; the box that was looked at where the
            network gave none.
    """

    points: FacePoints | None
    confidence: float
    face_score: float
    box: Box


class Landmarker:
    """Places landmarks.

    Runs in ONNX Runtime, whatever the engine of the wear network, as the finder does.

    Attributes:
        manifest: what the network is.
    """

    def __init__(
        self, path: str | os.PathLike[str] | None = None, *, threads: int | None = None
    ) -> None:
        """Load a landmark network (None: the shipped one).

        Args:
            path: ONNX file with its manifest beside it.
            threads: how many it may use for one call, 1 or more; None: about one per core.

        Raises:
            NetworkError: the file is missing, not what its manifest says, or no such network.
        """
        content, self.manifest = load_network_file(path, SHIPPED, _parse)
        with as_network_error(f"onnxruntime can't load the landmarks {self.manifest}"):
            self._run = open_engine(content, threads=threads)
            size = self.manifest.input_size
            self._place(np.zeros((2, size, size, 3), np.uint8))

    def place(
        self, photo: NDArray[np.uint8], boxes: Sequence[Box], turns: Sequence[int] | None = None
    ) -> tuple[LandmarkedBox, ...]:
        """Place the landmarks of what may be faces.

        Args:
            photo: RGB uint8 (H, W, 3).
            boxes: x, y, w, h of each face in photo pixels.
            turns: by how many quarter turns clockwise each lies in the photo; None: all are
                upright.

        Returns:
            One for each box.
        """
        turns = [0] * len(boxes) if turns is None else turns
        size = self.manifest.input_size
        placed: list[LandmarkedBox] = []
        for first in range(0, len(boxes), BATCH):
            some = boxes[first : first + BATCH]
            squares = [
                Square.around(box, self.manifest.margin, turn)
                for box, turn in zip(some, turns[first : first + BATCH], strict=True)
            ]
            crops = np.stack(list(_upright_crops(photo, squares, size)))  # (n, S, S, 3)
            seen = zip(some, squares, *self._place(crops), strict=True)
            for box, square, points, confidence, face, own in seen:
                there = square.to_photo(points, size)
                # Not `<`: a confidence that is no number is none.
                trusted = np.isfinite(there).all() and confidence >= self.manifest.confidence
                found = FacePoints(there) if trusted else None
                placed.append(
                    LandmarkedBox(
                        found, _chance(confidence), _chance(face), _to_photo(own, square, size, box)
                    )
                )
        return tuple(placed)

    def _place(self, crops: NDArray[np.uint8]) -> tuple[NDArray[np.float32], ...]:
        """Points (n, 109, 2), confidence (n,), face (n,), box (n, 4) of crops (n, S, S, 3)."""
        outputs = self._run({"crops": crops})
        n = len(crops)
        wanted = {"points": (n, len(MESH_INDICES), 2), "confidence": (n,), "face": (n,)}
        wanted["box"] = (n, 4)
        got = {name: outputs[name].shape for name in wanted}
        if got != wanted:
            raise NetworkError(f"the outputs' shapes are {wanted}, not {got}")
        return tuple(outputs[name] for name in wanted)


def _upright_crops(
    photo: NDArray[np.uint8], squares: Sequence[Square], size: int
) -> Iterator[NDArray[np.uint8]]:
    """The coarse crops of squares; what differs in the quarter turn alone is cut once."""
    cut: dict[tuple[float, float, float], NDArray[np.uint8]] = {}
    for square in squares:
        place = square.x, square.y, square.side
        if place not in cut:
            cut[place] = coarse_crop(photo, replace(square, turn=0), size)
        yield np.rot90(cut[place], square.turn)


def _chance(value: np.floating) -> float:
    return float(np.clip(np.nan_to_num(value), 0, 1))


def _to_photo(own: NDArray[np.float32], square: Square, size: int, otherwise: Box) -> Box:
    """The box (4,) of a crop in photo pixels; another where it is none."""
    with np.errstate(over="ignore", invalid="ignore"):
        corners = square.to_photo(np.array([own[:2], own[:2] + own[2:]]), size)
        x, y = corners.min(axis=0).tolist()
        w, h = (own[2:] * (square.side / size)).tolist()
    if not (all(map(math.isfinite, (x, y, w, h))) and min(w, h) > 0):
        return otherwise
    return (x, y, h, w) if square.turn % 2 else (x, y, w, h)


def _parse(fields: Mapping[str, Any]) -> LandmarksManifest:
    return LandmarksManifest(
        **card_fields(fields),
        input_size=int(fields["input_size"]),
        margin=float(fields["margin"]),
        confidence=float(fields["confidence"]),
        score=float(fields["score"]),
    )
