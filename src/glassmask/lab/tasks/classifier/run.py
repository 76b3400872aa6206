"""Train any network by its name on whole portraits, as the two studies did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Final, Literal, Self

import torch
from pydantic import Field, model_validator
from torch import Tensor

from glassmask.errors import RecipeError
from glassmask.lab.datasets import FaceRecord, PictureCache, read_datasets
from glassmask.lab.networks.classifier import Classifier
from glassmask.lab.networks.registry import build_classifier
from glassmask.lab.tasks.wear.learning import allowed_loss
from glassmask.lab.tasks.wear.run import table_hash
from glassmask.lab.training.folder import begin_run, card_of, list_problems
from glassmask.lab.training.loop import Progress, train
from glassmask.lab.training.module import Held, Task, Views, count_views
from glassmask.lab.training.recipe import (
    DataSection,
    Section,
    TrainingSection,
    read_recipe,
)
from glassmask.lab.training.sampling import Augmented, CropStream, View, portrait
from glassmask.labels import CLASSES, WEARS


class ClassifierNetworkSection(Section):
    """The network: its name, how it begins, the side of its crops, and its classes."""

    network: str
    init: Literal["imagenet", "random"]
    size: Annotated[int, Field(ge=32, le=512)]
    classes: Literal[3, 5]
    """3: none, correct, incorrect, as in the two studies; 5: the project's own."""


class ClassifierDataSection(DataSection):
    """How often each dataset is drawn, and how its pictures are shown."""

    views: Literal["portrait", "augmented"] = "portrait"
    """Framed as in FFHQ, or framed and spoiled at random."""


class ProgressiveSection(Section):
    """Smaller crops first: progressive resizing, for less time with as many views."""

    size: Annotated[int, Field(ge=32, le=512)]
    """Side of the smaller crops, in pixels."""
    crops: Annotated[int, Field(gt=0)]
    """How many views are small; those that follow have the network's size."""


class ClassifierTrainingSection(TrainingSection):
    """The loop, with looks at held-out faces, and smaller crops first."""

    progressive: ProgressiveSection | None = None
    held_every: Annotated[int, Field(ge=0)] = 0
    """Steps from one look at held-out views to the next; 0: none."""
    patience: Annotated[int, Field(ge=0)] = 0
    """Looks without a better loss after which a run ends early; 0: it never does."""

    @model_validator(mode="after")
    def _looks(self) -> Self:
        if self.patience and not self.held_every:
            raise ValueError("patience needs held_every: steps from one look to the next")
        return self

    @model_validator(mode="after")
    def _smaller_first(self) -> Self:
        small = 0 if self.progressive is None else self.progressive.crops
        if small % self.batch:
            raise ValueError("progressive.crops must be whole batches: one has one size")
        if small >= self.crops:
            raise ValueError("progressive.crops must leave some of crops at the full size")
        return self


class ClassifierRecipe(Section):
    """A whole recipe; `task` tells it from those of other networks."""

    task: Literal["classifier"]
    name: str
    network: ClassifierNetworkSection
    data: ClassifierDataSection
    training: ClassifierTrainingSection


def folded(allowed: Tensor, classes: int) -> Tensor:
    """Allowed classes, bool (N, 5), as those of a network of 3 or 5: bool (N, classes)."""
    if classes == len(CLASSES):
        return allowed
    assert classes == len(WEARS)
    return torch.cat([allowed[:, :2], allowed[:, 2:].any(dim=1, keepdim=True)], dim=1)


@dataclass(frozen=True, slots=True)
class Progressive:
    """Views of which the first are others: the same faces, smaller.

    Attributes:
        small: the first of them are shown.
        whole: the rest are; as many views.
        first: how many are small.
    """

    small: Views
    whole: Views
    first: int

    def __len__(self) -> int:
        return len(self.whole)

    def __getitem__(self, number: int) -> tuple[Tensor, ...]:
        return (self.small if number < self.first else self.whole)[number]


def classifier_task(
    recipe: ClassifierRecipe,
    records: Sequence[FaceRecord],
    held: Sequence[FaceRecord],
    cache: PictureCache,
) -> Task[Classifier]:
    """What a recipe trains on `records`; `held` are looked at where the recipe asks for it."""
    settings, classes = recipe.training, recipe.network.classes
    torch.manual_seed(settings.seed)
    network = build_classifier(recipe.network.network, classes, recipe.network.init)
    size, count = recipe.network.size, count_views(settings)
    stream = partial(CropStream, records, cache, recipe.data, count, settings.seed)
    views: Views = stream(_view(recipe, size))
    if settings.progressive is not None:
        small = stream(_view(recipe, settings.progressive.size))
        views = Progressive(small, views, settings.progressive.crops)
    looks = None
    if settings.held_every:
        framed = partial(portrait, size=size)
        looked = CropStream(held, cache, recipe.data, _LOOKED * settings.batch, 0, framed, "val")
        looks = Held(looked, settings.held_every, settings.patience)

    def loss_of(network: Classifier, batch: list[Tensor]) -> Tensor:
        crops, allowed = batch
        return allowed_loss(network(crops), folded(allowed, classes), settings.label_smoothing)

    return Task(network, views, loss_of, looks)


def _view(recipe: ClassifierRecipe, size: int) -> View:
    """How a recipe shows a face on crops of a size."""
    return Augmented(size) if recipe.data.views == "augmented" else partial(portrait, size=size)


_LOOKED: Final = 16  # batches of held-out views in one look
_SPARE: Final = 2  # pixels of a kept picture to one of a view


def train_classifier_run(
    recipe_path: Path,
    data: Sequence[Path],
    run: Path,
    *,
    mending: Path | None = None,
    workers: int = 1,
    progress: Callable[[Progress], None] = lambda _: None,
    warn: Callable[[str], None] = lambda _: None,
) -> None:
    """Train a recipe in a run folder, or go on where it stopped; leaves weights and papers.

    Only faces of split `train` are trained on; those of `val` are looked at where the recipe
    asks for it, and no step is ever taken on them.

    Args:
        recipe_path: a recipe of task `classifier`.
        data: dataset folders; those that the recipe names are drawn from.
        run: the run's folder.
        mending: a table that mends splits which leak into each other.
        workers: processes that make views.
        progress: told every now and then.
        warn: told how many faces were left out; they are listed in the folder.

    Raises:
        RecipeError, DatasetError, SamplingError, TrainingError, NetworkNameError: see there.
        RunError: the folder holds a run of another recipe or data.
    """
    recipe = read_recipe(recipe_path, ClassifierRecipe)
    _see_size(recipe_path, recipe)
    reading = read_datasets(data, mending)
    drawn = [r for r in reading.records if r.dataset in recipe.data.shares]
    records = [r for r in drawn if r.split == "train"]
    held = [r for r in drawn if r.split == "val"] if recipe.training.held_every else []
    card = {
        **card_of(recipe.name, recipe.training),
        "data": table_hash([*records, *held]),
        "faces": Counter(f"{r.dataset}/{r.label}" for r in records),
    }
    if begin_run(run, recipe_path, card):
        return
    cache = PictureCache(drawn, longest=_SPARE * recipe.network.size)
    list_problems(run, (*reading.problems, *cache.problems), warn)
    task = classifier_task(recipe, cache.readable(records), cache.readable(held), cache)
    train(task, recipe.training, run, workers=workers, progress=progress)


def _see_size(path: Path, recipe: ClassifierRecipe) -> None:
    """See that the network takes photos of the recipe's sizes, before anything is read.

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
