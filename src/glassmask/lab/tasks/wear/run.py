"""A run of the wear network: which faces it trains on, and what is made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import torch
from torch import Tensor

from glassmask.errors import RunError, SamplingError
from glassmask.faces.landmarks import Landmarker
from glassmask.lab.datasets import (
    FaceRecord,
    PictureCache,
    fold_numbers,
    read_datasets,
)
from glassmask.lab.datasets.painted_truths import read_truths
from glassmask.lab.judging.judge import Judge, make_scores
from glassmask.lab.networks import EvidenceNetwork, build_network
from glassmask.lab.tasks.wear.landmark_truths import landmark_truths
from glassmask.lab.tasks.wear.loss import pointing_loss, question_loss
from glassmask.lab.tasks.wear.recipe import WearRecipe
from glassmask.lab.tasks.wear.targets import question_target
from glassmask.lab.tasks.wear.views import QuestionStream, Truth
from glassmask.lab.training.face_views import AugmentedView
from glassmask.lab.training.folder import hash_records
from glassmask.lab.training.module import TrainingSetup, Views, count_views
from glassmask.lab.training.progressive import Progressive
from glassmask.lab.training.run import RunInputs, RunPlan
from glassmask.lab.training.sampling import CropStream, FaceSampler
from glassmask.labels import QUESTIONS


def training_records(
    records: Sequence[FaceRecord], recipe: WearRecipe, fold: int | None
) -> list[FaceRecord]:
    """The faces to train on: split `train`, or for a fold all others of train and val.

    Only of the datasets that the recipe draws from.
    With a fold, the rows of `data.fold_datasets` in train and val that were not picked are cut
    into folds, and those of this fold are left out; all other rows, picked ones among them, are
    trained on if they are in train, but for groups that are in this fold.
    """
    records = [r for r in records if r.dataset in recipe.data.shares]
    if fold is None:
        return [r for r in records if r.split == "train"]
    pool, numbers = fold_pool(records, recipe)
    kept = [r for r, number in zip(pool, numbers, strict=True) if number != fold]
    held_out = {r.group for r, number in zip(pool, numbers, strict=True) if number == fold}
    others = [r for r in records if not _in_pool(r, recipe) and r.split == "train"]
    return kept + [r for r in others if r.group not in held_out]


def fold_pool(
    records: Sequence[FaceRecord], recipe: WearRecipe
) -> tuple[list[FaceRecord], list[int]]:
    """The records that are cut into folds, and the fold of each; no group is in two of them."""
    pool = _pool(records, recipe)
    return pool, fold_numbers(pool, recipe.data.folds).tolist()


def _pool(records: Sequence[FaceRecord], recipe: WearRecipe) -> list[FaceRecord]:
    """The records of train and val of the datasets that are cut into folds.

    Raises:
        RunError: one of the datasets has none.
    """
    pool = [r for r in records if _in_pool(r, recipe)]
    for name in recipe.data.fold_datasets:
        if not any(r.dataset == name for r in pool):
            raise RunError(
                f"no train or val faces of {name!r}: give the folder of that dataset too"
            )
    return pool


def _in_pool(record: FaceRecord, recipe: WearRecipe) -> bool:
    """Whether a face is cut into folds: it will be measured on."""
    of_folds = record.dataset in recipe.data.fold_datasets and record.split in ("train", "val")
    return of_folds and record.is_measurable


def held_out(
    records: Sequence[FaceRecord], recipe: WearRecipe, fold: int | None
) -> tuple[list[FaceRecord], set[str]]:
    """The faces of the fold pool that a run has not seen, and the groups that it has seen.

    Args:
        records: of all datasets that the run was given.
        recipe: of the run.
        fold: of the run: it has seen all of the pool but its own faces; None for a whole run.
    """
    seen = {record.group for record in training_records(records, recipe, fold)}
    return [r for r in _pool(records, recipe) if r.group not in seen], seen


def plan(recipe: WearRecipe, inputs: RunInputs) -> RunPlan[EvidenceNetwork]:
    """What a recipe trains on.

    Raises:
        RunError: the fold does not exist.
        NetworkNameError: there is no such network.
        NetworkError: the landmark network can't be used.
        DatasetError, SplitError: a folder of data can't be used.
    """
    fold = inputs.fold
    if fold is not None and not 0 <= fold < recipe.data.folds:
        raise RunError(f"fold {fold} does not exist: folds are 0 to {recipe.data.folds - 1}")
    build(recipe)  # a network that can't be is told of before pictures are read
    reading = read_datasets(inputs.data, inputs.mending, inputs.labels)
    records = training_records(reading.records, recipe, fold)

    landmarker = Landmarker() if recipe.evidence.landmarks else None

    def set_up_run(cache: PictureCache) -> TrainingSetup[EvidenceNetwork]:
        readable = cache.readable(records)
        truths = _truths(recipe, inputs, readable, cache, landmarker)
        return set_up(recipe, readable, cache, truths)

    return RunPlan(
        metadata={
            "fold": fold,
            "data": hash_records(records),
            "faces": Counter(f"{r.dataset}/{r.label}" for r in records),
            **({"landmarks": landmarker.manifest.sha256} if landmarker else {}),
        },
        pictures=reading.records,
        problems=reading.problems,
        set_up=set_up_run,
    )


def set_up(
    recipe: WearRecipe,
    records: Sequence[FaceRecord],
    cache: PictureCache,
    truths: Mapping[Path, Truth] = MappingProxyType({}),
) -> TrainingSetup[EvidenceNetwork]:
    """The network, views and loss of a recipe.

    Args:
        recipe: of the wear network.
        records: to train on.
        cache: holds their pictures.
        truths: of some of them, by their pictures, for `evidence.pointing` and `evidence.hiding`.

    Raises:
        SamplingError: the recipe asks for these, and there are none, or none is drawn.
    """
    settings = recipe.training
    torch.manual_seed(settings.seed)
    network = build_network(**recipe.network.model_dump(exclude={"size"}))
    if needs_truths(recipe):
        _require_drawn(truths, records)
    sampler = FaceSampler(records, recipe.data)
    views = _views(recipe, sampler, cache, truths, recipe.network.size)
    if settings.progressive is not None:
        small = _views(recipe, sampler, cache, truths, settings.progressive.size)
        views = Progressive(small, views, settings.progressive.crops)
    asked = recipe.evidence

    def loss(network: EvidenceNetwork, batch: list[Tensor]) -> Tensor:
        crops, targets, *pointed = batch
        logits, evidence = network(crops)
        total = question_loss(
            logits, targets, answers=asked.answers, smoothing=settings.label_smoothing
        )
        if pointed and asked.pointing:
            where, signs = pointed
            total = total + asked.pointing * pointing_loss(evidence, where, signs)
        return total

    return TrainingSetup(network, views, loss)


def _truths(
    recipe: WearRecipe,
    inputs: RunInputs,
    records: Sequence[FaceRecord],
    cache: PictureCache,
    landmarker: Landmarker | None,
) -> dict[Path, Truth]:
    """Where parts are: of painted pictures, and of photographs as the recipe asks for it.

    Raises:
        DatasetError: a painted folder's table can't be read.
    """
    if not needs_truths(recipe):
        return {}
    truths: dict[Path, Truth] = {}
    for source in inputs.data:
        truths |= read_truths(source)
    if landmarker:
        photographs = [r for r in records if r.dataset in recipe.evidence.landmarks]
        truths |= landmark_truths(photographs, cache, landmarker)
    return truths


def needs_truths(recipe: WearRecipe) -> bool:
    """Whether a recipe asks where painted parts are."""
    return bool(recipe.evidence.pointing or recipe.evidence.hiding)


def _views(
    recipe: WearRecipe,
    sampler: FaceSampler,
    cache: PictureCache,
    truths: Mapping[Path, Truth],
    size: int,
) -> Views:
    """The views of a recipe, on crops of a size."""
    view = AugmentedView(size, recipe.views.turned)
    stream = CropStream(
        sampler,
        cache,
        view,
        length=count_views(recipe.training),
        seed=recipe.training.seed,
        neighbour_rate=recipe.views.among_others,
        target=question_target,
    )
    if not needs_truths(recipe):
        return stream
    cells = size // recipe.network.stride
    return QuestionStream(stream, truths, view, cells, recipe.evidence.hiding)


def _require_drawn(truths: Mapping[Path, Truth], records: Sequence[FaceRecord]) -> None:
    """Check that pointing and hiding have painted faces to learn from.

    Raises:
        SamplingError: there are none, or none of them is drawn.
    """
    if not truths:
        raise SamplingError(
            "evidence.pointing and evidence.hiding need painted faces: give a folder of them too "
            "(`glassmask data paint` makes them) and name it in data.shares"
        )
    if not any(record.path in truths for record in records):
        raise SamplingError(
            "evidence.pointing and evidence.hiding: none of the faces drawn is painted: name their "
            "folder in data.shares"
        )


def build(recipe: WearRecipe) -> EvidenceNetwork:
    """The recipe's network with random weights."""
    return build_network(**recipe.network.model_dump(exclude={"size", "init"}), init="random")


def make_judge(network: EvidenceNetwork, recipe: WearRecipe) -> Judge:
    """A wear network in evaluation mode as its recipe trained it, not calibrated yet."""
    return Judge(
        name=recipe.name,
        size=recipe.network.size,
        framing="as given",
        scores=make_scores(network),
        outputs=QUESTIONS,
        network=network,
    )
