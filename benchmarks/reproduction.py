"""The two studies' networks and the literature's baselines, beside what was published.

    python -m benchmarks.reproduction --data DATA --runs RUNS --mend FILE [--test]

RUNS holds a run a recipe (`make seeds`). Each is judged on pictures of MaskedFace-Net itself and
of FFHQ (the unmasked class), of people that no run was trained on, and on real photos. What is
not there is told. `test` is reported with --test, last.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from glassmask.lab.datasets import FaceRecord, PictureCache, read_datasets
from glassmask.lab.judging.judge import Judge, five_probabilities, judge_all
from glassmask.lab.metrics.accuracy import MIN_FACE_PX, Proportion, accuracy
from glassmask.lab.tasks.classifier.recipe import ClassifierRecipe
from glassmask.lab.tasks.judges import open_judge
from glassmask.lab.training.folder import METRICS, RECIPE, WEIGHTS
from glassmask.lab.training.recipe import read_recipe

PUBLISHED: Final = {
    "seed-inception-resnet-v1": "96 (Juneja, Kang, Kim 2021)",
    "seed-inception-resnet-v1-mild": "96 (Juneja, Kang, Kim 2021)",
    "seed-resnet50": "95 (Liu, Lin, Tran 2021)",
    "seed-resnet50-scratch": "95 (Liu, Lin, Tran 2021)",
    "mobilenet-v2": "92.6 (Nagrath et al. 2021, two classes, other data)",
    "mobilenet-v2-scratch": "92.6 (Nagrath et al. 2021, two classes, other data)",
    "alexnet": "89.2 (as cited there)",
    "lenet5": "84.6 (as cited there)",
}
"""Recipe -> accuracy in percent, and whose."""


@dataclass(frozen=True)
class Faces:
    """Faces to judge, and what they are called."""

    name: str
    records: Sequence[FaceRecord]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--mend", type=Path, required=True)
    parser.add_argument("--test", action="store_true")
    options = parser.parse_args()
    folders = [options.data / name for name in ("maskedfacenet", "faces", "real")]
    records = read_datasets(folders, options.mend).records
    sets = [
        Faces(f"{kind}, {split}", chosen)
        for split in (("val", "test") if options.test else ("val",))
        for kind, chosen in (
            ("MaskedFace-Net", [r for r in records if r.split == split and of_the_studies(r)]),
            ("real photos", [r for r in records if r.split == split and real(r)]),
        )
    ]
    cache = PictureCache([r for some in sets for r in some.records])
    sets = [Faces(some.name, cache.readable(some.records)) for some in sets]
    titles = [f"{some.name} ({len(some.records)})" for some in sets]
    print(f"| recipe | published, % | {' | '.join(titles)} | views | hours |")
    print(f"|---|---|{'---|' * (len(sets) + 2)}")
    for name, published in PUBLISHED.items():
        run = options.runs / name
        if not (run / WEIGHTS).is_file():
            print(f"| {name} | {published} | not trained: no finished run in {run} |")
            continue
        judge = open_judge(run)
        cells = [told(judge, some, cache) for some in sets]
        views = read_recipe(run / RECIPE, ClassifierRecipe).training.crops
        print(f"| {name} | {published} | {' | '.join(cells)} | {views} | {hours(run):.2f} |")


def of_the_studies(record: FaceRecord) -> bool:
    """A picture of MaskedFace-Net, or one of FFHQ, as both studies had them."""
    bare = record.dataset == "faces" and record.source.startswith("FFHQ")
    return bare or record.dataset == "maskedfacenet"


def real(record: FaceRecord) -> bool:
    """A real face that is large enough to judge."""
    return record.dataset == "real" and record.face_px >= MIN_FACE_PX


def told(judge: Judge, faces: Faces, cache: PictureCache) -> str:
    """Accuracy in percent with its interval, and of each wear."""
    logits = judge_all(judge, faces.records, cache)
    found = accuracy(faces.records, five_probabilities(logits, 1.0))
    low, high = found.overall.interval()
    parts = ", ".join(f"{wear} {percent(part)}" for wear, part in found.by_wear.items())
    return f"{percent(found.overall)} [{100 * low:.1f}, {100 * high:.1f}] ({parts})"


def percent(proportion: Proportion) -> str:
    """A proportion in percent, one decimal."""
    return f"{100 * proportion.value:.1f}"


def hours(run: Path) -> float:
    """How long a run's steps took."""
    batch = read_recipe(run / RECIPE, ClassifierRecipe).training.batch
    with (run / METRICS).open(newline="", encoding="utf-8") as lines:
        rows = [(int(row["step"]), float(row["crops_per_second"])) for row in csv.DictReader(lines)]
    steps = np.diff([step for step, _ in rows], prepend=0)
    return float(sum(batch * steps / np.array([rate for _, rate in rows]))) / 3600


if __name__ == "__main__":
    main()
