"""From synthetic to real: the same small network trained on five kinds of data.

    python -m benchmarks.transfer --data DATA --painted PAINTED --runs RUNS --mend FILE

PAINTED holds the painted sets `painted` and `painted-maskedfacenet` (`make painted`). Trains what
is not trained yet, in RUNS; prints the table of docs/synthetic-to-real.md, and leaves the figures
in RUNS/transfer.json. Rows with real photos are judged out of fold, every other row on the same
real faces; faces that a row has seen, in whatever dataset, are left out. The real faces of `test`
had no part in any choice.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.wear_runs import SHARED
from glassmask.lab.datasets import FaceRecord, PictureCache, read_datasets
from glassmask.lab.evaluation.bootstrap import bootstrap
from glassmask.lab.judging.judge import judge_all
from glassmask.lab.metrics.accuracy import accuracy, is_counted
from glassmask.lab.tasks.judges import open_judge
from glassmask.lab.tasks.wear.recipe import WearRecipe
from glassmask.lab.tasks.wear.run import held_out
from glassmask.lab.tasks.wear.task import TASK as WEAR
from glassmask.lab.training.progress import Progress
from glassmask.lab.training.recipe import read_recipe
from glassmask.labels import Wear
from glassmask.verdict import probabilities_of

RECIPES = Path(__file__).parent.parent / "recipes" / "transfer"
ROWS = {
    "maskedfacenet": "(a) MaskedFace-Net",
    "template": "(b) painted, one blue template",
    "painter": "(c) painted, the full painter",
    "real": "(d) real, out of fold",
    "real-painter": "(e) real + painter, out of fold",
}
PAINTED = ("painted", "painted-maskedfacenet")


@dataclass(frozen=True)
class Setting:
    """What all rows share: folders, faces, pictures."""

    folders: list[Path]
    mending: Path
    runs: Path
    records: tuple[FaceRecord, ...]
    cache: PictureCache


def main() -> None:
    """Train what is missing, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--painted", type=Path, required=True)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--mend", type=Path, required=True)
    options = parser.parse_args()
    folders = [options.data / name for name in SHARED]
    folders += [options.painted / name for name in PAINTED]
    records = read_datasets(folders, options.mend).records
    setting = Setting(folders, options.mend, options.runs, records, PictureCache(records))
    figures: dict[str, Any] = {}
    for row in ROWS:
        train(setting, row)
        figures[row] = judge(setting, row)
        for name, found in figures[row].items():
            print(f"{row}, {name}: {json.dumps(found)}", flush=True)
    (options.runs / "transfer.json").write_text(json.dumps(figures, indent=2) + "\n")
    print()
    print("\n".join(table(figures)))


def folds_of(row: str) -> list[int | None]:
    """The folds that a row is trained in; None for one run on everything."""
    folds = read_recipe(RECIPES / f"{row}.toml", WearRecipe).data.folds
    return list(range(folds)) if row.startswith("real") else [None]


def run_folder(setting: Setting, row: str, fold: int | None) -> Path:
    """Where a run is kept."""
    return setting.runs / row / ("full" if fold is None else f"fold-{fold}")


def train(setting: Setting, row: str) -> None:
    """Train a row's runs, those that are not finished."""
    for fold in folds_of(row):

        def tell(progress: Progress, fold: int | None = fold) -> None:
            print(
                f"{row} {fold}: {progress.step}/{progress.steps}  {progress.loss:.3f}", flush=True
            )

        run = run_folder(setting, row, fold)
        recipe = RECIPES / f"{row}.toml"
        WEAR.train(recipe, setting.folders, run, mending=setting.mending, fold=fold, progress=tell)


def judge(setting: Setting, row: str) -> dict[str, Any]:
    """The figures of a row on each test set."""
    recipe = read_recipe(RECIPES / f"{row}.toml", WearRecipe)
    bare = [r for r in setting.records if r.dataset == "faces" and r.split == "val"]
    sets = {
        "MaskedFace-Net": [*of(setting, "maskedfacenet", "val"), *bare],
        "painted": [*of(setting, "painted", "val"), *bare],
        "real, test": [r for r in of(setting, "real", "test") if is_counted(r)],
    }
    found: dict[str, Any] = {}
    parts: dict[str, list[tuple[list[FaceRecord], NDArray[np.float32]]]] = {}
    for fold in folds_of(row):
        trained = open_judge(run_folder(setting, row, fold))
        own, seen = held_out(setting.records, recipe, fold)
        chosen = {"real": [record for record in own if is_counted(record)]}
        if fold in (None, 0):  # one fold's network is enough where all are alike
            for name, records in sets.items():
                chosen[name] = [r for r in records if r.group not in seen]
        for name, records in chosen.items():
            logits = judge_all(trained, records, setting.cache)
            parts.setdefault(name, []).append((list(records), logits))
    for name, done in parts.items():
        records = [r for some, _ in done for r in some]
        found[name] = figures_of(records, np.concatenate([logits for _, logits in done]))
    return found


def of(setting: Setting, dataset: str, split: str) -> list[FaceRecord]:
    """The faces of a dataset's split."""
    return [r for r in setting.records if r.dataset == dataset and r.split == split]


def figures_of(records: Sequence[FaceRecord], logits: NDArray[np.float32]) -> dict[str, Any]:
    """Balanced accuracy, recalls, and their intervals."""
    probabilities = probabilities_of(logits, 1.0)
    found, doubt = accuracy(records, probabilities), bootstrap(records, probabilities)
    return {
        "balanced": [found.balanced, *doubt.balanced],
        "recall": {str(w): [p.value, *doubt.by_wear[w]] for w, p in found.by_wear.items()},
        "uncovered": {str(u): [p.value, p.hits, p.count] for u, p in found.by_reason.items()},
        "faces": len(records),
    }


def table(figures: dict[str, Any]) -> list[str]:
    """The table as Markdown."""
    lines = [
        "| trained on | tested on | balanced accuracy | recall of incorrect "
        "| nose | nose and mouth | chin |",
        "|---|---|---|---|---|---|---|",
    ]
    for row, title in ROWS.items():
        for name, found in figures[row].items():
            low, high = found["balanced"][1:]
            incorrect = found["recall"][str(Wear.INCORRECT)]
            parts = [
                "{0[1]}/{0[2]}".format(found["uncovered"][part])
                if part in found["uncovered"]
                else "-"
                for part in ("nose", "nose_and_mouth", "chin")
            ]
            lines.append(
                f"| {title} | {name} | {found['balanced'][0]:.3f} [{low:.3f}, {high:.3f}] "
                f"| {incorrect[0]:.3f} [{incorrect[1]:.3f}, {incorrect[2]:.3f}] "
                f"| {' | '.join(parts)} |"
            )
    return lines


if __name__ == "__main__":
    main()
