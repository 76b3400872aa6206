"""Does the explanation stay when nothing that matters changes: a shift, noise, JPEG?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.lab.attribution import Method, Target
from glassmask.lab.audit.figures import pearson
from glassmask.lab.audit.queries import crop_maps, crop_scores, predicted_wears
from glassmask.lab.networks.photo_network import PhotoNetwork

SHIFT: Final = 3 / 160
"""In sides of the crop."""


def _pixels(size: int) -> int:
    return round(SHIFT * size)


def _shift(crop: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Right and down; the border repeats."""
    pixels = _pixels(len(crop))
    grown = cv2.copyMakeBorder(crop, pixels, 0, pixels, 0, cv2.BORDER_REPLICATE)
    return np.asarray(grown[: len(crop), : crop.shape[1]], np.uint8)


def _noise(crop: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A standard deviation of 4 photo values, always the same."""
    noise = np.random.default_rng(0).normal(0, 4, crop.shape)
    return np.clip(np.round(crop + noise), 0, 255).astype(np.uint8)


def _jpeg(crop: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Quality 70."""
    done, coded = cv2.imencode(".jpg", crop[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 70])
    decoded = cv2.imdecode(coded, cv2.IMREAD_COLOR)
    assert done
    assert decoded is not None
    return np.asarray(decoded[..., ::-1], np.uint8)


CHANGES: Final[dict[str, Callable[[NDArray[np.uint8]], NDArray[np.uint8]]]] = {
    "shift": _shift,
    "noise": _noise,
    "JPEG": _jpeg,
}
"""Name -> what is done to a crop."""


def measure_stability(
    network: PhotoNetwork,
    crops: NDArray[np.uint8],
    targets: Sequence[Target],
    maps: NDArray[np.float32],
    method: Method,
) -> dict[str, NDArray[np.float64]]:
    """Correlation of each map with that of the changed photo, a shift taken back.

    Args:
        network: in evaluation mode.
        crops: RGB uint8 (N, S, S, 3).
        targets: of each crop.
        maps: float32 (N, S, S), of the crops as they are.
        method: is asked for the others.

    Returns:
        Change -> float64 (N,); NaN where the network now says another wear, which a map ought
        to show.
    """
    predicted = predicted_wears(crop_scores(network, crops))
    correlations = {}
    for name, change in CHANGES.items():
        changed = np.stack([change(crop) for crop in crops])
        other = crop_maps(network, changed, targets, method)
        shift = _pixels(maps.shape[1]) if change is _shift else 0
        size = maps.shape[1] - shift
        alike = [
            pearson(one[:size, :size], two[shift:, shift:])
            for one, two in zip(maps, other, strict=True)
        ]
        same = [
            one is two
            for one, two in zip(
                predicted, predicted_wears(crop_scores(network, changed)), strict=True
            )
        ]
        correlations[name] = np.where(same, alike, np.nan)
    return correlations
