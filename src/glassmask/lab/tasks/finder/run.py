"""A run of the face finder: what it trains on, and what is made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import Final

import torch
from torch import Tensor

from glassmask.lab.datasets import PictureCache
from glassmask.lab.datasets.landmark_faces import read_landmark_faces
from glassmask.lab.datasets.scenes import Scene, cut_faces, read_split_scenes, without_scenes
from glassmask.lab.tasks.finder.loss import Targets, finder_loss
from glassmask.lab.tasks.finder.network import FinderNetwork
from glassmask.lab.tasks.finder.recipe import FinderRecipe
from glassmask.lab.tasks.finder.views import FinderViews, Portrait
from glassmask.lab.training.folder import hash_rows
from glassmask.lab.training.module import TrainingSetup, count_views
from glassmask.lab.training.run import RunInputs, RunPlan

_REAL: Final = 5  # a real masked face is drawn as often as this many painted ones
_CLOSE: Final = 0.6  # cuts of real photos may show neighbours whom nobody labelled


def plan(recipe: FinderRecipe, inputs: RunInputs) -> RunPlan[FinderNetwork]:
    """What a recipe trains on.

    The data are folders of scenes, and of faces cut out of them; of bare faces with their mesh;
    and of painted faces.

    Raises:
        DatasetError, MeshError: a folder of data can't be used.
    """
    data, mending, labels = inputs.data, inputs.mending, inputs.labels
    photos = read_split_scenes(data, mending, "train", labels)
    scenes = [scene for scene in photos.scenes if scene.faces]  # a view is cut around a face
    faces, reading = read_landmark_faces(without_scenes(data), mending, labels)
    faces = [face for face in faces if face.record.split == "train"]
    real = cut_faces(data, scenes, mending, labels)

    def set_up_run(cache: PictureCache) -> TrainingSetup[FinderNetwork]:
        portraits = [Portrait.from_landmarks(face) for face in cache.readable(faces)]
        portraits += _REAL * [Portrait(r.path, r.box, None, _CLOSE) for r in cache.readable(real)]
        return set_up(recipe, cache.readable(scenes), portraits, cache)

    return RunPlan(
        metadata={
            "data": hash_rows(
                chain(
                    ((s.path.name, s.split, s.faces, s.unlabelled) for s in scenes),
                    ((f.record.path.name, f.record.box, f.points.tobytes()) for f in faces),
                    ((r.path.name, r.box) for r in real),
                )
            ),
            "scenes": len(scenes),
            "faces": Counter(
                f"{f.record.dataset}/{'painted' if f.painted else 'bare'}" for f in faces
            ),
            "real_faces": len(real),
        },
        pictures=[*scenes, *faces, *real],
        problems=[*photos.problems, *reading.problems],
        set_up=set_up_run,
    )


def build(recipe: FinderRecipe) -> FinderNetwork:
    """The network of a recipe, untrained."""
    section = recipe.network
    network = FinderNetwork(section.channels, section.blocks, section.width)
    return network.to(memory_format=torch.channels_last)


def set_up(
    recipe: FinderRecipe,
    scenes: Sequence[Scene],
    portraits: Sequence[Portrait],
    cache: PictureCache,
) -> TrainingSetup[FinderNetwork]:
    """The network, views and loss of a recipe: of scenes, and of portraits pasted into them."""
    settings = recipe.training
    torch.manual_seed(settings.seed)
    length = count_views(settings)
    views = FinderViews(scenes, portraits, cache, recipe.data.size, length, settings.seed)

    def loss(network: FinderNetwork, batch: list[Tensor]) -> Tensor:
        pictures, boxes, kinds, points, has_points = batch
        outputs = network.cells(pictures)
        with torch.autocast(pictures.device.type, enabled=False):
            targets = Targets(boxes, kinds, points, has_points)
            return finder_loss(outputs, targets, pictures.shape[1], pictures.shape[2])

    return TrainingSetup(build(recipe), views, loss)
