"""How far predicted points lie from the true ones, and how far nose and mouth overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from glassmask.faces.crop import Square, coarse_crop
from glassmask.faces.points import FacePoints
from glassmask.lab.datasets import PictureCache
from glassmask.lab.datasets.landmark_faces import LandmarkFace, eye_distance
from glassmask.lab.tasks.landmarks.views import finder_box, random_negative
from glassmask.painter import Region
from glassmask.painter.frame import Frame
from glassmask.painter.regions import part_outline

TRUSTED: Final = 0.5
"""Points with less confidence are not trusted."""

_GRID: Final = 160  # pixels across the part in which areas are counted


class CropNetwork(Protocol):
    """A landmark network, or an exported one: see `LandmarkNetwork.forward`."""

    size: int

    def eval(self) -> Any:
        """Set it to evaluation mode."""

    def __call__(self, crops: torch.Tensor, /) -> tuple[torch.Tensor, ...]:
        """Points, confidence, the chance of a face and its box, of crops."""
        ...


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a network said of some faces.

    Attributes:
        points: float64 (N, 109, 2), in pixels of the pictures.
        confidence: float32 (N,), in [0, 1].
    """

    points: NDArray[np.float64]
    confidence: NDArray[np.float32]


def mean_errors(found: NDArray[np.floating], true: NDArray[np.floating]) -> NDArray[np.float64]:
    """Mean distance of the points over the distance between the eyes' centres (NME).

    Args:
        found: (N, 109, 2).
        true: (N, 109, 2), in the same pixels.

    Returns:
        float64 (N,); 0.04 is 4 %.
    """
    apart = np.linalg.norm(np.asarray(found, np.float64) - true, axis=2).mean(axis=1)  # (N,)
    return np.asarray(apart / eye_distance(true), np.float64)


def part_overlap(found: NDArray[np.floating], true: NDArray[np.floating], part: Region) -> float:
    """Intersection over union of a part's outline by two sets of points, in [0, 1].

    Args:
        found: (109, 2).
        true: (109, 2), in the same pixels.
        part: `NOSE`, `MOUTH` or `CHIN`.

    Returns:
        The overlap; 0 where the found points make no face at all.

    Raises:
        ValueError: another region, or true points that make no face.
    """
    wanted = part_outline(Frame.of(FacePoints(np.asarray(true, np.float64))), part)
    try:
        got = part_outline(Frame.of(FacePoints(np.asarray(found, np.float64))), part)
    except ValueError:
        return 0.0
    both = np.concatenate([wanted, got])
    low, side = both.min(axis=0), np.ptp(both, axis=0).max()
    areas = []
    for outline in (wanted, got):
        area = np.zeros((_GRID + 2, _GRID + 2), np.uint8)
        scaled = (outline - low) * (_GRID / side)
        cv2.fillPoly(area, [np.round(scaled * 16).astype(np.int32)], 1, cv2.LINE_8, 4)
        areas.append(area > 0)
    return float((areas[0] & areas[1]).sum() / (areas[0] | areas[1]).sum())


def locate(
    network: CropNetwork,
    faces: Sequence[LandmarkFace],
    cache: PictureCache,
    margin: float,
    *,
    seed: int = 0,
    batch: int = 64,
) -> Prediction:
    """Run a network over faces as a sloppy face finder would frame them; changes to eval mode.

    Face k is framed by `seed` and k alone.
    """
    squares = [
        Square.around(finder_box(face.points, np.random.default_rng([seed, k])), margin)
        for k, face in enumerate(faces)
    ]
    crops = (
        coarse_crop(cache[face], square, network.size)
        for face, square in zip(faces, squares, strict=True)
    )
    predicted = _run(network, list(crops), batch)
    points = [
        square.to_photo(own, network.size)
        for square, own in zip(squares, predicted.points, strict=True)
    ]
    return Prediction(np.reshape(points, (-1, 109, 2)), predicted.confidence)


def confidence_in_negatives(
    network: CropNetwork,
    faces: Sequence[LandmarkFace],
    cache: PictureCache,
    margin: float,
    *,
    seed: int = 0,
    batch: int = 64,
) -> NDArray[np.float32]:
    """The confidence, (N,), in one view of each picture that none should be put in."""
    views = [
        random_negative(
            cache[face], face.points, network.size, margin, np.random.default_rng([seed, k])
        ).picture
        for k, face in enumerate(faces)
    ]
    return _run(network, views, batch).confidence


def measure(
    network: CropNetwork, faces: Sequence[LandmarkFace], cache: PictureCache, margin: float
) -> dict[str, dict[str, float]]:
    """Figures over bare faces, painted ones, and views that should be refused.

    Args:
        network: is set to evaluation mode.
        faces: to judge by; a kind without faces gets no figures.
        cache: of their pictures.
        margin: of the crop around the face finder's box.

    Returns:
        Kind -> figure -> value. For faces: how many, mean, median and 90th percentile of the
        error, the share above 0.1, mean overlap of nose and mouth, and the share that is trusted
        (confidence of at least `TRUSTED`). For `refused`: how many views, and the share that is
        trusted all the same.
    """
    measured: dict[str, dict[str, float]] = {}
    for kind, painted in (("bare", False), ("painted", True)):
        own = [face for face in faces if face.painted is painted]
        if not own:
            continue
        predicted = locate(network, own, cache, margin)
        true = np.stack([face.points for face in own])
        errors = mean_errors(predicted.points, true)
        values = {
            "mean_error": errors.mean(),
            "median_error": np.median(errors),
            "p90_error": np.percentile(errors, 90),
            "above_0.1": (errors > 0.1).mean(),
            "nose_overlap": _mean_overlap(predicted.points, true, Region.NOSE),
            "mouth_overlap": _mean_overlap(predicted.points, true, Region.MOUTH),
            "trusted": (predicted.confidence >= TRUSTED).mean(),
        }
        measured[kind] = {"faces": len(own)} | {k: round(float(v), 4) for k, v in values.items()}
    if faces:
        refused = confidence_in_negatives(network, faces, cache, margin)
        measured["refused"] = {
            "views": len(refused),
            "trusted": round(float((refused >= TRUSTED).mean()), 4),
        }
    return measured


def _mean_overlap(found: NDArray[np.float64], true: NDArray[np.float64], part: Region) -> float:
    pairs = zip(found, true, strict=True)
    return float(np.mean([part_overlap(own, wanted, part) for own, wanted in pairs]))


def _run(network: CropNetwork, crops: Sequence[NDArray[np.uint8]], batch: int) -> Prediction:
    network.eval()
    points, confidence = [np.zeros((0, 109, 2), np.float32)], [np.zeros(0, np.float32)]
    with torch.inference_mode():
        for first in range(0, len(crops), batch):
            own, sure, *_ = network(torch.from_numpy(np.stack(crops[first : first + batch])))
            points.append(own.numpy())
            confidence.append(sure.numpy())
    return Prediction(np.concatenate(points).astype(np.float64), np.concatenate(confidence))
