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
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Figures, proportion
from benchmarks.frame import shipped_weights
from benchmarks.photo_cases import (
    PhotoCase,
    add_case_options,
    demo_cases,
    middle,
    val_cases,
    verdict_near,
)
from glassmask import Checker, Verdict
from glassmask.faces.crop import Box
from glassmask.lab.metrics.accuracy import Proportion

ANGLES: Final = tuple(range(0, 360, 15))


def add_options(parser: argparse.ArgumentParser) -> None:
    """Where the data is, and how many faces of val."""
    add_case_options(parser)


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


def curve(checker: Checker, cases: Sequence[PhotoCase]) -> Figures:
    """Each angle's proportions of all cases; `right` are of those found, whether sure or not."""
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


def judge_turned(checker: Checker, case: PhotoCase, angle: float) -> Verdict | None:
    """The verdict on the case's face in the photo turned clockwise; None where it is not found."""
    photo, place = turn_photo(case.photo, case.box, angle)
    return verdict_near(checker, photo, case, place)


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
