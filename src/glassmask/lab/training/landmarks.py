"""Train the network that finds the points of a face: its recipe, its loss, a run of it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Final, Literal

import torch
from pydantic import Field
from torch import Tensor

from glassmask.faces.points import rows_of
from glassmask.lab.datasets import PictureCache
from glassmask.lab.datasets.landmark_faces import LandmarkFace, read_landmark_faces
from glassmask.lab.networks.landmarks import LandmarkNetwork, build_landmark_network
from glassmask.lab.training.folder import begin_run, list_problems
from glassmask.lab.training.landmark_views import LandmarkViews
from glassmask.lab.training.loop import Progress, Task, count_views, train
from glassmask.lab.training.recipe import Section, TrainingSection, read_recipe

_WIDTH: Final = 10.0  # of the wing: errors below this many per cent of the eye distance
_CURVE: Final = 2.0  # how sharply the wing bends in its middle


class LandmarkNetworkSection(Section):
    """The network: `size` is the side of the crop, `margin` that side over the face box's."""

    size: Annotated[int, Field(ge=32, le=256, multiple_of=16)]
    margin: Annotated[float, Field(ge=1, le=3)]


class LandmarkDataSection(Section):
    """What the views show."""

    painted: Annotated[float, Field(ge=0, le=1)]
    """Share of the faces that have a mask or a thing painted before them."""
    negatives: Annotated[float, Field(ge=0, lt=1)]
    """Share of the views that are no face, or one that lies wrong in its crop."""


class LandmarkRecipe(Section):
    """A whole recipe; `task` tells it from those of other networks."""

    task: Literal["landmarks"]
    name: str
    network: LandmarkNetworkSection
    data: LandmarkDataSection
    training: TrainingSection


def wing(percent: Tensor) -> Tensor:
    """The wing loss (Feng et al. 2018) of errors >= 0, any shape.

    Logarithmic below `_WIDTH`, so that small errors still pull, and linear above.
    """
    curved = _WIDTH * torch.log1p(percent / _CURVE)
    step = _WIDTH * torch.log1p(torch.tensor(_WIDTH / _CURVE)) - _WIDTH
    return torch.where(percent < _WIDTH, curved, percent + step)


def yardstick(points: Tensor) -> Tensor:
    """What errors are measured by: the distance between the eyes, (N, 109, 2) to (N,).

    In a profile the eyes come together; then 0.28 of the face's longer side, at least a pixel.
    """
    eyes = points[:, rows_of("left_eye")].mean(1) - points[:, rows_of("right_eye")].mean(1)
    extent = (points.amax(dim=1) - points.amin(dim=1)).amax(dim=1)
    return torch.maximum(eyes.norm(dim=1), 0.28 * extent).clamp(min=1.0)


def landmark_loss(points: Tensor, log_error: Tensor, truth: Tensor, trusted: Tensor) -> Tensor:
    """The loss of a batch: a scalar.

    Points by the wing loss of their errors over `yardstick`; the expected error b by
    log b + e / b for the mean error e that the points really have, whose least is at b = E[e].
    What is no face to trust counts as e = 1, and its points do not count.

    Args:
        points: (N, 109, 2), in crop pixels.
        log_error: (N,), log b.
        truth: (N, 109, 2), in crop pixels; not read where not trusted.
        trusted: (N,) bool.
    """
    scale = yardstick(truth)  # (N,)
    apart = (points - truth) / scale[:, None, None]
    by_face = wing(100 * apart.abs()).mean(dim=(1, 2)) / _WIDTH
    count = trusted.sum().clamp(min=1)
    error = apart.detach().norm(dim=2).mean(dim=1)
    error = torch.where(trusted, error, torch.ones_like(error)).clamp(0.005, 1.0)
    expected = log_error + error * torch.exp(-log_error)
    return (by_face * trusted).sum() / count + 0.2 * expected.mean()


def landmarks_task(
    recipe: LandmarkRecipe, faces: Sequence[LandmarkFace], cache: PictureCache
) -> Task[LandmarkNetwork]:
    """What a recipe trains, on `faces`."""
    settings = recipe.training
    torch.manual_seed(settings.seed)
    network = build_landmark_network(recipe.network.size)
    views = LandmarkViews(
        faces,
        cache,
        **recipe.network.model_dump(),
        **recipe.data.model_dump(),
        length=count_views(settings),
        seed=settings.seed,
    )

    def loss_of(network: LandmarkNetwork, batch: list[Tensor]) -> Tensor:
        crops, truth, trusted = batch
        return landmark_loss(*network.measure(crops), truth, trusted)

    return Task(network, views, loss_of)


def train_landmarks_run(
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
        recipe_path: a recipe of task `landmarks`.
        data: the folder of the bare faces with their mesh, and painted folders.
        run: the run's folder.
        mending: a table that mends splits which leak into each other.
        workers: processes that make views.
        progress: told every now and then.
        warn: told how many pictures were left out; they are listed in the folder.

    Raises:
        RecipeError, DatasetError, MeshError, TrainingError: see there.
        RunError: the folder holds a run of another recipe or data.
    """
    recipe = read_recipe(recipe_path, LandmarkRecipe)
    faces, reading = read_landmark_faces(data, mending)
    faces = [face for face in faces if face.record.split == "train"]
    card = {
        "recipe": recipe.name,
        "seed": recipe.training.seed,
        "data": _stamp(faces),
        "faces": Counter(f"{f.record.dataset}/{'painted' if f.painted else 'bare'}" for f in faces),
    }
    if begin_run(run, recipe_path, card):
        return
    cache = PictureCache(faces)
    list_problems(run, (*reading.problems, *cache.problems), warn)
    task = landmarks_task(recipe, cache.readable(faces), cache)
    train(task, recipe.training, run, workers=workers, progress=progress)


def _stamp(faces: Sequence[LandmarkFace]) -> str:
    """sha256 over names and points of the faces, wherever their folders lie."""
    stamp = hashlib.sha256()
    for face in sorted(faces, key=lambda f: (f.record.dataset, f.record.path.name)):
        r = face.record
        stamp.update(repr((r.dataset, r.path.name, r.group)).encode() + face.points.tobytes())
    return stamp.hexdigest()
