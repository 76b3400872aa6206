"""Photos with one face that is looked for: the demo photos, and real faces of val."""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.frame import add_data_options
from glassmask import Checker, Verdict, Wear
from glassmask.faces.crop import Box
from glassmask.lab.datasets import PictureCache, read_datasets
from glassmask.lab.metrics.accuracy import is_counted
from glassmask.painter import demo_photos

FRAME: Final = 60  # pixels of border around a demo photo, which its face nearly fills
WEARS_OF_DEMO: Final = {"none": Wear.NONE, "correct": Wear.CORRECT}


@dataclass(frozen=True, slots=True, eq=False)
class PhotoCase:
    """A photo with one face that is looked for.

    Attributes:
        photo: RGB uint8 (H, W, 3).
        box: of the face, upright, in photo pixels.
        wear: the truth.
    """

    photo: NDArray[np.uint8]
    box: Box
    wear: Wear


def add_case_options(parser: argparse.ArgumentParser) -> None:
    """Where the data is, and how many faces of val."""
    add_data_options(parser)
    parser.add_argument("--faces", type=int, default=100, help="faces of val")


def verdict_near(
    checker: Checker, photo: NDArray[np.uint8], case: PhotoCase, place: tuple[float, float]
) -> Verdict | None:
    """The verdict on the case's face where its middle is to be; None where it is not found.

    Args:
        checker: judges.
        photo: that of the case, turned or changed.
        case: whose face.
        place: x, y in pixels of `photo`.
    """
    near = max(case.box[2:]) / 3
    there = [v for v in checker.check(photo) if math.dist(middle(v.face.box), place) < near]
    return max(there, key=lambda v: v.face.box[2] * v.face.box[3], default=None)


def demo_cases(checker: Checker) -> list[PhotoCase]:
    """The demo photos with a border, and the box that is found upright."""
    cases = []
    for name, photo in demo_photos().items():
        framed = np.pad(photo, ((FRAME, FRAME), (FRAME, FRAME), (0, 0)), mode="edge")
        (face,) = checker.find(framed)
        cases.append(PhotoCase(framed, face.box, WEARS_OF_DEMO.get(name, Wear.INCORRECT)))
    return cases


def val_cases(data: Path, mending: Path | None, count: int) -> list[PhotoCase]:
    """Faces of val, as many of each dataset as there are of it, drawn by seed."""
    folders = [data / "real", data / "wild"]
    records = [r for r in read_datasets(folders, mending).records if r.split == "val"]
    records = [r for r in records if r.certain and is_counted(r) and not r.picked]
    cache = PictureCache(records)
    records = cache.readable(records)
    order = np.random.default_rng(0).permutation(len(records))[:count]
    return [PhotoCase(cache[r], r.box, r.wear) for r in (records[i] for i in sorted(order))]


def middle(box: Box) -> tuple[float, float]:
    """The middle of a box."""
    x, y, w, h = box
    return x + w / 2, y + h / 2
