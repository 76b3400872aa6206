"""Networks trained by many recipes, side by side: train what is missing, judge, one row each.

    python -m benchmarks search RECIPE... [--folds 0 1]     # the search for the shipped network
    python -m benchmarks transfer                           # from synthetic to real
    python -m benchmarks reproduction [--test]              # the two studies, and the literature's

`search` trains each recipe on some folds and judges the real faces that no network of a row has
seen; the loss is the balanced one: it moves before the counts do. `transfer` trains one small
network on five kinds of data; rows with real photos are judged out of fold, every other row on
the same faces. `reproduction` judges pictures of MaskedFace-Net and FFHQ, and real photos, all of
people that no run was trained on. What a run has seen, in whatever dataset, is left out of its
row. Painted sets: `make painted pairs-train`.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Figures, proportion
from benchmarks.frame import ROOT, add_data_options
from benchmarks.wear_runs import (
    accuracy_figures,
    counted_rows,
    read_faces,
    run_folders,
)
from glassmask.lab.classes import class_probabilities
from glassmask.lab.datasets import FaceRecord, PictureCache, read_datasets
from glassmask.lab.datasets.records import wear_positions
from glassmask.lab.evaluation.out_of_fold import judge_folds, open_folds
from glassmask.lab.judging.judge import Framing, judge_all
from glassmask.lab.metrics.accuracy import MIN_FACE_PX, accuracy, is_counted
from glassmask.lab.metrics.calibration import balanced_loss
from glassmask.lab.tasks.classifier.recipe import ClassifierRecipe
from glassmask.lab.tasks.judges import open_judge
from glassmask.lab.tasks.registry import open_task_of_recipe
from glassmask.lab.tasks.wear.recipe import WearRecipe
from glassmask.lab.tasks.wear.run import held_out
from glassmask.lab.training.folder import METRICS, RECIPE, WEIGHTS
from glassmask.lab.training.recipe import read_recipe

RECIPES: Final = ROOT / "recipes"
FRAMINGS: Final[Sequence[Framing]] = ("check", "as given", "tight")
TRANSFER: Final = ("maskedfacenet", "template", "painter", "real", "real-painter")
PUBLISHED: Final = {
    "seed-inception-resnet-v1": "96",
    "seed-inception-resnet-v1-mild": "96",
    "seed-resnet50-scratch": "95, from ImageNet weights",
    "mobilenet-v2-scratch": "92.6",
    "alexnet": "89.2",
    "lenet5": "84.6",
}
"""Recipe -> accuracy in percent: Juneja, Kang and Kim 2021, Liu, Lin and Tran 2021, and as the
first cites Nagrath et al. 2021 (two classes, other data)."""
STUDIES: Final = ("maskedfacenet", "faces")
PAINTED: Final = ("painted", "painted-maskedfacenet")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Where things are; for the search, which recipes on which folds."""
    name = parser.prog.split()[-1]
    add_data_options(parser, runs="seeds" if name == "reproduction" else name)
    if name == "search":
        parser.add_argument("recipes", type=Path, nargs="+", help="recipes of task wear")
        parser.add_argument("--folds", type=int, nargs="+", default=[0, 1], help="folds to train")
    if name == "reproduction":
        parser.add_argument("--test", action="store_true", help="report on test too; do this last")


def judged(options: argparse.Namespace) -> Mapping[str, Path]:
    """The weights of all runs, which are trained by now."""
    files = sorted(options.runs.rglob(WEIGHTS))
    return {file.parent.relative_to(options.runs).as_posix(): file for file in files}


def measure(options: argparse.Namespace) -> Figures:
    """Measure what is asked for."""
    return MEASURES[options.benchmark](options)


def train_missing(
    recipe: Path, folders: Sequence[Path], run: Path, options: argparse.Namespace, fold: int | None
) -> None:
    """Train a run, or resume it; nothing if it is finished."""
    print(f"{recipe.stem}, {'all data' if fold is None else f'fold {fold}'}", flush=True)
    task = open_task_of_recipe(recipe)
    task.train(recipe, folders, run, mending=options.mend, fold=fold)


def search(options: argparse.Namespace) -> Figures:
    """Each recipe on real faces out of fold in several framings, and on other datasets' val."""
    for recipe in options.recipes:
        for fold in options.folds:
            run = options.runs / recipe.stem / f"fold-{fold}"
            train_missing(recipe, run_folders(options), run, options, fold)
    records = read_faces(options)
    cache = PictureCache(records)
    found: dict[str, Figures] = {}
    for recipe in options.recipes:
        folds = open_folds(options.runs / recipe.stem, records, options.folds)
        row: dict[str, Figures] = {}
        for framing in FRAMINGS:
            every, logits = judge_folds(folds, cache, framing)
            rows = counted_rows(every)
            row[framing] = with_loss([every[k] for k in rows], logits[rows])
        for dataset in ("maskedfacenet", "painted"):
            faces = folds[0].unseen(in_split(records, dataset, "val"))
            if faces:
                row[dataset] = with_loss(faces, judge_all(folds[0].judge, faces, cache, "as given"))
        found[recipe.stem] = tell(recipe.stem, row)
    return found


def with_loss(faces: Sequence[FaceRecord], logits: NDArray[np.float32]) -> Figures:
    """Figures of accuracy, and the balanced loss, before any calibration."""
    probabilities = class_probabilities(logits, 1.0)
    loss = balanced_loss(probabilities, wear_positions(faces))
    return {"loss": loss, **accuracy_figures(faces, probabilities)}


def transfer(options: argparse.Namespace) -> Figures:
    """The same small network trained on five kinds of data, on each test set."""
    folders = [options.data / name for name in ("real", *STUDIES)]
    folders += [options.painted / name for name in PAINTED]
    records = read_datasets(folders, options.mend).records
    cache = PictureCache(records)
    bare = in_split(records, "faces", "val")
    sets = {
        "MaskedFace-Net": [*in_split(records, "maskedfacenet", "val"), *bare],
        "painted": [*in_split(records, "painted", "val"), *bare],
        "real, test": [r for r in in_split(records, "real", "test") if is_counted(r)],
    }
    found: dict[str, Figures] = {}
    for name in TRANSFER:
        path = RECIPES / "transfer" / f"{name}.toml"
        recipe = read_recipe(path, WearRecipe)
        folds = range(recipe.data.folds) if name.startswith("real") else [None]
        parts: dict[str, list[tuple[list[FaceRecord], NDArray[np.float32]]]] = {}
        for fold in folds:
            run = options.runs / name / ("full" if fold is None else f"fold-{fold}")
            train_missing(path, folders, run, options, fold)
            judge = open_judge(run)
            own, seen = held_out(records, recipe, fold)
            chosen = {"real": [record for record in own if is_counted(record)]}
            if fold in (None, 0):  # one fold's network is enough where all are alike
                chosen |= {n: [r for r in some if r.group not in seen] for n, some in sets.items()}
            for tested, faces in chosen.items():
                parts.setdefault(tested, []).append((faces, judge_all(judge, faces, cache)))
        row = {
            tested: accuracy_figures(
                [face for faces, _ in done for face in faces],
                class_probabilities(np.concatenate([logits for _, logits in done]), 1.0),
            )
            for tested, done in parts.items()
        }
        found[name] = tell(name, row)
    return {"rows": found}


def reproduction(options: argparse.Namespace) -> Figures:
    """The studies' networks on their own kind of pictures and on real photos."""
    folders = [options.data / name for name in STUDIES] + [options.painted / PAINTED[1]]
    for name in PUBLISHED:
        path = RECIPES / f"{name}.toml"
        train_missing(path, folders, options.runs / name, options, None)
    shown = [options.data / name for name in (*STUDIES, "real")]
    records = read_datasets(shown, options.mend).records
    sets = {
        f"{kind}, {split}": [r for r in records if r.split == split and belongs(r)]
        for split in (("val", "test") if options.test else ("val",))
        for kind, belongs in (("MaskedFace-Net", of_the_studies), ("real photos", large))
    }
    cache = PictureCache([record for faces in sets.values() for record in faces])
    sets = {name: cache.readable(faces) for name, faces in sets.items()}
    found: dict[str, Figures] = {}
    for name, published in PUBLISHED.items():
        run = options.runs / name
        judge = open_judge(run)
        row: dict[str, Figures | str | float] = {"published": published, "hours": hours(run)}
        for kind, faces in sets.items():
            said = accuracy(faces, class_probabilities(judge_all(judge, faces, cache), 1.0))
            recall = {str(wear): proportion(hits) for wear, hits in said.by_wear.items()}
            row[kind] = {"overall": proportion(said.overall), "recall": recall}
        found[name] = tell(name, row)
    return {"faces": {name: len(faces) for name, faces in sets.items()}, "recipes": found}


def of_the_studies(record: FaceRecord) -> bool:
    """A picture of MaskedFace-Net, or one of FFHQ, as both studies had them."""
    bare = record.dataset == "faces" and record.source.startswith("FFHQ")
    return bare or record.dataset == "maskedfacenet"


def large(record: FaceRecord) -> bool:
    """A real face that is large enough to judge, and that no network picked."""
    return record.dataset == "real" and record.face_px >= MIN_FACE_PX and not record.picked


def in_split(records: Sequence[FaceRecord], dataset: str, split: str) -> list[FaceRecord]:
    """The faces of a dataset's split that may be measured on."""
    return [r for r in records if r.dataset == dataset and r.split == split and not r.picked]


def hours(run: Path) -> float:
    """How long a run's steps took."""
    batch = read_recipe(run / RECIPE, ClassifierRecipe).training.batch
    with (run / METRICS).open(newline="", encoding="utf-8") as lines:
        rows = [(int(row["step"]), float(row["crops_per_second"])) for row in csv.DictReader(lines)]
    steps = np.diff([step for step, _ in rows], prepend=0)
    return float(sum(batch * steps / np.array([rate for _, rate in rows]))) / 3600


def tell(name: str, row: Figures) -> Figures:
    """Print a row, and hand it back."""
    print(f"{name}: {row}", flush=True)
    return row


MEASURES: Final[Mapping[str, Callable[[argparse.Namespace], Figures]]] = {
    "search": search,
    "transfer": transfer,
    "reproduction": reproduction,
}
