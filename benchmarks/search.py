"""The search for the shipped network: recipes tried on a few folds, for docs/network.md.

    python -m benchmarks.search --data DATA --painted RUNS --runs RUNS/search --mend FILE \
      RECIPE... [--folds 0 1]    # measured against recipes/wear.toml


Trains what is missing, each recipe on each fold, and prints a row a recipe: of the real faces
that no network of the row has seen. The loss is the balanced one: it moves before the counts do.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.wear_runs import arguments, counted, faces_of, folders_of
from glassmask.lab.datasets import FaceRecord, PictureCache
from glassmask.lab.datasets.records import wear_positions
from glassmask.lab.evaluation.bootstrap import bootstrap
from glassmask.lab.evaluation.out_of_fold import Unseen, judge_folds, open_folds
from glassmask.lab.judging.judge import Framing, five_probabilities, judge_all
from glassmask.lab.metrics.accuracy import accuracy
from glassmask.lab.metrics.calibration import balanced_loss
from glassmask.lab.tasks.wear.task import TASK as WEAR
from glassmask.labels import Wear

FRAMED: Final[Sequence[Framing]] = ("check", "as given", "tight")
OTHERS: Final = ("maskedfacenet", "painted")
"""Datasets whose val faces are judged too, by the first fold's network."""


def main() -> None:
    """Train what is missing, then print the table."""
    parser = arguments(__doc__.splitlines()[0])
    parser.set_defaults(folds=[0, 1])
    parser.add_argument("recipes", type=Path, nargs="+")
    options = parser.parse_args()
    for path in options.recipes:
        for fold in options.folds:
            print(f"{path.stem}, fold {fold}", flush=True)
            run = options.runs / path.stem / f"fold-{fold}"
            WEAR.train(path, folders_of(options), run, mending=options.mend, fold=fold)
    records = faces_of(options)
    cache = PictureCache(records)
    print("| recipe | judged | loss | balanced | correct | incorrect | none | nose | both |")
    print("|---|---|---|---|---|---|---|---|---|")
    for path in options.recipes:
        folds = open_folds(options.runs / path.stem, records, options.folds)
        for line in rows(folds, records, cache):
            print(f"| {path.stem} | {line} |", flush=True)


def rows(
    folds: Sequence[Unseen],
    records: Sequence[FaceRecord],
    cache: PictureCache,
) -> list[str]:
    """The rows of one recipe."""
    found = []
    for framing in FRAMED:
        every, logits = judge_folds(folds, cache, framing)
        which, faces = counted(every)
        found.append(told(f"real, {framing}", faces, logits[which]))
    first = folds[0]
    for dataset in OTHERS:
        of_val = [r for r in records if r.dataset == dataset and r.split == "val"]
        if own := first.unseen(of_val):
            found.append(told(dataset, own, judge_all(first.judge, own, cache, "as given")))
    return found


def told(name: str, faces: Sequence[FaceRecord], logits: NDArray[np.float32]) -> str:
    """The cells of a row."""
    probabilities = five_probabilities(logits, 1.0)
    figures, doubt = accuracy(faces, probabilities), bootstrap(faces, probabilities)
    loss = balanced_loss(probabilities, wear_positions(faces))
    recalls = [
        f"{figures.by_wear[wear].hits}/{figures.by_wear[wear].count}"
        if wear in figures.by_wear
        else "-"
        for wear in (Wear.CORRECT, Wear.INCORRECT, Wear.NONE)
    ]
    parts = {str(part): hits for part, hits in figures.by_reason.items()}
    reasons = [
        f"{parts[part].hits}/{parts[part].count}" if part in parts else "-"
        for part in ("nose", "nose_and_mouth")
    ]
    low, high = doubt.balanced
    balanced = f"{figures.balanced:.3f} [{low:.3f}, {high:.3f}]"
    return " | ".join([name, f"{loss:.3f}", balanced, *recalls, *reasons])


if __name__ == "__main__":
    main()
