"""Train the face finder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path
from typing import Annotated, Final, Literal

import torch
from pydantic import Field
from torch import Tensor

from glassmask.lab.datasets import PictureCache
from glassmask.lab.datasets.landmark_faces import read_landmark_faces
from glassmask.lab.datasets.scenes import Scene, cut_faces, read_split_scenes, without_scenes
from glassmask.lab.tasks.finder.loss import Targets, finder_loss
from glassmask.lab.tasks.finder.network import FinderNetwork
from glassmask.lab.tasks.finder.views import FinderViews, Portrait
from glassmask.lab.training.folder import begin_run, card_of, list_problems, stamp_of
from glassmask.lab.training.loop import Progress, train
from glassmask.lab.training.module import Task, count_views
from glassmask.lab.training.recipe import Section, TrainingSection, read_recipe

_REAL: Final = 5  # a real masked face is drawn as often as this many painted ones
_CLOSE: Final = 0.6  # cuts of real photos may show neighbours whom nobody labelled

Count = Annotated[int, Field(ge=4, le=512, multiple_of=4)]


class FinderNetworkSection(Section):
    """The network's channels at stride 2, 4, 8, 16 and 32."""

    channels: Annotated[list[Count], Field(min_length=5, max_length=5)]


class FinderDataSection(Section):
    """The side of the pictures that it is trained on, in pixels."""

    size: Annotated[int, Field(ge=64, le=1024, multiple_of=64)]


class FinderRecipe(Section):
    """A whole recipe; `task` tells it from those of other networks."""

    task: Literal["finder"]
    name: str
    network: FinderNetworkSection
    data: FinderDataSection
    training: TrainingSection


def build_finder(recipe: FinderRecipe) -> FinderNetwork:
    """The network of a recipe, untrained."""
    c2, c4, c8, c16, c32 = recipe.network.channels
    network = FinderNetwork((c2, c4, c8, c16, c32))
    return network.to(memory_format=torch.channels_last)


def finder_task(
    recipe: FinderRecipe,
    scenes: Sequence[Scene],
    portraits: Sequence[Portrait],
    cache: PictureCache,
) -> Task[FinderNetwork]:
    """What a recipe trains, on scenes and on portraits pasted into them."""
    settings = recipe.training
    torch.manual_seed(settings.seed)
    length = count_views(settings)
    views = FinderViews(scenes, portraits, cache, recipe.data.size, length, settings.seed)

    def loss_of(network: FinderNetwork, batch: list[Tensor]) -> Tensor:
        pictures, boxes, kinds, points, pointed = batch
        said = network.cells(pictures)
        with torch.autocast("cpu", enabled=False):
            targets = Targets(boxes, kinds, points, pointed)
            return finder_loss(said, targets, pictures.shape[1], pictures.shape[2])

    return Task(build_finder(recipe), views, loss_of)


def train_finder_run(
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

    Args:
        recipe_path: a recipe of task `finder`.
        data: folders with scenes, and with cut faces beside them; those of bare faces with
            their mesh, and painted ones.
        run: the run's folder.
        mending: a table that mends splits which leak into each other.
        workers: processes that make views.
        progress: told every now and then.
        warn: told how many pictures were left out; they are listed in the folder.

    Raises:
        RecipeError, DatasetError, MeshError, SamplingError, TrainingError: see there.
        RunError: the folder holds a run of another recipe or data.
    """
    recipe = read_recipe(recipe_path, FinderRecipe)
    photos = read_split_scenes(data, mending, "train")
    scenes = photos.scenes
    faces, reading = read_landmark_faces(without_scenes(data), mending)
    faces = [face for face in faces if face.record.split == "train"]
    real = cut_faces(data, scenes, mending)
    card = {
        **card_of(recipe.name, recipe.training),
        "data": stamp_of(
            chain(
                ((s.path.name, s.split, s.faces, s.unlabelled) for s in scenes),
                ((f.record.path.name, f.record.box, f.points.tobytes()) for f in faces),
                ((r.path.name, r.box) for r in real),
            )
        ),
        "scenes": len(scenes),
        "faces": Counter(f"{f.record.dataset}/{'painted' if f.painted else 'bare'}" for f in faces),
        "real_faces": len(real),
    }
    if begin_run(run, recipe_path, card):
        return
    cache = PictureCache([*scenes, *faces, *real])
    list_problems(run, (*photos.problems, *reading.problems, *cache.problems), warn)
    portraits = [Portrait.of(face) for face in cache.readable(faces)]
    portraits += _REAL * [Portrait(r.path, r.box, None, _CLOSE) for r in cache.readable(real)]
    task = finder_task(recipe, cache.readable(scenes), portraits, cache)
    train(task, recipe.training, run, workers=workers, progress=progress)
