"""What finding faces costs, beside YuNet and another state of the code; crowds and large photos.

    python -m benchmarks finding_speed [--yunet FILE] [--base ../other/src] [--rounds 10]

Medians over photos of scenes, in turns: in one process with YuNet through OpenCV, and in processes
of their own for the state of the code in --base. Threads as a user has them.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Figures
from benchmarks.finding import LONGER_SIDE, YuNet
from benchmarks.frame import ROOT, add_data_options, shipped_weights
from benchmarks.timing.code_states import ask, open_worker
from glassmask.faces.crop import Box
from glassmask.faces.find import FaceDetector
from glassmask.lab.datasets import PictureCache
from glassmask.lab.datasets.mending import read_mending
from glassmask.lab.datasets.scenes import read_scenes
from glassmask.lab.metrics.detection import iou
from glassmask.painter import demo_photos

SIZES: Final = ((640, 480), (1280, 720))
FRAMES: Final = 12  # photos of val with one face, each enlarged to the frame
CROWD: Final = (15, 16)  # rows and columns of faces
LARGE: Final = (4000, 6000)  # height and width of 24 megapixels
LARGE_FACES: Final = 24
FACE_SIDE: Final = 100  # of the faces in the large photo, in pixels

_WORKER: Final = """
import json, sys, time
import numpy as np
from glassmask.faces.find import FaceDetector

detector, frames = FaceDetector(), np.load(sys.argv[1])
detector.find(frames[0])
print("ready", flush=True)
for _ in sys.stdin:
    spent = {}
    for name, find in (("boxes alone", detector.finder.propose), ("glassmask", detector.find)):
        spent[name] = []
        for frame in frames:
            started = time.perf_counter()
            find(frame)
            spent[name].append(1000 * (time.perf_counter() - started))
    print(json.dumps(spent), flush=True)
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Where the data is, the rival's file, what to compare with, and how many rounds."""
    add_data_options(parser)
    parser.add_argument("--boxes", type=Path, default=ROOT / "recipes", help="mended boxes")
    parser.add_argument("--yunet", type=Path, help="face_detection_yunet_2023mar.onnx")
    parser.add_argument("--base", type=Path, help="`src` of another state of the code, to compare")
    parser.add_argument("--rounds", type=int, default=10)


def judged(options: argparse.Namespace) -> Mapping[str, Path]:
    """The networks that find, and the rival."""
    rival = {} if options.yunet is None else {"YuNet": options.yunet}
    return {**shipped_weights("finder", "landmarks"), **rival}


def measure(options: argparse.Namespace) -> Figures:
    """Milliseconds and ratios by size of frame; then the crowd and the large photo."""
    detector = FaceDetector()
    photos = one_face_photos(options.data / "real", options.boxes)
    found: dict[str, Figures] = {}
    for width, height in SIZES:
        frames = np.asarray([cv2.resize(photo, (width, height)) for photo in photos], np.uint8)
        name = f"{width} x {height}"
        found[name] = in_turns(detector, options.yunet, frames, options.rounds)
        if options.base:
            found[f"{name}, base"] = beside(options.base, frames, options.rounds)
        print(f"{name}: {found[name]} {found.get(f'{name}, base')}", flush=True)
    found["crowd"] = whole_photo(detector, *crowd())
    found["24 megapixels"] = whole_photo(detector, *large_photo())
    print(f"crowd: {found['crowd']}; 24 megapixels: {found['24 megapixels']}", flush=True)
    return found


def one_face_photos(folder: Path, boxes: Path) -> list[NDArray[np.uint8]]:
    """Photos of val with one face that is not small."""
    scenes = [
        scene
        for scene in read_scenes(folder, read_mending(boxes)).scenes
        if scene.split == "val"
        and len(scene.faces) == 1
        and not scene.unlabelled
        and min(scene.faces[0].box[2:]) >= 0.1 * max(scene.size)
    ]
    shown = scenes[:: max(1, len(scenes) // FRAMES)][:FRAMES]
    cache = PictureCache(shown)
    return [cache[scene] for scene in shown]


def in_turns(
    detector: FaceDetector, yunet: Path | None, frames: NDArray[np.uint8], rounds: int
) -> Figures:
    """Medians in one process; a finder gets all frames of a round before the next has its turn.

    Frame by frame, the threads of one runtime that still wait for work would slow the next.
    """
    finders: dict[str, Callable[[NDArray[np.uint8]], object]] = {
        "boxes alone": detector.finder.propose,
        "glassmask": detector.find,
    }
    if yunet is not None:
        finders["YuNet"] = YuNet(yunet, LONGER_SIDE).find
    times: dict[str, list[float]] = {name: [] for name in finders}
    for _ in range(rounds):
        for name, find in finders.items():
            find(frames[0])
            for frame in frames:
                started = time.perf_counter()
                find(frame)
                times[name].append(1000 * (time.perf_counter() - started))
    found: dict[str, Figures | float] = {n: statistics.median(took) for n, took in times.items()}
    if yunet is not None:
        rival = statistics.median(times["YuNet"])
        found["ratios to YuNet"] = {
            name: statistics.median(took) / rival for name, took in times.items() if name != "YuNet"
        }
    return found


def beside(base: Path, frames: NDArray[np.uint8], rounds: int) -> Figures:
    """Medians of this state and of the base, in processes of their own that take turns."""
    times: dict[str, dict[str, list[float]]] = {"now": {}, "base": {}}
    with contextlib.ExitStack() as stack:
        path = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "frames.npy"
        np.save(path, frames)
        workers = {
            "now": stack.enter_context(open_worker(_WORKER, ROOT / "src", str(path))),
            "base": stack.enter_context(open_worker(_WORKER, base, str(path))),
        }
        for _ in range(rounds):
            for state, worker in workers.items():
                for name, took in json.loads(ask(worker)).items():
                    times[state].setdefault(name, []).extend(took)
    medians = {
        state: {name: statistics.median(took) for name, took in own.items()}
        for state, own in times.items()
    }
    ratios = {name: own / medians["base"][name] for name, own in medians["now"].items()}
    return {**medians, "ratios to base": ratios}


def crowd() -> tuple[NDArray[np.uint8], list[Box]]:
    """A photo of many people side by side, bare and masked: 240 faces, and their boxes."""
    shown = list(demo_photos().values())
    rows, columns = CROWD
    photo = np.zeros((rows * 112, columns * 112, 3), np.uint8)
    boxes: list[Box] = []
    for number in range(rows * columns):
        y, x = number // columns * 112, number % columns * 112
        photo[y : y + 112, x : x + 112] = cv2.resize(
            shown[number % len(shown)], (112, 112), interpolation=cv2.INTER_AREA
        )
        boxes.append(_demo_box(x, y, 112))
    return photo, boxes


def large_photo() -> tuple[NDArray[np.uint8], list[Box]]:
    """A photo of 24 megapixels with some faces of 100 pixels, far apart, and their boxes."""
    height, width = LARGE
    rng = np.random.default_rng(0)
    coarse = rng.integers(60, 200, (height // 250, width // 250, 3), np.uint8)
    photo = np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)
    shown = list(demo_photos().values())
    side = round(FACE_SIDE / _DEMO_FACE[2])
    boxes: list[Box] = []
    for number in range(LARGE_FACES):
        x = width // 6 * (number % 6) + int(rng.integers(0, width // 6 - side))
        y = height // 4 * (number // 6) + int(rng.integers(0, height // 4 - side))
        photo[y : y + side, x : x + side] = cv2.resize(
            shown[number % len(shown)], (side, side), interpolation=cv2.INTER_AREA
        )
        boxes.append(_demo_box(x, y, side))
    return photo, boxes


_DEMO_FACE: Final = (0.18, 0.12, 0.66, 0.78)
"""The face in the demo portrait: x, y, w, h over its sides, nearly."""


def _demo_box(x: float, y: float, side: float) -> Box:
    left, top, across, down = _DEMO_FACE
    return x + left * side, y + top * side, across * side, down * side


def whole_photo(detector: FaceDetector, photo: NDArray[np.uint8], boxes: Sequence[Box]) -> Figures:
    """How many of a photo's faces are found, how many finds are none, and the time of it."""
    detector.find(photo)
    started = time.perf_counter()
    faces = detector.find(photo)
    spent = time.perf_counter() - started
    overlap = iou(
        np.array(boxes, np.float64), np.array([f.box for f in faces], np.float64).reshape(-1, 4)
    )
    return {
        "faces": len(boxes),
        "found": int((overlap.max(axis=1, initial=0.0) >= 0.3).sum()),
        "false": int((overlap.max(axis=0, initial=0.0) < 0.1).sum()),
        "seconds": spent,
    }
