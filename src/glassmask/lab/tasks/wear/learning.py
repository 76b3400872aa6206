"""Train the network that says how a mask is worn."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from glassmask.errors import SamplingError
from glassmask.lab.datasets import FaceRecord, PictureCache
from glassmask.lab.datasets.pairs import PaintedPair
from glassmask.lab.networks import EvidenceNetwork, build_network
from glassmask.lab.tasks.wear.pointing import PointedStream, pointing_loss
from glassmask.lab.training.module import Task, Views, count_views
from glassmask.lab.training.recipe import Recipe
from glassmask.lab.training.sampling import Augmented, CropStream


def allowed_loss(logits: Tensor, allowed: Tensor, smoothing: float = 0.0) -> Tensor:
    """Negative log probability that the class is one of the allowed ones, mean over N.

    Args:
        logits: (N, C) float.
        allowed: (N, C) bool; several where a label only says *incorrect*.
        smoothing: this share of the loss asks for the uniform distribution instead.
    """
    logs = logits.float().log_softmax(dim=1)  # (N, C)
    label = -logs.masked_fill(~allowed, -math.inf).logsumexp(dim=1)
    return ((1 - smoothing) * label - smoothing * logs.mean(dim=1)).mean()


def wear_task(
    recipe: Recipe,
    records: Sequence[FaceRecord],
    cache: PictureCache,
    pairs: Sequence[PaintedPair] = (),
) -> Task[EvidenceNetwork]:
    """What a recipe trains, on `records`.

    Args:
        recipe: of the wear network.
        records: to train on.
        cache: holds their pictures.
        pairs: which of the records are members of pairs, for `evidence.pointing`.

    Raises:
        SamplingError: the recipe asks for pointing and there are no pairs, or none is drawn.
    """
    settings = recipe.training
    torch.manual_seed(settings.seed)
    network = build_network(**recipe.network.model_dump(exclude={"size"}))
    length = count_views(settings)
    views_of = recipe.views
    view = Augmented(recipe.network.size, views_of.turned)
    stream = CropStream(
        records,
        cache,
        recipe.data,
        length,
        settings.seed,
        view,
        among_others=views_of.among_others,
    )

    weight, smoothing = recipe.evidence.pointing, settings.label_smoothing
    views: Views = stream
    if weight:
        if not pairs:
            raise SamplingError(
                "evidence.pointing needs painted pairs: give a folder of them with --data "
                "(`glassmask data paint --pairs`) and name it in data.shares"
            )
        drawn = {record.path for record in records}
        if not any(member.path in drawn for pair in pairs for member in (pair.before, pair.after)):
            raise SamplingError(
                "evidence.pointing: none of the faces drawn is of a painted pair: name their "
                "folder in data.shares"
            )
        cells = recipe.network.size // recipe.network.stride
        views = PointedStream(stream, pairs, view, cells)

    def loss_of(network: EvidenceNetwork, batch: list[Tensor]) -> Tensor:
        crops, allowed, *pointed = batch
        logits, evidence = network(crops)
        loss = allowed_loss(logits, allowed, smoothing)
        if pointed:
            where, rival = pointed
            loss = loss + weight * pointing_loss(evidence, allowed, where, rival)
        return loss

    return Task(network, views, loss_of)
