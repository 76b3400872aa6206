"""Write a trained face finder as the package ships it: an ONNX file and its manifest."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from glassmask.faces.finder import Finder
from glassmask.lab.datasets import PictureCache
from glassmask.lab.evaluation.finding import Find, choose_score, tally
from glassmask.lab.export.onnx_file import compare, halved, papers_of, to_onnx, write_network
from glassmask.lab.networks.finder import FinderNetwork
from glassmask.lab.training.finder import FinderRecipe, build_finder, scenes_of
from glassmask.lab.training.finder_views import LARGEST
from glassmask.lab.training.folder import RECIPE, RunError, load_weights, see_finished
from glassmask.lab.training.recipe import read_recipe

TOLERANCES: Final = MappingProxyType({"boxes": 0.05, "scores": 1e-3, "points": 0.05})
"""How far ONNX Runtime may be off torch: in pixels, and in [0, 1]."""

ROUNDED: Final = MappingProxyType({"boxes": 3.0, "scores": 0.02, "points": 3.0})
"""The same with weights stored as float16."""

MOST_FALSE: Final = 3.0
"""False candidates in a photo by which the least score is chosen on `val`.

The landmark network looks closer at each, which takes it a millisecond or two.
"""

OVERLAP: Final = 0.45
"""IoU above which the weaker of two boxes is dropped."""

SIDE: Final = 640
"""Longer side at which a photo is searched for its smallest faces."""

_FAINT: Final = 0.05  # the score from which on candidates are looked at to choose the threshold


class _OnePhoto(nn.Module):
    """The finder for one photo, as the runtime calls it: no batch axis in what it gives."""

    def __init__(self, network: FinderNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, photo: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        boxes, scores, points = self.network(photo)
        return boxes[0], scores[0], points[0]


def load_finder_run(run: Path) -> tuple[FinderNetwork, FinderRecipe]:
    """A finished run's network in evaluation mode, and its recipe.

    Raises:
        RunError: the run is not finished, or is none.
        RecipeError: the run is of another task.
    """
    see_finished(run)
    recipe = read_recipe(run / RECIPE, FinderRecipe)
    network = build_finder(recipe)
    load_weights(run, network)
    return network, recipe


def export_finder_run(
    run: Path,
    data: Sequence[Path],
    out: Path,
    licence: str | None = None,
    mending: Path | None = None,
) -> Mapping[str, Any]:
    """Write a run's network to `out` (ONNX) and its manifest beside it; returns the manifest.

    The score from which on a candidate is proposed is chosen on the `val` scenes, and the figures
    in the manifest are of them.

    Raises:
        RunError: the run is not finished, or no val scenes are given.
        ExportError: ONNX Runtime gives other numbers than torch.
        DatasetError: a folder is not as it must be.
    """
    network, recipe = load_finder_run(run)
    scenes = scenes_of(data, mending, "val")
    if not scenes:
        raise RunError("no val scenes: give their folder with --data")
    cache = PictureCache(scenes)
    scenes = cache.readable(scenes)
    content = finder_to_onnx(network)
    photo = np.random.default_rng(0).integers(0, 256, (1, 160, 224, 3), np.uint8)
    compare(content, _OnePhoto(network), photo, TOLERANCES)
    content = halved(content)
    compare(content, _OnePhoto(network), photo, ROUNDED)
    manifest: dict[str, Any] = {
        **papers_of(run, recipe, licence),
        "overlap": OVERLAP,
        "side": SIDE,
        "largest": LARGEST,
    }
    with tempfile.TemporaryDirectory() as folder:
        faint = Path(folder) / out.name
        write_network(faint, content, {**manifest, "score": _FAINT})
        finder = Finder(faint)
        finds = [Find.of(finder.propose(cache[scene], min_face=0.0)) for scene in scenes]
    score = choose_score(scenes, finds, MOST_FALSE)
    figures = tally(scenes, [find.above(score) for find in finds]).figures()
    return write_network(
        out, content, {**manifest, "score": score, "metrics": {"split": "val", **figures}}
    )


def finder_to_onnx(network: FinderNetwork) -> bytes:
    """The network as ONNX: `photo` uint8 (1, H, W, 3), H and W multiples of 32.

    Gives `boxes` (A, 4) as x, y, w, h, `scores` (A,), `points` (A, 5, 2), float32.
    """
    photo = torch.zeros(1, 96, 160, 3, dtype=torch.uint8)
    sides = {axis: 32 * torch.export.Dim(name, max=999) for axis, name in ((1, "h"), (2, "w"))}
    return to_onnx(_OnePhoto(network), photo, "photo", list(TOLERANCES), sides)
