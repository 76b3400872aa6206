"""The most confident mistakes, each with what the network looked at."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.errors import MethodError
from glassmask.lab.attribution import (
    GradCAM,
    IntegratedGradients,
    Method,
    Target,
    attribute,
)
from glassmask.lab.attribution.answers import said_targets
from glassmask.lab.classes import fold_wears
from glassmask.lab.datasets import FaceRecord, PictureCache
from glassmask.lab.evaluation.predictions import Predictions
from glassmask.lab.judging.judge import Framing, Judge, crop_record
from glassmask.labels import WEARS, Wear

_METHODS: Final[Mapping[str, Method]] = {
    "Grad-CAM": GradCAM(),
    "Integrated Gradients": IntegratedGradients(max_steps=64),
}


@dataclass(frozen=True, slots=True, eq=False)
class Mistake:
    """A face that was called something else.

    Attributes:
        record: the face.
        called: what it was called.
        chance: the calibrated chance that it was given.
        crop: RGB uint8 (S, S, 3), what the network saw.
        maps: method -> its map (S, S), float32; empty where there is no torch network.
    """

    record: FaceRecord
    called: Wear
    chance: float
    crop: NDArray[np.uint8]
    maps: Mapping[str, NDArray[np.float32]]


def worst_mistakes(
    predictions: Predictions,
    judge: Judge,
    cache: PictureCache,
    *,
    number: int,
    framing: Framing | None = None,
) -> list[Mistake]:
    """The mistakes that the network was surest of, surest first.

    Never those of `train`, nor of a label that is doubtful: it may be the one that is wrong.
    """
    folded = fold_wears(predictions.calibrated)
    called = [WEARS[column] for column in folded.argmax(axis=1)]
    wrong = [
        row
        for row, record in enumerate(predictions.records)
        if called[row] is not record.wear and record.split != "train" and record.certain
    ]
    wrong.sort(key=lambda row: -folded[row].max())
    mistakes = []
    for row in wrong[:number]:
        record = predictions.records[row]
        seen = crop_record(cache[record], record, framing or judge.framing, judge.size)
        said = said_targets(judge, predictions.scores[[row]], predictions.temperature or 1.0)
        maps = explain(judge, seen, said[0])
        mistakes.append(Mistake(record, called[row], float(folded[row].max()), seen, maps))
    return mistakes


def explain(
    judge: Judge, crop: NDArray[np.uint8], target: Target
) -> Mapping[str, NDArray[np.float32]]:
    """Grad-CAM and Integrated Gradients (from black), at the crop's size.

    Grad-CAM is missing where the network has no layer with maps.

    Args:
        judge: its torch network is asked; none, no maps.
        crop: RGB uint8 (S, S, 3).
        target: what is explained.
    """
    if judge.network is None:
        return {}
    maps = {}
    for title, method in _METHODS.items():
        with suppress(MethodError):
            found = attribute(judge.network, crop[None], target, method)
            maps[title] = found.at_photo()[0]
    return maps
