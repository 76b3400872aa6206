"""A run of the wear network: which faces it trains on, and its folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from glassmask.errors import RunError
from glassmask.lab.datasets import (
    FaceRecord,
    PictureCache,
    fold_numbers,
    read_datasets,
)
from glassmask.lab.datasets.pairs import has_pairs, read_pairs
from glassmask.lab.networks import EvidenceNetwork, build_network
from glassmask.lab.tasks.wear.learning import wear_task
from glassmask.lab.training.folder import (
    RECIPE,
    begin_run,
    card_of,
    list_problems,
    load_weights,
    see_finished,
    stamp_of,
)
from glassmask.lab.training.loop import Progress, train
from glassmask.lab.training.recipe import Recipe, read_recipe


def training_records(
    records: Sequence[FaceRecord], recipe: Recipe, fold: int | None
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


def fold_pool(records: Sequence[FaceRecord], recipe: Recipe) -> tuple[list[FaceRecord], list[int]]:
    """The records that are cut into folds, and the fold of each; no group is in two of them."""
    pool = _pool(records, recipe)
    return pool, fold_numbers(pool, recipe.data.folds).tolist()


def _pool(records: Sequence[FaceRecord], recipe: Recipe) -> list[FaceRecord]:
    """The records of train and val of the datasets that are cut into folds.

    Raises:
        RunError: one of the datasets has none.
    """
    pool = [r for r in records if _in_pool(r, recipe)]
    for name in recipe.data.fold_datasets:
        if not any(r.dataset == name for r in pool):
            raise RunError(f"no train or val faces of {name!r}: give its folder with --data")
    return pool


def _in_pool(record: FaceRecord, recipe: Recipe) -> bool:
    """Whether a face is cut into folds: it will be measured on, so it must not be picked."""
    of_folds = record.dataset in recipe.data.fold_datasets and record.split in ("train", "val")
    return of_folds and not record.picked


def held_out(
    records: Sequence[FaceRecord], recipe: Recipe, fold: int | None
) -> tuple[list[FaceRecord], set[str]]:
    """The faces of the fold pool that a run has not seen, and the groups that it has seen.

    Args:
        records: of all datasets that the run was given.
        recipe: of the run.
        fold: of the run: it has seen all of the pool but its own faces; None for a whole run.
    """
    seen = {record.group for record in training_records(records, recipe, fold)}
    return [r for r in _pool(records, recipe) if r.group not in seen], seen


def table_hash(records: Sequence[FaceRecord]) -> str:
    """sha256 over what the records say, wherever their folders lie."""
    return stamp_of(
        (r.dataset, r.path.name, r.split, r.group, r.label, r.certain, r.picked, r.box)
        for r in sorted(records, key=lambda r: (r.dataset, r.path.name))
    )


def train_run(
    recipe_path: Path,
    data: Sequence[Path],
    run: Path,
    *,
    mending: Path | None = None,
    fold: int | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
    warn: Callable[[str], None] = lambda _: None,
) -> None:
    """Train a recipe in a run folder, or go on where it stopped; leaves weights and papers.

    Faces that can't be used are left out and listed in the folder; `warn` is told how many.

    Raises:
        RecipeError, DatasetError, SamplingError, TrainingError: see there.
        RunError: the folder holds a run of another recipe, fold or data, or the fold does not
            exist.
    """
    recipe = read_recipe(recipe_path)
    if fold is not None and not 0 <= fold < recipe.data.folds:
        raise RunError(f"fold {fold} does not exist: folds are 0 to {recipe.data.folds - 1}")
    reading = read_datasets(data, mending)
    records = training_records(reading.records, recipe, fold)
    card = {
        **card_of(recipe.name, recipe.training),
        "fold": fold,
        "data": table_hash(records),
        "faces": Counter(f"{r.dataset}/{r.label}" for r in records),
    }
    if begin_run(run, recipe_path, card):
        return
    cache = PictureCache(reading.records)
    list_problems(run, (*reading.problems, *cache.problems), warn)
    asked = recipe.evidence.pointing > 0
    pairs = [pair for folder in data if asked and has_pairs(folder) for pair in read_pairs(folder)]
    task = wear_task(recipe, cache.readable(records), cache, pairs)
    train(task, recipe.training, run, progress=progress)


def load_run(run: Path) -> tuple[EvidenceNetwork, Recipe]:
    """A finished run's network in evaluation mode, and its recipe.

    Raises:
        RunError: the run is not finished, or is none.
    """
    see_finished(run)
    recipe = read_recipe(run / RECIPE)
    built = recipe.network.model_copy(update={"init": "random"})  # weights follow
    network = build_network(**built.model_dump(exclude={"size"}))
    load_weights(run, network)
    return network, recipe
