"""What the shipped network says of bare faces behind things that are no masks.

    python -m benchmarks things [--data DATA] [--faces 40] [--seeds 24]

Flat rectangles as crude as can be, of six colours in 27 places before nose and mouth, and the
painter's things by seed: on the demo portrait, and on bare faces of `val` that have landmarks, one
rectangle a colour and one of each thing a face. The whole photo is checked, as `glassmask check`
does; what is said of its largest face counts. The answer should be *none*, or unsure.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Figures
from benchmarks.frame import add_data_options, shipped_weights
from glassmask import Checker
from glassmask.errors import PaintError
from glassmask.faces.points import FacePoints
from glassmask.lab.datasets.meshes import MeshFace, read_mesh_faces
from glassmask.painter import demo_portrait, paint_object
from glassmask.painter.frame import Frame
from glassmask.painter.things import THINGS
from glassmask.photos import read_photo

COLOURS: Final = (
    *((250, 250, 250), (200, 200, 205), (120, 180, 220)),
    *((30, 30, 34), (200, 160, 120), (60, 120, 60)),
)
"""RGB of the rectangles: white, grey and blue paper, black, cardboard, green."""
HALF_WIDTHS: Final = (0.378, 0.540, 0.702)
TOPS: Final = (-0.324, -0.216, -0.108)
BOTTOMS: Final = (0.270, 0.486, 0.756)
"""Places of the rectangles' sides, from the middle of the lips, in widths of the face."""
SAYINGS: Final = ("correct", "incorrect", "unsure", "none", "not found")
"""What can be said of a face: a wear for sure, unsure, or no face was found."""

Photo = NDArray[np.uint8]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Where the data is, how many faces, how many of each thing on the demo portrait."""
    add_data_options(parser)
    parser.add_argument("--faces", type=int, default=40, help="faces of val (default: 40)")
    parser.add_argument("--seeds", type=int, default=24, help="of each thing on the demo portrait")


def judged(options: argparse.Namespace) -> Mapping[str, Path]:  # noqa: ARG001
    """The shipped networks: what is said depends on the face that is found, too."""
    return shipped_weights("wear", "finder", "landmarks")


def measure(options: argparse.Namespace) -> Figures:
    """Count what is said, on the demo portrait and on faces of val."""
    checker = Checker(engine="onnxruntime")
    photo, points = demo_portrait()
    demo = {"bare": Counter([say(checker, photo)])}
    demo["rectangle"] = Counter(say(checker, p) for p in rectangles(photo, points))
    for name in THINGS:
        demo[name] = Counter(
            say(checker, paint_object(photo, points, name, seed).picture)
            for seed in range(options.seeds)
        )
        print(f"demo portrait, {name}: {dict(demo[name])}", flush=True)
    found = {"demo portrait": demo}
    if (options.data / "faces").is_dir():
        faces = read_mesh_faces(options.data / "faces", "val")
        found["val"] = _on_faces(checker, some(faces, options.faces))
    return {
        part: {name: {key: counts[key] for key in SAYINGS} for name, counts in rows.items()}
        for part, rows in found.items()
    }


def _on_faces(checker: Checker, faces: Sequence[MeshFace]) -> dict[str, Counter[str]]:
    found = {name: Counter[str]() for name in ("bare", "rectangle", *THINGS)}
    for number, face in enumerate(faces):
        photo, points = read_photo(face.path), FacePoints(face.points)
        found["bare"][say(checker, photo)] += 1
        drawn = list(rectangles(photo, points))
        for colour in range(len(COLOURS)):  # another place for each face and colour
            places = len(drawn) // len(COLOURS)
            place = (7 * number + 5 * colour) % places
            found["rectangle"][say(checker, drawn[colour * places + place])] += 1
        for name in THINGS:
            try:
                painted = paint_object(photo, points, name, number)
            except PaintError:
                continue
            found[name][say(checker, painted.picture)] += 1
    print(f"val: { {name: dict(counts) for name, counts in found.items()} }", flush=True)
    return found


def some(faces: Sequence[MeshFace], number: int) -> list[MeshFace]:
    """Some of the faces, always the same ones, one of a group."""
    groups: dict[str, MeshFace] = {}
    for face in faces:
        groups.setdefault(face.group, face)
    order = np.random.default_rng(0).permutation(len(groups))[:number]
    return [list(groups.values())[k] for k in order]


def rectangles(photo: Photo, points: FacePoints) -> Iterator[Photo]:
    """The photo with a rectangle before nose and mouth, colour by colour, 27 places each."""
    frame = Frame.of(points)
    middle = points.part("lips").mean(axis=0)
    for colour, half, top, bottom in product(COLOURS, HALF_WIDTHS, TOPS, BOTTOMS):
        corners = np.array([[-half, top], [half, bottom]]) * frame.width + middle
        (x0, y0), (x1, y1) = np.maximum(np.round(corners).astype(int), 0)
        picture = photo.copy()
        picture[y0:y1, x0:x1] = colour
        yield picture


def say(checker: Checker, photo: Photo) -> str:
    """What is said of the largest face, one of `SAYINGS`."""
    verdicts = list(checker.check(photo))
    if not verdicts:
        return "not found"
    largest = max(verdicts, key=lambda verdict: verdict.face.box[2] * verdict.face.box[3])
    return "unsure" if largest.unsure else str(largest.wear)
