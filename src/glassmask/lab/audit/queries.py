"""What an audit asks a network: what it says of crops, and maps of why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.lab.attribution import Contrast, Method, Target, WeightedSum, attribute
from glassmask.lab.attribution.answers import verdict_targets
from glassmask.lab.classes import (
    CLASSES,
    WEAR_OF_CLASS,
    class_index,
    class_probabilities,
    fold_wears,
)
from glassmask.lab.datasets import FaceRecord
from glassmask.lab.judging.judge import make_scores, predicted_classes
from glassmask.lab.networks.photo_network import PhotoNetwork
from glassmask.labels import QUESTIONS, WEARS, Wear

_BATCH: Final = 32


def crop_maps(
    network: PhotoNetwork,
    crops: NDArray[np.uint8],
    targets: Sequence[Target],
    method: Method,
) -> NDArray[np.float32]:
    """Maps float32 (N, S, S) of crops, RGB uint8 (N, S, S, 3), each of its own target."""
    return attribute(network, crops, targets, method).at_photo()


def crop_scores(network: PhotoNetwork, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
    """What a network in evaluation mode gives of crops, RGB uint8 (N, S, S, 3).

    Returns:
        (N, C), as `class_probabilities` takes it.
    """
    ask = make_scores(network)
    starts = range(0, len(crops), _BATCH)
    return np.concatenate([ask(crops[first : first + _BATCH]) for first in starts])


def predicted_wears(scores: NDArray[np.float32], temperature: float = 1.0) -> list[Wear]:
    """What each row of scores says."""
    wears = fold_wears(class_probabilities(scores, temperature))
    return [WEARS[place] for place in wears.argmax(axis=1)]


def predicted_targets(
    outputs: Sequence[str], scores: NDArray[np.float32], temperature: float = 1.0
) -> Sequence[Target]:
    """What is asked of each row of scores: why the network says so.

    Of one that answers the questions, all its answers together; of one of classes, the class that
    it says rather than the strongest of another wear.
    """
    if tuple(outputs) == QUESTIONS:
        return verdict_targets(scores, outputs, temperature)
    return predicted_contrasts(scores, temperature)


def predicted_contrasts(logits: NDArray[np.float32], temperature: float = 1.0) -> list[Contrast]:
    """For each row of logits of classes, (N, 3) or (N, 5): what it says, and its best rival."""
    wears = np.array([WEARS.index(WEAR_OF_CLASS[name]) for name in CLASSES])[: logits.shape[1]]
    contrasts = []
    for row, best in zip(logits, predicted_classes(logits, temperature), strict=True):
        others = np.where(wears == wears[best], -np.inf, row)
        contrasts.append(Contrast(best, int(others.argmax())))
    return contrasts


def difference_target(record: FaceRecord, other: FaceRecord, outputs: Sequence[str]) -> Target:
    """Why a face is as its label says rather than as another's does, of a network's outputs.

    Of the four questions: those whose answers differ, each signed by the face's own.
    """
    if tuple(outputs) != QUESTIONS:
        return Contrast(label_position(record, outputs), label_position(other, outputs))
    own, its = (
        [getattr(face.answers, question) for question in QUESTIONS] for face in (record, other)
    )
    weights = [
        0.0 if None in (one, two) else float(one) - float(two)
        for one, two in zip(own, its, strict=True)
    ]
    return WeightedSum(f"{record.label} rather than {other.label}", tuple(weights))


def label_position(record: FaceRecord, classes: Sequence[str]) -> int:
    """The position of a face's label in a network's logits.

    Args:
        record: a face whose label names what is uncovered, if anything is.
        classes: names of the logits: three wears, or the five classes.
    """
    if len(classes) == len(WEARS):
        return classes.index(str(record.wear))
    assert record.wear is not None
    return class_index(record.wear, record.uncovered)
