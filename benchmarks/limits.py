"""What it costs to judge darker, softer, smaller faces: what the limits of doubt were chosen by.

    python -m benchmarks.limits --data DATA --painted RUNS --mend FILE

The shipped network on real faces of val and on masks painted on val people (RUNS/slices-val, `make
slices`), as `glassmask check` frames them, each made as dark, as soft or as small as a limit would
still let pass; and how many of the real ones lie beyond it as they are. The limits in use have a
star.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.spoiling import blurred, darkened, reduced
from glassmask.lab.datasets import FaceRecord, PictureCache, read_datasets
from glassmask.lab.judging.judge import (
    Judge,
    Spoil,
    crops_of,
    five_probabilities,
    judge_all,
    unspoiled,
)
from glassmask.lab.metrics.accuracy import accuracy, is_counted
from glassmask.lab.tasks.judges import open_judge
from glassmask.labels import Wear
from glassmask.networks.manifest import load_network
from glassmask.verdict import BLURRED_DETAIL, DARK_LEVEL, SMALL_PX, detail, luma_of

LEVELS: Final = (8.0, 16.0, 24.0, 32.0, 48.0, 64.0)
DETAILS: Final = (0.004, 0.008, 0.016, 0.024, 0.032, 0.048)
SIDES: Final = (16.0, 24.0, 32.0, 40.0, 48.0)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--painted", type=Path, required=True)
    parser.add_argument("--mend", type=Path)
    options = parser.parse_args()
    real, masked = (
        [r for r in read_datasets([folder], options.mend).records if r.split == "val"]
        for folder in (options.data / "real", options.painted / "slices-val")
    )
    real = [r for r in real if is_counted(r)]
    cache = PictureCache([*real, *masked])
    judge = open_judge(None)
    lumas = [luma_of(crop) for crop in crops_of(real, cache, "check", judge.size)]
    bright = np.array([np.percentile(luma, 95) for luma in lumas])
    fine = np.array([detail(luma) for luma in lumas])
    print("| judged as | real: balanced | incorrect | painted: balanced | incorrect | beyond |")
    print("|---|---|---|---|---|---|")
    tell("they are", judge, real, masked, cache, unspoiled, np.zeros(1, np.bool_))
    for level in LEVELS:
        name = f"dark, {level:g}{star(level, DARK_LEVEL)}"
        tell(name, judge, real, masked, cache, partial(darkened, level=level), bright < level)
    for least in DETAILS:
        name = f"blurred, {least:g}{star(least, BLURRED_DETAIL)}"
        tell(name, judge, real, masked, cache, partial(blurred, least=least), fine < least)
    sides = np.array([record.face_px for record in real])
    for side in SIDES:
        name = f"small, {side:g} px{star(side, SMALL_PX)}"
        tell(name, judge, real, masked, cache, partial(reduced, face=side), sides < side)


def tell(
    name: str,
    judge: Judge,
    real: Sequence[FaceRecord],
    masked: Sequence[FaceRecord],
    cache: PictureCache,
    spoil: Spoil,
    beyond: NDArray[np.bool_],
) -> None:
    """Print a row."""
    temperature = load_network()[1].temperature
    cells = []
    for faces in (real, masked):
        logits = judge_all(judge, faces, cache, "check", spoil=spoil)
        found = accuracy(faces, five_probabilities(logits, temperature))
        wrong = found.by_wear[Wear.INCORRECT]
        cells += [f"{found.balanced:.3f}", f"{wrong.hits}/{wrong.count}"]
    print(f"| {name} | {' | '.join(cells)} | {np.mean(beyond):.1%} |", flush=True)


def star(limit: float, used: float) -> str:
    """Marks the limit in use."""
    return " *" if limit == used else ""


if __name__ == "__main__":
    main()
