"""One run of any task: what a recipe trains on, its folder, and the way from one to the other."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic

from glassmask.errors import GlassmaskError, NetworkNameError, RecipeError, SamplingError
from glassmask.lab.datasets import PictureCache, Problem
from glassmask.lab.datasets.cache import HasPath
from glassmask.lab.training.folder import (
    RECIPE,
    begin_run,
    is_finished,
    list_problems,
    load_weights,
    require_finished,
    start_of,
)
from glassmask.lab.training.loop import train
from glassmask.lab.training.module import NetworkType, TrainingSetup
from glassmask.lab.training.precision import choose_precision
from glassmask.lab.training.progress import Progress
from glassmask.lab.training.recipe import RecipeType, read_recipe


@dataclass(frozen=True, slots=True)
class RunInputs:
    """What a run is given.

    Attributes:
        recipe: the recipe's file.
        data: dataset folders.
        mending: a table that moves near-duplicates into one split; None: splits as they are.
        fold: of the faces that are cut into folds, leave this one out; None: train on all.
        labels: what unknown words of the datasets mean, see `read_datasets`.
        start: a finished run of such a network, with whose weights this one begins; None: as the
            recipe says.
    """

    recipe: Path
    data: tuple[Path, ...]
    mending: Path | None = None
    fold: int | None = None
    labels: Mapping[str, str] | None = None
    start: Path | None = None


@dataclass(frozen=True, slots=True)
class RunPlan(Generic[NetworkType]):
    """What a recipe trains on, by the tables of its data: no picture has been decoded yet.

    Attributes:
        metadata: what makes the run what it is, besides the recipe: `data` is the hash of all
            that the data say; the rest is for readers.
        pictures: everything whose pictures are needed.
        problems: rows of the tables that can't be used.
        set_up: makes network, views and loss, given the decoded pictures.
        longest: pictures with a longer side above this many pixels are kept reduced to it.
    """

    metadata: Mapping[str, Any]
    pictures: Sequence[HasPath]
    problems: Sequence[Problem]
    set_up: Callable[[PictureCache], TrainingSetup[NetworkType]]
    longest: int | None = None


def train_run(
    kind: type[RecipeType],
    plan: Callable[[RecipeType, RunInputs], RunPlan[NetworkType]],
    inputs: RunInputs,
    run: Path,
    *,
    workers: int = 1,
    progress: Callable[[Progress], None] = lambda _: None,
    warn: Callable[[str], None] = lambda _: None,
) -> None:
    """Train a recipe in a run folder, or resume where it stopped; nothing if it is finished.

    Leaves the weights, a copy of the recipe, and the run's metadata in the folder. What can't be
    used is left out, and listed in the folder.

    Args:
        kind: of the recipe.
        plan: reads the data's tables.
        inputs: recipe and data.
        run: the run's folder; made if it is not there.
        workers: processes that make views; 0: this one does.
        progress: called after every step.
        warn: called with one line that says how much was left out.

    Raises:
        GlassmaskError: recipe, data or network can't be used as asked, the folder holds another
            run, or the loss is no longer a number.
        OSError: a file can't be read or written.
        KeyboardInterrupt: it was stopped; the last saved state stays in the folder.
    """
    recipe, new = read_recipe(inputs.recipe, kind), not run.exists()
    with _naming(inputs.recipe):
        planned = plan(recipe, inputs)
    metadata = {
        "recipe": recipe.name,
        "seed": recipe.training.seed,
        "precision": choose_precision(recipe.training.precision),
        **planned.metadata,
    }
    if inputs.start is not None:
        metadata["start"] = start_of(inputs.start, inputs.fold)
    begin_run(run, inputs.recipe, metadata)
    if is_finished(run):
        return
    cache = PictureCache(planned.pictures, longest=planned.longest)
    list_problems(run, (*planned.problems, *cache.problems), warn)
    try:
        with _naming(inputs.recipe):
            setup = planned.set_up(cache)
        if inputs.start is not None:
            load_weights(inputs.start, setup.network)
            setup.network.train()
    except GlassmaskError:
        if new:  # nothing was trained
            shutil.rmtree(run)
        raise
    train(setup, recipe.training, run, workers=workers, progress=progress)


@contextlib.contextmanager
def _naming(recipe: Path) -> Iterator[None]:
    """Name the recipe's file in errors that only know its keys.

    Raises:
        RecipeError: with the name; a `SamplingError` stays one.
    """
    try:
        yield
    except NetworkNameError as error:
        raise RecipeError(f"{recipe}: network: {error}") from error
    except SamplingError as error:
        raise SamplingError(f"{recipe}: {error}") from error


def load_run(
    run: Path, kind: type[RecipeType], build: Callable[[RecipeType], NetworkType]
) -> tuple[NetworkType, RecipeType]:
    """A finished run's network in evaluation mode, and its recipe.

    Args:
        run: the run's folder.
        kind: of its recipe.
        build: makes the recipe's network; the run's weights replace its own.

    Raises:
        RunError: the run is not finished, or is none, or its weights are broken.
        RecipeError: the run is of another task.
    """
    require_finished(run)
    recipe = read_recipe(run / RECIPE, kind)
    network = build(recipe)
    load_weights(run, network)
    return network, recipe
