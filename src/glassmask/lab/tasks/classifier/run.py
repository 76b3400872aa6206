"""A run of any network by its name, on whole portraits, as the two studies did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from glassmask.errors import RecipeError
from glassmask.lab.classes import CLASSES
from glassmask.lab.datasets import FaceRecord, PictureCache, measurable, read_datasets
from glassmask.lab.judging.judge import WEAR_CLASSES, Judge, make_scores
from glassmask.lab.networks.classifier import Classifier
from glassmask.lab.networks.classifiers import build_classifier
from glassmask.lab.tasks.classifier.recipe import ClassifierRecipe
from glassmask.lab.training.face_views import AugmentedView, FaceView, portrait_view
from glassmask.lab.training.folder import hash_records
from glassmask.lab.training.losses import allowed_loss
from glassmask.lab.training.module import TrainingSetup, Validation, Views, count_views
from glassmask.lab.training.progressive import Progressive
from glassmask.lab.training.run import RunInputs, RunPlan
from glassmask.lab.training.sampling import CropStream, FaceSampler
from glassmask.labels import WEARS

_VALIDATION_BATCHES: Final = 16
_SPARE: Final = 2  # pixels of a kept picture to one of a view


def plan(recipe: ClassifierRecipe, inputs: RunInputs) -> RunPlan[Classifier]:
    """What a recipe trains on: faces of split `train`.

    Those of `val` are judged where the recipe asks for it, and no step is ever taken on them.

    Raises:
        RecipeError: the network does not take crops of the recipe's size.
        NetworkNameError: there is no such network, or not with such weights.
        DatasetError, SplitError: a folder of data can't be used.
    """
    _require_size(inputs.recipe, recipe)
    reading = read_datasets(inputs.data, inputs.mending, inputs.labels)
    drawn = [r for r in reading.records if r.dataset in recipe.data.shares]
    records = [r for r in drawn if r.split == "train"]
    held_out = (
        [r for r in measurable(drawn) if r.split == "val"] if recipe.training.held_every else []
    )

    def set_up_run(cache: PictureCache) -> TrainingSetup[Classifier]:
        return set_up(recipe, cache.readable(records), cache.readable(held_out), cache)

    return RunPlan(
        metadata={
            "data": hash_records([*records, *held_out]),
            "faces": Counter(f"{r.dataset}/{r.label}" for r in records),
        },
        pictures=drawn,
        problems=reading.problems,
        set_up=set_up_run,
        longest=_SPARE * recipe.network.size,
    )


def set_up(
    recipe: ClassifierRecipe,
    records: Sequence[FaceRecord],
    held_out: Sequence[FaceRecord],
    cache: PictureCache,
) -> TrainingSetup[Classifier]:
    """The network, views and loss of a recipe.

    Args:
        recipe: of a classifier.
        records: to train on.
        held_out: to validate on, where the recipe asks for it.
        cache: holds the pictures of both.

    Raises:
        SamplingError: there is no face of what the recipe wants to draw.
        NetworkNameError: no such network, or no pretrained weights of it.
    """
    settings, classes = recipe.training, recipe.network.classes
    torch.manual_seed(settings.seed)
    network = build_classifier(recipe.network.network, classes, recipe.network.init)
    size = recipe.network.size
    sampler = FaceSampler(records, recipe.data)
    stream = partial(CropStream, sampler, cache, length=count_views(settings), seed=settings.seed)
    views: Views = stream(_make_view(recipe, size))
    if settings.progressive is not None:
        small = stream(_make_view(recipe, settings.progressive.size))
        views = Progressive(small, views, settings.progressive.crops)
    validation = None
    if settings.held_every:
        judged = CropStream(
            FaceSampler(held_out, recipe.data, "val"),
            cache,
            partial(portrait_view, size=size),
            length=_VALIDATION_BATCHES * settings.batch,
            seed=0,
        )
        validation = Validation(judged, settings.held_every, settings.patience)

    def loss(network: Classifier, batch: list[Tensor]) -> Tensor:
        crops, allowed = batch
        return allowed_loss(
            network(crops), fold_allowed(allowed, classes), settings.label_smoothing
        )

    return TrainingSetup(network, views, loss, validation)


def _make_view(recipe: ClassifierRecipe, size: int) -> FaceView:
    """How a recipe shows a face on crops of a size."""
    return (
        AugmentedView(size)
        if recipe.data.views == "augmented"
        else partial(portrait_view, size=size)
    )


def build(recipe: ClassifierRecipe) -> Classifier:
    """The recipe's network with random weights."""
    return build_classifier(recipe.network.network, recipe.network.classes)


def make_judge(network: Classifier, recipe: ClassifierRecipe) -> Judge:
    """A classifier in evaluation mode as its recipe trained it, not calibrated yet."""
    return Judge(
        name=recipe.name,
        size=recipe.network.size,
        framing="ffhq" if recipe.data.views == "portrait" else "as given",
        scores=make_scores(network),
        outputs=CLASSES if recipe.network.classes == len(CLASSES) else WEAR_CLASSES,
        network=network,
    )


def fold_allowed(allowed: Tensor, classes: int) -> Tensor:
    """Allowed classes, bool (N, 5), as those of a network of 3 or 5: bool (N, classes)."""
    if classes == len(CLASSES):
        return allowed
    assert classes == len(WEARS)
    return torch.cat([allowed[:, :2], allowed[:, 2:].any(dim=1, keepdim=True)], dim=1)


def _require_size(path: Path, recipe: ClassifierRecipe) -> None:
    """Check that the network takes photos of the recipe's sizes, before anything is read.

    Raises:
        RecipeError: it does not.
        NetworkNameError: there is no such network, or not with such weights.
    """
    wanted, progressive = recipe.network, recipe.training.progressive
    network = build_classifier(wanted.network, wanted.classes).eval()
    sizes = {"network.size": wanted.size}
    if progressive is not None:
        sizes["training.progressive.size"] = progressive.size
    for key, size in sizes.items():
        try:
            with torch.inference_mode():
                network(torch.zeros(1, size, size, 3, dtype=torch.uint8))
        except (RuntimeError, AssertionError, ValueError) as error:
            usual = network.preprocessing.size
            raise RecipeError(
                f"{path}: {key}: {wanted.network} does not take photos of {size} x {size}; "
                f"it was made for {usual} x {usual}"
            ) from error
