"""Place a photo in a training view: maps (3, 3) from photo pixels to view pixels."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray


def reduce_photo(
    photo: NDArray[np.uint8], scale: float
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """The photo, reduced by area if it will be shrunk, and the map back to the photo's pixels."""
    if scale >= 0.75:
        return photo, np.eye(3)
    height, width = photo.shape[:2]
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(photo, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), np.diag([width / size[0], height / size[1], 1.0])


def rotation_about(
    middle: tuple[float, float], at: tuple[float, float], scale: float, degrees: float
) -> NDArray[np.float64]:
    """The map (3, 3) that turns (counter-clockwise) and scales, and takes one point to another."""
    a = np.deg2rad(degrees)
    matrix = np.eye(3)
    matrix[:2, :2] = scale * np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
    matrix[:2, 2] = np.array(at) - matrix[:2, :2] @ np.array(middle)
    return matrix


def warp_photo(
    photo: NDArray[np.uint8], matrix: NDArray[np.float64], size: int, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """What a map (3, 3) takes into a square: RGB uint8 (size, size, 3); mostly black beside it."""
    # Pixel i has its centre at i + 0.5; warpAffine counts centres as whole.
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    inner = np.linalg.inv(half) @ matrix @ half
    grey = float(rng.choice([0, 0, 0, 114, 255]))
    square = cv2.warpAffine(
        photo, inner[:2], (size, size), flags=cv2.INTER_LINEAR, borderValue=(grey, grey, grey)
    )
    return np.asarray(square, np.uint8)


def transform_points(
    points: NDArray[np.float64], matrix: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Points (n, 2) after a map (3, 3)."""
    return np.asarray(points @ matrix[:2, :2].T + matrix[:2, 2])


def transform_box(box: Sequence[float], matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """A box (x, y, w, h) after a map: left, top, right, bottom.

    Of the ellipse in the box: a face has no corners, and the box of one that lies on its side is
    as wide as it was tall.
    """
    x, y, w, h = box
    centre = transform_points(np.array([[x + w / 2, y + h / 2]]), matrix)[0]
    half = np.sqrt((matrix[:2, :2] ** 2) @ (np.array([w, h]) / 2) ** 2)
    return np.concatenate([centre - half, centre + half])
