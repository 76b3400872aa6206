"""How fast the painter is: pictures a second, reading and writing included.

    python -m benchmarks.painter [--pictures 600] [--rounds 3]

Paints the demo portrait, scaled to 256 px, in a job as `glassmask data paint` runs it, with 1 and
2 workers in turn; medians. The time of starting the workers is told apart.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from glassmask.faces.points import MESH_INDICES, MESH_POINTS
from glassmask.lab.datasets.painted import paint_dataset
from glassmask.lab.datasets.painting import Job
from glassmask.painter import demo_portrait

SIDE = 256


def main() -> None:
    """Print pictures a second."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        faces = Path(folder) / "faces"
        write_faces(faces)
        times: dict[int, list[float]] = {1: [], 2: []}
        starts: dict[int, list[float]] = {1: [], 2: []}
        for number in range(options.rounds):
            for workers, speeds in times.items():
                out = Path(folder) / f"out-{number}-{workers}"
                begun = time.perf_counter()
                first: list[float] = []

                def note(done: int, first: list[float] = first) -> None:
                    if done:
                        first.append(time.perf_counter())

                paint_dataset(
                    Job(faces, options.pictures, number), out, workers=workers, progress=note
                )
                starts[workers].append(first[0] - begun)
                speeds.append((len(first) - 1) / (first[-1] - first[0]))
    print(f"{os.cpu_count()} cores; medians of {options.rounds} rounds of {options.pictures}")
    for workers, speeds in times.items():
        print(
            f"  {workers} workers: {statistics.median(speeds):6.1f} pictures/s, "
            f"the first after {statistics.median(starts[workers]):.1f} s"
        )


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


if __name__ == "__main__":
    main()
