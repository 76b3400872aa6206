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
from glassmask.lab.evaluation.judge import Judge, five_probabilities
from glassmask.lab.networks.photo_network import PhotoNetwork
from glassmask.labels import WEARS, Wear, class_index, fold

_BATCH: Final = 16


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """Maps of N crops.

    Attributes:
        maps: float32 (N, S, S), at crop resolution.
        values: float32 (N,), the targets' logits or differences.
        error: float32 (N,), how far a map's sum is from what it must be; None where nothing is
            promised.
    """

    maps: NDArray[np.float32]
    values: NDArray[np.float32]
    error: NDArray[np.float32] | None


def ask(
    network: PhotoNetwork,
    crops: NDArray[np.uint8],
    targets: Sequence[Target],
    method: Method,
) -> Asked:
    """Explain crops, RGB uint8 (N, S, S, 3), each its own target, a batch at a time."""
    parts = []
    for first in range(0, len(crops), _BATCH):
        some = slice(first, first + _BATCH)
        parts.append(attribute(network, crops[some], list(targets[some]), method))
    errors = [part.error for part in parts if part.error is not None]
    return Asked(
        maps=np.concatenate([part.at_photo() for part in parts]),
        values=np.concatenate([part.values for part in parts]),
        error=np.concatenate(errors) if errors else None,
    )


def stacked(subjects: Sequence[Subject]) -> NDArray[np.uint8]:
    """Their crops: RGB uint8 (N, S, S, 3)."""
    return np.stack([subject.crop for subject in subjects])


def logits_of(network: PhotoNetwork, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Logits (N, C) of crops, RGB uint8 (N, S, S, 3), of a network in evaluation mode."""
    parts = []
    with torch.inference_mode():
        for first in range(0, len(crops), 2 * _BATCH):
            some = torch.from_numpy(np.ascontiguousarray(crops[first : first + 2 * _BATCH]))
            parts.append(network.logits(some).numpy())
    return np.concatenate(parts)


def wear_of(logits: NDArray[np.float32]) -> list[Wear]:
    """What each row of logits, (N, 3) or (N, 5), says."""
    return [WEARS[i] for i in fold(five_probabilities(logits, 1.0)).argmax(axis=1)]


def class_of(subject: Subject, judge: Judge) -> int | None:
    """The position of a subject's label in the network's logits; None where it has no such."""
    record = subject.record
    if len(judge.classes) == len(WEARS):
        return judge.classes.index(str(record.wear))
    if record.wear is Wear.INCORRECT and record.uncovered is None:
        return None
    return class_index(record.wear, record.uncovered)


def contrasts(logits: NDArray[np.float32]) -> list[Contrast]:
    """For each row of logits (N, C): its class rather than the strongest of another wear."""
    five = logits.shape[1] > len(WEARS)
    wears = np.array([0, 1, 2, 2, 2] if five else [0, 1, 2])
    found = []
    for row in logits:
        best = int(row.argmax())
        others = np.where(wears == wears[best], -np.inf, row)
        found.append(Contrast(best, int(others.argmax())))
    return found
