"""What an audit asks a network: what it says of crops, and maps of why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from glassmask.lab.attribution import Contrast, Method, Target, attribute
from glassmask.lab.classes import CLASSES, WEAR_OF_CLASS, class_index
from glassmask.lab.datasets import FaceRecord
from glassmask.lab.judging.judge import predicted_classes
from glassmask.lab.networks.photo_network import PhotoNetwork
from glassmask.labels import WEARS, Wear

_BATCH: Final = 32


def crop_maps(
    network: PhotoNetwork,
    crops: NDArray[np.uint8],
    targets: Sequence[Target],
    method: Method,
) -> NDArray[np.float32]:
    """Maps float32 (N, S, S) of crops, RGB uint8 (N, S, S, 3), each of its own target."""
    return attribute(network, crops, targets, method).at_photo()


def crop_logits(network: PhotoNetwork, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Logits (N, C) of crops, RGB uint8 (N, S, S, 3), of a network in evaluation mode."""
    parts = []
    with torch.inference_mode():
        for first in range(0, len(crops), _BATCH):
            batch = torch.from_numpy(np.ascontiguousarray(crops[first : first + _BATCH]))
            parts.append(network.logits(batch).numpy())
    return np.concatenate(parts)


def predicted_wears(logits: NDArray[np.float32]) -> list[Wear]:
    """What each row of logits, (N, 3) or (N, 5), says."""
    return [WEAR_OF_CLASS[CLASSES[place]] for place in predicted_classes(logits)]


def predicted_contrasts(logits: NDArray[np.float32]) -> list[Contrast]:
    """For each row of logits (N, C): what it says rather than the strongest of another wear."""
    wears = np.array([WEARS.index(WEAR_OF_CLASS[name]) for name in CLASSES])[: logits.shape[1]]
    contrasts = []
    for row, best in zip(logits, predicted_classes(logits), strict=True):
        others = np.where(wears == wears[best], -np.inf, row)
        contrasts.append(Contrast(best, int(others.argmax())))
    return contrasts


def label_position(record: FaceRecord, classes: Sequence[str]) -> int | None:
    """The position of a face's label in a network's logits; None where it has no such.

    Args:
        record: the face.
        classes: names of the logits: three wears, or the five classes.
    """
    if len(classes) == len(WEARS):
        return classes.index(str(record.wear))
    if record.wear is Wear.INCORRECT and record.uncovered is None:
        return None
    return class_index(record.wear, record.uncovered)
