"""Maps of subjects by a method: the audit's one way to ask for an explanation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from glassmask.lab.attribution import Contrast, Method, Target, attribute
from glassmask.lab.audit.subjects import Subject
from glassmask.lab.judging.judge import Judge, said_classes
from glassmask.lab.networks.photo_network import PhotoNetwork
from glassmask.labels import CLASSES, WEAR_OF_CLASS, WEARS, Wear, class_index

_BATCH: Final = 32


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """Maps of N crops.

    Attributes:
        maps: float32 (N, S, S), at crop resolution.
        values: float32 (N,), the targets' logits or differences.
        error: float32 (N,), how far a map's sum is from what it must be; None where nothing is
            promised.
        expected_sum: float32 (N,), what it must be; None likewise.
    """

    maps: NDArray[np.float32]
    values: NDArray[np.float32]
    error: NDArray[np.float32] | None
    expected_sum: NDArray[np.float32] | None


def ask(
    network: PhotoNetwork,
    crops: NDArray[np.uint8],
    targets: Sequence[Target],
    method: Method,
) -> Asked:
    """Explain crops, RGB uint8 (N, S, S, 3), each its own target."""
    found = attribute(network, crops, targets, method)
    return Asked(found.at_photo(), found.values, found.error, found.expected_sum)


def stacked(subjects: Sequence[Subject]) -> NDArray[np.uint8]:
    """Their crops: RGB uint8 (N, S, S, 3)."""
    return np.stack([subject.crop for subject in subjects])


def logits_of(network: PhotoNetwork, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Logits (N, C) of crops, RGB uint8 (N, S, S, 3), of a network in evaluation mode."""
    parts = []
    with torch.inference_mode():
        for first in range(0, len(crops), _BATCH):
            some = torch.from_numpy(np.ascontiguousarray(crops[first : first + _BATCH]))
            parts.append(network.logits(some).numpy())
    return np.concatenate(parts)


def wear_of(logits: NDArray[np.float32]) -> list[Wear]:
    """What each row of logits, (N, 3) or (N, 5), says."""
    return [WEAR_OF_CLASS[CLASSES[place]] for place in said_classes(logits)]


def class_of(subject: Subject, judge: Judge) -> int | None:
    """The position of a subject's label in the network's logits; None where it has no such."""
    record = subject.record
    if len(judge.classes) == len(WEARS):
        return judge.classes.index(str(record.wear))
    if record.wear is Wear.INCORRECT and record.uncovered is None:
        return None
    return class_index(record.wear, record.uncovered)


def contrasts(logits: NDArray[np.float32]) -> list[Contrast]:
    """For each row of logits (N, C): what it says rather than the strongest of another wear."""
    wears = np.array([WEARS.index(WEAR_OF_CLASS[name]) for name in CLASSES])[: logits.shape[1]]
    found = []
    for row, best in zip(logits, said_classes(logits), strict=True):
        others = np.where(wears == wears[best], -np.inf, row)
        found.append(Contrast(best, int(others.argmax())))
    return found
