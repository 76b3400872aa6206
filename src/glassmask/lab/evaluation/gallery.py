"""The most confident mistakes, each with what the network looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from captum.attr import IntegratedGradients, LayerAttribution, LayerGradCam
from numpy.typing import NDArray

from glassmask.lab.datasets import FaceRecord, PictureCache
from glassmask.lab.evaluation.evaluate import Evaluation
from glassmask.lab.evaluation.judge import Framing, Judge, crop_of
from glassmask.labels import CLASSES_OF_WEAR, WEARS, Wear, fold

_STEPS = 32  # of the path of Integrated Gradients


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
    evaluation: Evaluation,
    judge: Judge,
    cache: PictureCache,
    *,
    number: int,
    framing: Framing | None = None,
) -> list[Mistake]:
    """The mistakes that the network was surest of, never those of `train`, surest first."""
    folded = fold(evaluation.calibrated)
    called = [WEARS[column] for column in folded.argmax(axis=1)]
    wrong = [
        row
        for row, record in enumerate(evaluation.records)
        if called[row] is not record.wear and record.split != "train"
    ]
    wrong.sort(key=lambda row: -folded[row].max())
    mistakes = []
    for row in wrong[:number]:
        record = evaluation.records[row]
        seen = crop_of(cache[record], record, framing or judge.framing, judge.size)
        of_wear = list(CLASSES_OF_WEAR[called[row]])
        target = of_wear[int(evaluation.calibrated[row, of_wear].argmax())]
        target = min(target, evaluation.logits.shape[1] - 1)
        maps = explain(judge, seen, target)
        mistakes.append(Mistake(record, called[row], float(folded[row].max()), seen, maps))
    return mistakes


def explain(
    judge: Judge, crop: NDArray[np.uint8], target: int
) -> Mapping[str, NDArray[np.float32]]:
    """Grad-CAM (positive part) and Integrated Gradients (from black, summed over colours).

    Args:
        judge: its torch network is asked; none, no maps.
        crop: RGB uint8 (S, S, 3).
        target: position of the class in the network's logits.
    """
    if judge.network is None:
        return {}
    forward = judge.network.logits
    pixels = torch.from_numpy(np.ascontiguousarray(crop))[None].float().requires_grad_()
    layer = judge.network.get_submodule(judge.network.cam_layer)
    cam = LayerGradCam(forward, layer).attribute(pixels, target=target, relu_attributions=True)
    cam = LayerAttribution.interpolate(cam, crop.shape[:2], "bilinear")[0, 0]
    path = IntegratedGradients(forward).attribute(
        pixels, torch.zeros_like(pixels), target=target, n_steps=_STEPS, internal_batch_size=8
    )
    return {
        "Grad-CAM": cam.detach().numpy().astype(np.float32),
        "Integrated Gradients": path[0].sum(dim=-1).detach().numpy().astype(np.float32),
    }
