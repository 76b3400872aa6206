"""A run of the landmark network: what it trains on, and what is made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain

import torch
from torch import Tensor

from glassmask.faces.finder import Finder
from glassmask.lab.datasets import PictureCache
from glassmask.lab.datasets.landmark_faces import LandmarkFace, read_landmark_faces
from glassmask.lab.datasets.scenes import SceneReading, cut_faces, read_split_scenes, without_scenes
from glassmask.lab.tasks.landmarks.candidates import (
    Candidate,
    propose_in_portraits,
    propose_in_scenes,
)
from glassmask.lab.tasks.landmarks.loss import landmark_loss
from glassmask.lab.tasks.landmarks.network import LandmarkNetwork, build_landmark_network
from glassmask.lab.tasks.landmarks.recipe import LandmarkRecipe
from glassmask.lab.tasks.landmarks.sampling import LandmarkViews
from glassmask.lab.training.folder import hash_rows
from glassmask.lab.training.module import TrainingSetup, count_views
from glassmask.lab.training.run import RunInputs, RunPlan


def plan(recipe: LandmarkRecipe, inputs: RunInputs) -> RunPlan[LandmarkNetwork]:
    """What a recipe trains on.

    The data are the folder of the bare faces with their mesh, and painted folders; and folders of
    scenes, in which the shipped finder proposes faces.

    Raises:
        DatasetError, MeshError: a folder of data can't be used.
        NetworkError: the shipped finder can't be used.
    """
    data, mending, labels = inputs.data, inputs.mending, inputs.labels
    faces, reading = read_landmark_faces(without_scenes(data), mending, labels)
    faces = [face for face in faces if face.record.split == "train"]
    photos = SceneReading(())
    if recipe.data.proposed:
        photos = read_split_scenes(data, mending, "train", labels)
    scenes = photos.scenes
    cut = cut_faces(data, scenes, mending, labels) if scenes else []
    finder = Finder(threads=1)  # each of the threads that propose has one core

    def set_up_run(cache: PictureCache) -> TrainingSetup[LandmarkNetwork]:
        candidates = propose_in_scenes(finder, cache.readable(scenes), cache)
        if recipe.data.proposed:
            candidates += propose_in_portraits(finder, cache.readable(faces), cache)
        candidates += tuple(Candidate(r.path, r.box, (r.box,), ()) for r in cache.readable(cut))
        return set_up(recipe, cache.readable(faces), candidates, cache)

    return RunPlan(
        metadata={
            "data": hash_rows(
                chain(
                    (
                        (f.record.dataset, f.path.name, f.record.group, f.points.tobytes())
                        for f in faces
                    ),
                    ((s.path.name, s.faces, s.unlabelled) for s in scenes),
                    ((r.path.name, r.box) for r in cut),
                )
            ),
            "scenes": len(scenes),
            "finder": finder.manifest.sha256 if scenes else None,
            "faces": Counter(
                f"{f.record.dataset}/{'painted' if f.painted else 'bare'}" for f in faces
            ),
        },
        pictures=[*faces, *scenes, *cut],
        problems=[*photos.problems, *reading.problems],
        set_up=set_up_run,
    )


def set_up(
    recipe: LandmarkRecipe,
    faces: Sequence[LandmarkFace],
    candidates: Sequence[Candidate],
    cache: PictureCache,
) -> TrainingSetup[LandmarkNetwork]:
    """The network, views and loss of a recipe.

    Args:
        recipe: of the landmark network.
        faces: to learn their points.
        candidates: to tell faces from what is none.
        cache: holds the pictures of both.

    Raises:
        DatasetError: no face or no candidate to draw from.
    """
    settings = recipe.training
    torch.manual_seed(settings.seed)
    network = build(recipe)
    views = LandmarkViews(
        faces,
        candidates,
        cache,
        recipe.network,
        recipe.data,
        length=count_views(settings),
        seed=settings.seed,
    )

    def loss(network: LandmarkNetwork, batch: list[Tensor]) -> Tensor:
        crops, truth, box, quality, kind = batch
        return landmark_loss(
            *network.measure(crops), truth=truth, box=box, quality=quality, kind=kind
        )

    return TrainingSetup(network, views, loss)


def build(recipe: LandmarkRecipe) -> LandmarkNetwork:
    """The recipe's network, untrained."""
    return build_landmark_network(recipe.network.size)
