"""Train the network that finds the points of a face: its recipe, its loss, a run of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path
from typing import Annotated, Final, Literal

import torch
from pydantic import Field
from torch import Tensor, nn
from torchvision.ops import complete_box_iou_loss

from glassmask.faces.finder import Finder
from glassmask.faces.points import rows_of
from glassmask.lab.datasets import PictureCache
from glassmask.lab.datasets.landmark_faces import LandmarkFace, read_landmark_faces
from glassmask.lab.datasets.scenes import SceneReading, cut_faces, read_split_scenes, without_scenes
from glassmask.lab.tasks.landmarks.candidates import (
    Candidate,
    propose_in_portraits,
    propose_in_scenes,
)
from glassmask.lab.tasks.landmarks.network import LandmarkNetwork, build_landmark_network
from glassmask.lab.tasks.landmarks.sampling import LandmarkViews
from glassmask.lab.tasks.landmarks.views import Shown
from glassmask.lab.training.folder import begin_run, card_of, list_problems, stamp_of
from glassmask.lab.training.loop import Progress, train
from glassmask.lab.training.module import Task, count_views
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
    negatives: Annotated[float, Field(ge=0, lt=0.5)]
    """Share of the views that are made to be no face, or one that lies wrong in its crop."""
    proposed: Annotated[float, Field(ge=0, le=0.5)]
    """Share of the views that are what the finder takes for faces in scenes."""


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


def landmark_loss(
    points: Tensor,
    log_error: Tensor,
    face: Tensor,
    corners: Tensor,
    *,
    truth: Tensor,
    box: Tensor,
    quality: Tensor,
    shown: Tensor,
) -> Tensor:
    """The loss of a batch: a scalar.

    Points by the wing loss of their errors over `yardstick`; the expected error b by
    log b + e / b for the mean error e that the points really have, whose least is at b = E[e];
    whether it is a face by cross entropy; the box by the complete IoU loss (Zheng et al. 2020).
    What no one should place points on counts as e = 1, and its points do not count.

    Args:
        points: (N, 109, 2), in crop pixels.
        log_error: (N,), log b.
        face: (N,), the logit of the chance that it is one.
        corners: (N, 2, 2), left top and right bottom of its box in crop pixels.
        truth: (N, 109, 2), in crop pixels; read where `POINTED` alone.
        box: (N, 4), left, top, right, bottom of the true box in crop pixels; zeros where it is
            not known.
        quality: (N,), in [0, 1]: how well the crop frames a face; not read where `ASKEW`.
        shown: (N,) of `Shown`.
    """
    pointed = shown == Shown.POINTED
    scale = yardstick(truth)  # (N,)
    apart = (points - truth) / scale[:, None, None]
    by_face = wing(100 * apart.abs()).mean(dim=(1, 2)) / _WIDTH
    count = pointed.sum().clamp(min=1)
    error = apart.detach().norm(dim=2).mean(dim=1)
    error = torch.where(pointed, error, torch.ones_like(error)).clamp(0.005, 1.0)
    expected = (log_error + error * torch.exp(-log_error))[shown != Shown.FACE]
    judged = shown != Shown.ASKEW
    doubt = nn.functional.binary_cross_entropy_with_logits(
        face[judged], quality[judged], reduction="sum"
    )
    boxed = box.any(dim=1)
    said = corners.flatten(1)[boxed]
    off: Tensor = complete_box_iou_loss(said, box[boxed], reduction="sum")
    by_crop = (0.2 * expected.sum() + doubt + off) / len(shown)
    return (by_face * pointed).sum() / count + by_crop


def landmarks_task(
    recipe: LandmarkRecipe,
    faces: Sequence[LandmarkFace],
    candidates: Sequence[Candidate],
    cache: PictureCache,
) -> Task[LandmarkNetwork]:
    """What a recipe trains, on `faces`, and on `candidates` to tell them from what is none."""
    settings = recipe.training
    torch.manual_seed(settings.seed)
    network = build_landmark_network(recipe.network.size)
    views = LandmarkViews(
        faces,
        candidates,
        cache,
        **recipe.network.model_dump(),
        **recipe.data.model_dump(),
        length=count_views(settings),
        seed=settings.seed,
    )

    def loss_of(network: LandmarkNetwork, batch: list[Tensor]) -> Tensor:
        crops, truth, box, quality, shown = batch
        return landmark_loss(
            *network.measure(crops), truth=truth, box=box, quality=quality, shown=shown
        )

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
        data: the folder of the bare faces with their mesh, and painted folders; and folders of
            scenes, in which the shipped finder proposes faces.
        run: the run's folder.
        mending: a table that mends splits which leak into each other.
        workers: processes that make views.
        progress: told every now and then.
        warn: told how many pictures were left out; they are listed in the folder.

    Raises:
        RecipeError, DatasetError, MeshError, TrainingError: see there.
        NetworkError: the shipped finder can't be used.
        RunError: the folder holds a run of another recipe or data.
    """
    recipe = read_recipe(recipe_path, LandmarkRecipe)
    faces, reading = read_landmark_faces(without_scenes(data), mending)
    faces = [face for face in faces if face.record.split == "train"]
    photos = SceneReading(())
    if recipe.data.proposed:
        photos = read_split_scenes(data, mending, "train")
    scenes = photos.scenes
    cut = cut_faces(data, scenes, mending) if scenes else []
    finder = Finder()
    card = {
        **card_of(recipe.name, recipe.training),
        "data": stamp_of(
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
        "faces": Counter(f"{f.record.dataset}/{'painted' if f.painted else 'bare'}" for f in faces),
    }
    if begin_run(run, recipe_path, card):
        return
    cache = PictureCache([*faces, *scenes, *cut])
    list_problems(run, (*photos.problems, *reading.problems, *cache.problems), warn)
    candidates = propose_in_scenes(finder, cache.readable(scenes), cache)
    if recipe.data.proposed:
        candidates += propose_in_portraits(finder, cache.readable(faces), cache)
    candidates += tuple(Candidate(r.path, r.box, (r.box,), ()) for r in cache.readable(cut))
    task = landmarks_task(recipe, cache.readable(faces), candidates, cache)
    train(task, recipe.training, run, workers=workers, progress=progress)
