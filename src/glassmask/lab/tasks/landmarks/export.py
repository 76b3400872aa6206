"""Write a trained landmark network as the package ships it: an ONNX file and its manifest."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from glassmask.errors import RunError
from glassmask.faces.crop import Square, coarse_crop
from glassmask.faces.find import EVEN, FaceDetector
from glassmask.lab.datasets import PictureCache
from glassmask.lab.datasets.landmark_faces import LandmarkFace, read_landmark_faces
from glassmask.lab.datasets.scenes import read_split_scenes, without_scenes
from glassmask.lab.export.int8 import quantize_int8
from glassmask.lab.export.onnx_file import compare, manifest_header, to_onnx, write_network
from glassmask.lab.metrics.detection import Find, choose_score, tally
from glassmask.lab.tasks.landmarks.figures import TRUSTED, measure
from glassmask.lab.tasks.landmarks.network import LandmarkNetwork
from glassmask.lab.tasks.landmarks.recipe import LandmarkRecipe
from glassmask.lab.tasks.landmarks.run import build
from glassmask.lab.training.run import load_run
from glassmask.networks.engines import open_engine

TOLERANCES: Final = MappingProxyType(
    {"points": 0.02, "confidence": 1e-3, "face": 1e-3, "box": 0.02}
)
"""How far ONNX Runtime may be off torch: in crop pixels, and in [0, 1]."""

ROUNDED: Final = MappingProxyType({"points": 6.0, "confidence": 0.4, "face": 0.4, "box": 8.0})
"""The same when it computes in 8 bits; on average it is off by far less."""

MAX_FALSE_FINDS: Final = 0.08
"""False finds in a photo by which the least score is chosen on `val`: 0.1, and a margin to it."""

_CALIBRATION_CROPS: Final = 100  # crops that set the ranges for 8 bits, about


def export(
    run: Path,
    data: Sequence[Path],
    out: Path,
    licence: str | None = None,
    mending: Path | None = None,
    labels: Mapping[str, str] | None = None,
) -> Mapping[str, Any]:
    """Write a run's network to `out` (ONNX) and its manifest beside it; returns the manifest.

    The joint score of this network and the shipped finder from which on a find is a face is
    chosen on the `val` scenes. The figures in the manifest are of them and of the `val` faces.

    Raises:
        RunError: the run is not finished, or no val faces or scenes are given.
        NetworkError: the shipped finder can't be used.
        ExportError: ONNX Runtime gives other numbers than torch.
        DatasetError, MeshError: a folder is not as it must be.
    """
    network, recipe = load_run(run, LandmarkRecipe, build)
    faces, cache = _faces(data, "val", mending, labels)
    scenes = list(read_split_scenes(data, mending, "val", labels).scenes)
    pictures = PictureCache(scenes)
    scenes = pictures.readable(scenes)
    if not scenes:
        raise RunError("no val scenes: give their folder too")
    content = landmarks_to_onnx(network)
    crops = np.stack(
        [
            coarse_crop(cache[f], Square.around(f.record.box, recipe.network.margin), network.size)
            for f in faces[:32]
        ]
    )
    compare(content, network, crops, TOLERANCES)
    samples = _calibration_crops(network.size, recipe, data, mending, labels)
    content = quantize_int8(content, "crops", samples)
    compare(content, network, crops, ROUNDED)
    found = measure(ExportedNetwork(content, network.size), faces, cache, recipe.network.margin)
    manifest: dict[str, Any] = {
        **manifest_header(run, recipe, licence),
        "input_size": recipe.network.size,
        "margin": recipe.network.margin,
        "confidence": TRUSTED,
    }
    with tempfile.TemporaryDirectory() as folder:
        faint = Path(folder) / out.name
        write_network(faint, content, {**manifest, "score": EVEN})
        finder = FaceDetector(landmarks=faint)
        finds = [Find.from_faces(finder.find(pictures[scene], min_face=0.0)) for scene in scenes]
    score = choose_score(scenes, finds, MAX_FALSE_FINDS)
    held = tally(scenes, [find.above(score) for find in finds])
    metrics = {"split": "val", **found, "found": held.figures()}
    return write_network(out, content, {**manifest, "score": score, "metrics": metrics})


class ExportedNetwork(nn.Module):
    """An exported landmark network, as what it was made of: for figures of what is shipped."""

    def __init__(self, content: bytes, size: int) -> None:
        super().__init__()
        self.size, self._run = size, open_engine(content)

    def forward(self, crops: Tensor) -> tuple[Tensor, ...]:
        """See `LandmarkNetwork.forward`."""
        outputs = self._run({"crops": crops.numpy()})
        return tuple(torch.from_numpy(outputs[name]) for name in TOLERANCES)


def landmarks_to_onnx(network: LandmarkNetwork) -> bytes:
    """The network as ONNX: `crops` uint8 (N, S, S, 3) to `points`, `confidence`, `face`, `box`."""
    crops = torch.zeros(2, network.size, network.size, 3, dtype=torch.uint8)
    return to_onnx(network, crops, "crops", list(TOLERANCES), {0: torch.export.Dim("N")})


def _calibration_crops(
    size: int,
    recipe: LandmarkRecipe,
    data: Sequence[Path],
    mending: Path | None,
    labels: Mapping[str, str] | None,
) -> Iterator[NDArray[np.uint8]]:
    """Some crops of `train`: the ranges of the network's activations."""
    faces, cache = _faces(data, "train", mending, labels)
    for face in faces[:: max(1, len(faces) // _CALIBRATION_CROPS)]:
        square = Square.around(face.record.box, recipe.network.margin)
        # Twice: the file is made for any number of crops but one, which would be built in.
        yield coarse_crop(cache[face], square, size)[None].repeat(2, axis=0)


def _faces(
    data: Sequence[Path],
    split: str,
    mending: Path | None,
    labels: Mapping[str, str] | None,
) -> tuple[list[LandmarkFace], PictureCache]:
    """The readable faces of a split, and their pictures."""
    faces = read_landmark_faces(without_scenes(data), mending, labels)[0]
    faces = [face for face in faces if face.record.split == split]
    if not faces:
        raise RunError(f"no {split} faces with points: give their folders too")
    cache = PictureCache(faces)
    return cache.readable(faces), cache
