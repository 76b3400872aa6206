"""Write a trained face finder as the package ships it: an ONNX file and its manifest."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_weights

from glassmask.errors import RunError
from glassmask.faces.finder import Finder
from glassmask.lab.datasets import PictureCache
from glassmask.lab.datasets.scenes import Scene, read_split_scenes
from glassmask.lab.export.fp16 import store_weights_fp16
from glassmask.lab.export.onnx_file import (
    compare,
    manifest_header,
    to_onnx,
    write_network,
)
from glassmask.lab.metrics.detection import Find, Tally, choose_score, tally
from glassmask.lab.tasks.finder.canvas import LARGEST
from glassmask.lab.tasks.finder.network import POINTS, FinderNetwork, cell_grid
from glassmask.lab.tasks.finder.recipe import FinderRecipe
from glassmask.lab.tasks.finder.run import build
from glassmask.lab.training.run import load_run

TOLERANCES: Final = MappingProxyType({"boxes": 0.05, "scores": 1e-3, "points": 0.05})
"""How far ONNX Runtime may be off torch: in pixels, and in [0, 1]."""

MAX_FALSE_CANDIDATES: Final = 2.5
"""False candidates in a photo by which the least score is chosen on `val`.

The landmark network looks closer at each, for a few milliseconds. With 2 of them some faces that
lie or fill small pictures are lost; with more, the faces found in the end are the same.
"""

OVERLAP: Final = 0.45
"""IoU above which the weaker of two boxes is dropped."""

SIDE: Final = 640
"""Longer side at which a photo is searched for its smallest faces."""

REDUCTION: Final = 4
"""How far it is reduced for those that are too large at `SIDE`: they have 32 to 160 pixels then."""

_FAINT: Final = 0.05  # the score from which on candidates are looked at to choose the threshold


class OnePhoto(nn.Module):
    """The finder as the runtime calls it: of one photo, its boxes, scores and points.

    It computes what `FinderNetwork.cells`, `decode_boxes` and `decode_points` do, in fewer passes
    over the pixels (the first convolution takes them as they are) and along the rows of what the
    cells say: an eighth of the time less.
    """

    kernel: Tensor
    bias: Tensor

    def __init__(self, network: FinderNetwork) -> None:
        super().__init__()
        self.network = network.eval()
        convolution, norm = network.first()
        assert norm.running_mean is not None
        assert norm.running_var is not None
        kernel, bias = fuse_conv_bn_weights(
            convolution.weight, None, norm.running_mean, norm.running_var,
            norm.eps, norm.weight, norm.bias,
        )  # fmt: skip
        stored = (kernel.detach() / 64).half().float()  # the bias belongs to it
        self.register_buffer("kernel", stored)
        self.register_buffer("bias", bias.detach() - 128 * stored.sum(dim=(1, 2, 3)))

    def forward(self, photo: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Photo, RGB uint8 (1, H, W, 3), H and W multiples of 32.

        Returns:
            boxes (A, 4) as x, y, w, h, scores (A,) in [0, 1] and points (A, 5, 2); float32, in
            photo pixels.
        """
        # Padded with what the network was padded with in training: 128 / 64 - 2 is 0.
        pixels = nn.functional.pad(photo.permute(0, 3, 1, 2), [1, 1, 1, 1], value=128).float()
        first = nn.functional.conv2d(pixels, self.kernel, self.bias, stride=2).relu()
        said = self.network.read(first)[0]  # (15, A)
        x, y, stride = cell_grid(photo.shape[1], photo.shape[2]).unbind(1)
        left, up, right, down = (said[1:5].clamp(-4, 3).exp() * (2 * stride)).unbind(0)
        boxes = torch.stack([x - left, y - up, left + right, up + down])
        points = torch.stack([x, y]) + (said[5:] * (2 * stride)).reshape(len(POINTS), 2, -1)
        return boxes.T, said[0].sigmoid(), points.permute(2, 0, 1)


def export(
    run: Path,
    data: Sequence[Path],
    out: Path,
    licence: str | None = None,
    mending: Path | None = None,
    labels: Mapping[str, str] | None = None,
) -> Mapping[str, Any]:
    """Write a run's network to `out` (ONNX) and its manifest beside it; returns the manifest.

    The score from which on a candidate is proposed is chosen on the `val` scenes, and the figures
    in the manifest are of them.

    Raises:
        RunError: the run is not finished, or no val scenes are given.
        ExportError: ONNX Runtime gives other numbers than torch.
        DatasetError: a folder is not as it must be.
    """
    network, recipe = load_run(run, FinderRecipe, build)
    scenes = list(read_split_scenes(data, mending, "val", labels).scenes)
    if not scenes:
        raise RunError("no val scenes: give their folder too")
    cache = PictureCache(scenes)
    scenes = cache.readable(scenes)
    content = finder_to_onnx(network)
    photo = np.random.default_rng(0).integers(0, 256, (1, 160, 224, 3), np.uint8)
    compare(content, OnePhoto(network), photo, TOLERANCES)
    content = store_weights_fp16(content)
    manifest: dict[str, Any] = {
        **manifest_header(run, recipe, licence),
        "overlap": OVERLAP,
        "side": SIDE,
        "largest": LARGEST,
        "reduction": REDUCTION,
    }
    proposals = _propose(content, manifest, scenes, cache)
    metrics = {"split": "val", **proposals.tally.figures()}
    return write_network(out, content, {**manifest, "score": proposals.score, "metrics": metrics})


class _Proposals(NamedTuple):
    """What a finder proposes with `MAX_FALSE_CANDIDATES` in a photo, and from which score."""

    tally: Tally
    score: float


def _propose(
    content: bytes, manifest: Mapping[str, Any], scenes: Sequence[Scene], cache: PictureCache
) -> _Proposals:
    with tempfile.TemporaryDirectory() as folder:
        faint = Path(folder) / "finder.onnx"
        write_network(faint, content, {**manifest, "score": _FAINT})
        finder = Finder(faint)
        finds = [Find.from_faces(finder.propose(cache[scene], min_face=0.0)) for scene in scenes]
    score = choose_score(scenes, finds, MAX_FALSE_CANDIDATES)
    return _Proposals(tally(scenes, [find.above(score) for find in finds]), score)


def finder_to_onnx(network: FinderNetwork) -> bytes:
    """The network as ONNX: `photo` uint8 (1, H, W, 3), H and W multiples of 32.

    Gives `boxes` (A, 4) as x, y, w, h, `scores` (A,), `points` (A, 5, 2), float32.
    """
    photo = torch.zeros(1, 96, 160, 3, dtype=torch.uint8)
    sides = {axis: 32 * torch.export.Dim(name, max=999) for axis, name in ((1, "h"), (2, "w"))}
    return to_onnx(OnePhoto(network), photo, "photo", list(TOLERANCES), sides)
