"""What it costs to judge darker, softer, smaller faces: what the limits of doubt were chosen by.

    python -m benchmarks limits                               # after `make slices`

The shipped network on real faces of val and on masks painted on val people (`slices-val`), as
`glassmask check` frames them, each made as dark, as soft or as small as a limit would still let
pass; and how many of the real ones lie beyond it as they are. The limits in use have a star.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Figures, proportion
from benchmarks.frame import add_data_options, shipped_weights
from glassmask.lab.classes import class_probabilities
from glassmask.lab.datasets import PictureCache, read_datasets
from glassmask.lab.judging.degrade import blur, darken, reduce
from glassmask.lab.judging.judge import (
    Degrade,
    crop_records,
    judge_all,
    unchanged,
)
from glassmask.lab.metrics.accuracy import accuracy, is_counted
from glassmask.lab.tasks.judges import open_judge
from glassmask.labels import Wear
from glassmask.verdict import BLURRED_DETAIL, DARK_LEVEL, SMALL_PX, crop_luma, detail

LEVELS: Final = (8.0, 16.0, 24.0, 32.0, 48.0, 64.0)
DETAILS: Final = (0.004, 0.008, 0.016, 0.024, 0.032, 0.048)
SIDES: Final = (16.0, 24.0, 32.0, 40.0, 48.0)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Where the data is."""
    add_data_options(parser)


def judged(options: argparse.Namespace) -> Mapping[str, Path]:  # noqa: ARG001
    """The shipped wear network."""
    return shipped_weights("wear")


def measure(options: argparse.Namespace) -> Figures:
    """Balanced accuracy and recall of incorrect under each limit, and who lies beyond it."""
    real, masked = (
        [r for r in read_datasets([folder], options.mend).records if r.split == "val"]
        for folder in (options.data / "real", options.painted / "slices-val")
    )
    real = [r for r in real if is_counted(r)]
    cache = PictureCache([*real, *masked])
    judge = open_judge(None)
    lumas = [crop_luma(crop) for crop in crop_records(real, cache, "check", judge.size)]
    sides = np.array([record.face_px for record in real])
    found: dict[str, Figures] = {}
    for name, spoil, beyond in limits(lumas, sides):
        row: dict[str, Figures | float] = {"beyond": float(np.mean(beyond))}
        for kind, faces in (("real", real), ("painted", masked)):
            logits = judge_all(judge, faces, cache, "check", degrade=spoil)
            said = accuracy(faces, class_probabilities(logits, judge.temperature))
            row[kind] = {
                "balanced": said.balanced,
                "incorrect": proportion(said.by_wear[Wear.INCORRECT]),
            }
        found[name] = row
        print(f"{name}: {row}", flush=True)
    return found


def limits(
    lumas: list[NDArray[np.float64]], sides: NDArray[np.float64]
) -> Iterator[tuple[str, Degrade, NDArray[np.bool_]]]:
    """Each limit: its name, what is done to a crop, and which real faces lie beyond it."""
    bright = np.array([np.percentile(luma, 95) for luma in lumas])
    fine = np.array([detail(luma) for luma in lumas])
    yield "as they are", unchanged, np.zeros(1, np.bool_)
    for level in LEVELS:
        yield (
            f"dark, {level:g}{_star(level, DARK_LEVEL)}",
            partial(darken, level=level),
            bright < level,
        )
    for least in DETAILS:
        name = f"blurred, {least:g}{_star(least, BLURRED_DETAIL)}"
        yield name, partial(blur, min_detail=least), fine < least
    for side in SIDES:
        yield (
            f"small, {side:g} px{_star(side, SMALL_PX)}",
            partial(reduce, face_px=side),
            sides < side,
        )


def _star(limit: float, used: float) -> str:
    return " *" if limit == used else ""
