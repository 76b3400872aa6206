"""Make crops harder to judge, to see how much a verdict stands: RGB uint8 (S, S, 3) to the same."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.faces.framing import CROP_MARGIN
from glassmask.verdict import crop_luma, detail

_SIGMAS: Final = np.arange(0.5, 12.5, 0.5)


def darken_with_noise(crop: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A quarter of the light, with noise as of a sensor."""
    rng = np.random.default_rng(0)
    dark = crop.astype(np.float32) / 4 + rng.normal(0, 2, crop.shape)
    return np.clip(dark, 0, 255).astype(np.uint8)


def darken(crop: NDArray[np.uint8], level: float) -> NDArray[np.uint8]:
    """So that the 95th percentile of its luma is `level` (0 to 255), if it is brighter."""
    bright = np.percentile(crop_luma(crop), 95)
    return np.asarray(np.round(crop * min(1.0, level / max(bright, 1.0))), np.uint8)


def blur_by_motion(crop: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Motion blur aslant over an eighteenth of the crop."""
    length = round(len(crop) / 18)
    kernel = np.eye(length, dtype=np.float32) / length
    return np.asarray(cv2.filter2D(crop, -1, kernel), np.uint8)


def blur(crop: NDArray[np.uint8], min_detail: float) -> NDArray[np.uint8]:
    """By the largest of some Gaussians that leaves a `verdict.detail` of `min_detail` or more."""
    softest = crop
    for sigma in _SIGMAS:
        softer = np.asarray(cv2.GaussianBlur(crop, (0, 0), sigma), np.uint8)
        if detail(crop_luma(softer)) < min_detail:
            break
        softest = softer
    return softest


def reduce(crop: NDArray[np.uint8], face_px: float) -> NDArray[np.uint8]:
    """As if the longer side of the face had `face_px` pixels, and enlarged again."""
    side, kept = len(crop), round(face_px * CROP_MARGIN)
    small = cv2.resize(crop, (kept, kept), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (side, side), interpolation=cv2.INTER_CUBIC), np.uint8)
