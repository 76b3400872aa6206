"""Where the landmarks of found faces lie, and what a found box costs the verdict.

    python -m benchmarks placing [--test]

DATA holds `real` and `faces`, PAINTED the set painted on `faces`. Faces are found as `glassmask
check` finds them, upright and, bare ones, turned by a quarter. `test` is reported with --test,
last.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Figures
from benchmarks.frame import ROOT, add_data_options, shipped_weights
from glassmask.combinations import combination_probabilities, wear_probabilities
from glassmask.faces.crop import Box, Square, crop
from glassmask.faces.face import Face
from glassmask.faces.find import FaceDetector
from glassmask.faces.framing import CROP_MARGIN
from glassmask.lab.datasets import PictureCache
from glassmask.lab.datasets.landmark_faces import LandmarkFace, read_landmark_faces
from glassmask.lab.datasets.mending import read_mending
from glassmask.lab.datasets.scenes import Scene, read_scenes
from glassmask.lab.metrics.detection import iou
from glassmask.lab.tasks.landmarks.figures import mean_errors, part_overlap
from glassmask.labels import WEARS, Wear
from glassmask.networks.wear import Network
from glassmask.painter import Region
from glassmask.verdict import SMALL_PX

_SAME: Final = 0.3  # IoU from which on a find is the face that is meant


def add_options(parser: argparse.ArgumentParser) -> None:
    """Where things are, and whether test is told."""
    add_data_options(parser)
    parser.add_argument("--boxes", type=Path, default=ROOT / "recipes", help="mended boxes")
    parser.add_argument("--test", action="store_true", help="report on test too; do this last")


def judged(options: argparse.Namespace) -> Mapping[str, Path]:  # noqa: ARG001
    """The three shipped networks."""
    return shipped_weights("finder", "landmarks", "wear")


def measure(options: argparse.Namespace) -> Figures:
    """By split."""
    detector = FaceDetector()
    scenes = read_scenes(options.data / "real", read_mending(options.boxes)).scenes
    folders = [options.data / "faces", options.painted / "painted"]
    faces = read_landmark_faces(folders, options.mend)[0]
    figures: dict[str, Figures] = {}
    for split in ("val", "test") if options.test else ("val",):
        chosen = [scene for scene in scenes if scene.split == split]
        cache = PictureCache(chosen)
        own = [face for face in faces if face.record.split == split]
        bare = [face for face in own if not face.painted]
        figures[split] = {
            "wear": wear_by_boxes(detector, cache.readable(chosen), cache),
            "landmarks": {
                "bare": landmark_errors(detector, bare),
                "painted": landmark_errors(detector, [face for face in own if face.painted]),
                "bare, turned": landmark_errors(detector, bare, turned=True),
            },
        }
        print(f"{split}: {figures[split]}", flush=True)
    return figures


@dataclass(frozen=True, slots=True)
class WearByBox:
    """A labelled face, and what the wear network says of its given and its found box."""

    wear: Wear
    given: Wear
    found: Wear | None


def wear_by_boxes(detector: FaceDetector, scenes: Sequence[Scene], cache: PictureCache) -> Figures:
    """Accuracy by given and by found boxes, on the faces from 32 px that were found."""
    network = Network()
    judgements = []
    for scene in scenes:
        photo = cache[scene]
        faces = detector.find(photo)
        for face in scene.faces:
            if not isinstance(face.label, Wear) or max(face.box[2:]) < SMALL_PX:
                continue
            seen = _find_face(faces, face.box)
            given = wear_in(network, photo, face.box)
            found = None if seen is None else wear_in(network, photo, seen.box, seen.turn)
            judgements.append(WearByBox(face.label, given, found))
    both = [one for one in judgements if one.found is not None]
    given_pairs = [(one.wear, one.given) for one in both]
    found_pairs = [(one.wear, one.found) for one in both if one.found is not None]
    only_given = sum(one.given is one.wear is not one.found for one in both)
    only_found = sum(one.found is one.wear is not one.given for one in both)
    hits = {
        str(wear): {
            "given": sum(said is wear for true, said in given_pairs if true is wear),
            "found": sum(said is wear for true, said in found_pairs if true is wear),
            "count": sum(true is wear for true, _ in given_pairs),
        }
        for wear in WEARS
    }
    return {
        "labelled": len(judgements),
        "faces": len(both),
        "given": accuracy(given_pairs),
        "found": accuracy(found_pairs),
        "given, balanced": balanced(given_pairs),
        "found, balanced": balanced(found_pairs),
        "right by the given box alone": only_given,
        "right by the found box alone": only_found,
        "hits": hits,
    }


def wear_in(network: Network, photo: NDArray[np.uint8], box: Box, turn: int = 0) -> Wear:
    """The likeliest wear for a box."""
    size = network.manifest.input_size
    view = crop(photo, Square.around(box, CROP_MARGIN, turn), size)
    logits, _ = network.run(view[None])
    known = network.manifest.combinations
    chances = combination_probabilities(logits[0], known, network.manifest.temperature)
    wears = wear_probabilities(chances, known)
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


def landmark_errors(
    detector: FaceDetector, faces: Sequence[LandmarkFace], *, turned: bool = False
) -> Figures:
    """Errors over the distance between the eyes, and overlap of nose and mouth.

    Args:
        detector: finds and places.
        faces: with their true points.
        turned: whether the photo is turned clockwise by a quarter.
    """
    cache = PictureCache(faces)
    true, got, found = [], [], 0
    for face in faces:
        photo, points, box = cache[face], face.points, face.record.box
        if turned:
            x, y, w, h = box
            height = len(photo)
            photo = np.ascontiguousarray(np.rot90(photo, -1))
            points = np.stack([height - points[:, 1], points[:, 0]], axis=1)
            box = (height - y - h, x, h, w)
        seen = _find_face(detector.find(photo), box)
        found += seen is not None
        if seen is not None and seen.landmarks is not None:
            true.append(points)
            got.append(seen.landmarks.xy)
    errors = mean_errors(np.array(got), np.array(true))
    nose, mouth = (
        float(np.mean([part_overlap(g, t, part) for g, t in zip(got, true, strict=True)]))
        for part in (Region.NOSE, Region.MOUTH)
    )
    return {
        "faces": len(faces),
        "found": found,
        "trusted": len(got),
        "mean_error": float(errors.mean()),
        "median_error": float(np.median(errors)),
        "90th_error": float(np.percentile(errors, 90)),
        "nose": nose,
        "mouth": mouth,
    }


def _find_face(faces: Sequence[Face], box: Box) -> Face | None:
    """The face that overlaps a box most, if well enough."""
    boxes = np.array([face.box for face in faces], np.float64).reshape(-1, 4)
    overlap = iou(np.array([box]), boxes)[0]
    return faces[int(overlap.argmax())] if overlap.max(initial=0.0) >= _SAME else None
