"""What becomes of faces that lie: found, judged rightly, unsure, or surely wrong, by their angle.

    python -m benchmarks turning [--faces 100]

The demo photos and real faces of val, each photo turned about its middle in steps of 15 degrees,
in a frame that holds all of it; what lies beyond the photo repeats its border. Faces of val are
certain ones that nobody picked with the help of a network.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Figures, proportion
from benchmarks.frame import add_data_options, shipped_weights
from glassmask import Checker, Verdict, Wear
from glassmask.faces.crop import Box
from glassmask.lab.datasets import PictureCache, read_datasets
from glassmask.lab.metrics.accuracy import Proportion, is_counted
from glassmask.painter import demo_photos

ANGLES: Final = tuple(range(0, 360, 15))
FRAME: Final = 60  # pixels of border around a demo photo, which its face nearly fills
WEARS_OF_DEMO: Final = {"none": Wear.NONE, "correct": Wear.CORRECT}


@dataclass(frozen=True, slots=True, eq=False)
class TurnedCase:
    """A photo with one face that is looked for.

    Attributes:
        photo: RGB uint8 (H, W, 3).
        box: of the face, upright, in photo pixels.
        wear: the truth.
    """

    photo: NDArray[np.uint8]
    box: Box
    wear: Wear


def add_options(parser: argparse.ArgumentParser) -> None:
    """Where the data is, and how many faces of val."""
    add_data_options(parser)
    parser.add_argument("--faces", type=int, default=100, help="faces of val")


def judged(options: argparse.Namespace) -> Mapping[str, Path]:  # noqa: ARG001
    """The three shipped networks."""
    return shipped_weights("finder", "landmarks", "wear")


def measure(options: argparse.Namespace) -> Figures:
    """By angle: how many are found, right, unsure, and surely wrong."""
    checker = Checker(engine="onnxruntime")
    return {
        "demo": curve(checker, demo_cases(checker)),
        "val": curve(checker, val_cases(options.data, options.mend, options.faces)),
    }


def curve(checker: Checker, cases: Sequence[TurnedCase]) -> Figures:
    """Each angle's proportions of all cases; `right` are those found, whether sure or not."""
    rows: dict[str, Figures] = {}
    for angle in ANGLES:
        seen = [judge_turned(checker, case, angle) for case in cases]
        found = [(v, case) for v, case in zip(seen, cases, strict=True) if v is not None]
        right = sum(v.wear is case.wear for v, case in found)
        unsure = sum(v.unsure for v, _ in found)
        wrong = sum(not v.unsure and v.wear is not case.wear for v, case in found)
        rows[str(angle)] = {
            "found": proportion(Proportion(len(found), len(cases))),
            "right": proportion(Proportion(right, len(found))),
            "unsure": proportion(Proportion(unsure, len(found))),
            "surely_wrong": proportion(Proportion(wrong, len(cases))),
        }
        print(
            f"{angle}: found {len(found)} of {len(cases)}, right {right}, unsure {unsure}, "
            f"surely wrong {wrong}",
            flush=True,
        )
    return rows


def judge_turned(checker: Checker, case: TurnedCase, angle: float) -> Verdict | None:
    """The verdict on the case's face in the photo turned clockwise; None where it is not found."""
    photo, place = turn_photo(case.photo, case.box, angle)
    near = max(case.box[2:]) / 3
    there = [v for v in checker.check(photo) if math.dist(middle(v.face.box), place) < near]
    return max(there, key=lambda v: v.face.box[2] * v.face.box[3], default=None)


def turn_photo(
    photo: NDArray[np.uint8], box: Box, angle: float
) -> tuple[NDArray[np.uint8], tuple[float, float]]:
    """A photo turned clockwise by degrees, and where the middle of a box is then.

    The frame holds all of the photo; what lies beyond it repeats its border.
    """
    height, width = photo.shape[:2]
    a = math.radians(angle)
    cos, sin = math.cos(a), math.sin(a)
    size = (
        round(abs(width * cos) + abs(height * sin)),
        round(abs(width * sin) + abs(height * cos)),
    )
    matrix = np.array([[cos, -sin], [sin, cos]])
    shift = np.array(size) / 2 - matrix @ (width / 2, height / 2)
    half = matrix @ (0.5, 0.5) + shift - 0.5  # warpAffine counts centres as whole
    turned = cv2.warpAffine(
        photo,
        np.column_stack([matrix, half]),
        size,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    x, y = matrix @ middle(box) + shift
    return np.asarray(turned, np.uint8), (float(x), float(y))


def demo_cases(checker: Checker) -> list[TurnedCase]:
    """The demo photos with a border, and the box that is found upright."""
    cases = []
    for name, photo in demo_photos().items():
        framed = np.pad(photo, ((FRAME, FRAME), (FRAME, FRAME), (0, 0)), mode="edge")
        (face,) = checker.find(framed)
        cases.append(TurnedCase(framed, face.box, WEARS_OF_DEMO.get(name, Wear.INCORRECT)))
    return cases


def val_cases(data: Path, mending: Path | None, count: int) -> list[TurnedCase]:
    """Faces of val, as many of each dataset as there are of it, drawn by seed."""
    folders = [data / "real", data / "wild"]
    records = [r for r in read_datasets(folders, mending).records if r.split == "val"]
    records = [r for r in records if r.certain and is_counted(r) and not r.picked]
    cache = PictureCache(records)
    records = cache.readable(records)
    order = np.random.default_rng(0).permutation(len(records))[:count]
    return [TurnedCase(cache[r], r.box, r.wear) for r in (records[i] for i in sorted(order))]


def middle(box: Box) -> tuple[float, float]:
    """The middle of a box."""
    x, y, w, h = box
    return x + w / 2, y + h / 2
