"""How fast the painter is: pictures per second, reading and writing included.

    python -m benchmarks painting [--pictures 600] [--rounds 3]

Paints the demo portrait, scaled to 256 px, in a job as `glassmask data paint` runs it, with 1 and
2 workers in turn; medians. The time of starting the workers is told apart. And what one picture
costs the CPU, without reading and writing, by what is painted: a mask, or one of the things.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from benchmarks.figures import Figures
from glassmask.errors import PaintError
from glassmask.faces.points import MESH_INDICES, MESH_POINTS, FacePoints
from glassmask.lab.datasets.painted import paint_dataset
from glassmask.lab.datasets.painting import Job
from glassmask.painter import demo_portrait, draw_look, draw_wearing, paint, paint_object
from glassmask.painter.things import THINGS

SIDE = 256


def add_options(parser: argparse.ArgumentParser) -> None:
    """How many pictures and rounds."""
    parser.add_argument("--pictures", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=15, help="of each thing, for its CPU time")


def judged(options: argparse.Namespace) -> Mapping[str, Path]:  # noqa: ARG001
    """No network is."""
    return {}


def measure(options: argparse.Namespace) -> Figures:
    """Pictures per second by workers, and the seconds until the first."""
    rates: dict[int, list[float]] = {1: [], 2: []}
    starts: dict[int, list[float]] = {1: [], 2: []}
    with tempfile.TemporaryDirectory() as folder:
        faces = Path(folder) / "faces"
        write_faces(faces)
        for number in range(options.rounds):
            for workers, speeds in rates.items():
                out = Path(folder) / f"out-{number}-{workers}"
                started = time.perf_counter()
                moments: list[float] = []

                def note(done: int, moments: list[float] = moments) -> None:
                    if done:
                        moments.append(time.perf_counter())

                job = Job(faces, options.pictures, number)
                paint_dataset(job, out, workers=workers, progress=note)
                starts[workers].append(moments[0] - started)
                speeds.append((len(moments) - 1) / (moments[-1] - moments[0]))
    found: dict[str, Figures] = {
        f"{workers} workers": {
            "pictures_per_second": statistics.median(rates[workers]),
            "first_after_seconds": statistics.median(starts[workers]),
        }
        for workers in rates
    }
    found |= {"milliseconds": cpu_milliseconds(options.seeds)}
    print(found, flush=True)
    return found


def cpu_milliseconds(seeds: int) -> Figures:
    """CPU time of painting one picture, by what is painted; medians over seeds, taken in turn."""
    portrait, points = demo_portrait()
    factor = SIDE / max(portrait.shape[:2])
    size = (round(portrait.shape[1] * factor), SIDE)
    photo = np.asarray(Image.fromarray(portrait).resize(size, Image.Resampling.LANCZOS))
    points = FacePoints(points.xy * factor)
    costs: dict[str, list[float]] = {"mask": [], **{name: [] for name in THINGS}}
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)  # as in a worker
    for seed in range(seeds):
        for name, times in costs.items():
            started = time.process_time()
            with contextlib.suppress(PaintError):  # the label would not hold: not counted
                if name == "mask":
                    rng = np.random.default_rng(seed)
                    paint(photo, points, draw_wearing("correct", rng), draw_look(rng))
                else:
                    paint_object(photo, points, name, seed)
                times.append(1000 * (time.process_time() - started))
    cv2.setNumThreads(threads)
    return {name: statistics.median(times) for name, times in costs.items()}


def write_faces(folder: Path) -> None:
    """The demo portrait at 256 px as a folder of faces with landmarks."""
    folder.mkdir()
    portrait, points = demo_portrait()
    factor = SIDE / max(portrait.shape[:2])
    size = (round(portrait.shape[1] * factor), SIDE)
    Image.fromarray(portrait).resize(size, Image.Resampling.LANCZOS).save(
        folder / "portrait.jpg", quality=92
    )
    mesh = np.zeros((1, MESH_POINTS, 2), np.float16)
    mesh[0, list(MESH_INDICES)] = points.xy * factor
    np.savez(folder / "mesh468.npz", mesh=mesh)
    (folder / "faces.csv").write_text(
        "file,split,source,face_x,face_y,face_w,face_h\nportrait.jpg,train,demo,66,70,108,140\n"
    )
