"""What the benchmarks of the wear network open: the faces its runs were given, and which count."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Figures, estimate, proportion
from benchmarks.frame import add_data_options, shipped_weights
from glassmask.errors import RunError
from glassmask.lab.datasets import FaceRecord, read_datasets
from glassmask.lab.evaluation.bootstrap import bootstrap
from glassmask.lab.evaluation.out_of_fold import Unseen, open_unseen
from glassmask.lab.metrics.accuracy import accuracy, is_counted
from glassmask.lab.tasks.judges import open_judge
from glassmask.lab.training.folder import WEIGHTS, read_metadata

PHOTOS: Final = ("real", "wild")
"""Datasets of real photos of people with and without masks."""
SHARED: Final = (*PHOTOS, "maskedfacenet", "faces")
PEOPLE: Final = ("ethnicity", "gender", "age")
"""Slices of groups of people."""
PAINTED: Final = ("painted", "pairs-train", "things")


def add_run_options(parser: argparse.ArgumentParser, *, runs: str) -> None:
    """Add where data and runs are, and which folds are asked for."""
    add_data_options(parser, runs=runs)
    parser.add_argument(
        "--folds", type=int, nargs="+", help="these folds alone; give --out, too: tables want all"
    )


def fold_weights(options: argparse.Namespace) -> dict[str, Path]:
    """The weights of the runs' folds, as far as they are trained."""
    files = sorted(options.runs.glob(f"fold-*/{WEIGHTS}"))
    return {file.parent.name: file for file in files}


def read_faces(options: argparse.Namespace) -> tuple[FaceRecord, ...]:
    """The faces of every dataset that the runs are given.

    Raises:
        DatasetError: a folder is missing, or not as it must be.
    """
    return read_datasets(run_folders(options), options.mend).records


def run_folders(options: argparse.Namespace) -> list[Path]:
    """The folder of every dataset that the runs are given."""
    return [options.data / name for name in SHARED] + [options.painted / name for name in PAINTED]


def counted_rows(faces: Sequence[FaceRecord]) -> list[int]:
    """The rows of the faces that count in figures."""
    return [row for row, face in enumerate(faces) if is_counted(face)]


def open_shipped(runs: Path, records: Sequence[FaceRecord]) -> Unseen:
    """The shipped network as it is shipped, and what the run that it was made of has not seen.

    Raises:
        RunError: `full` among the runs is another one, or not finished.
        RecipeError, DatasetError: as `open_unseen`.
    """
    run = runs / "full"
    found = open_unseen(run, records)
    manifest = shipped_weights("wear")["wear"].with_suffix(".json").read_text(encoding="utf-8")
    if read_metadata(run) != json.loads(manifest)["run"]:
        raise RunError(f"{run}: not the run that the shipped network was exported from")
    return replace(found, judge=open_judge(None))


def accuracy_figures(
    faces: Sequence[FaceRecord], probabilities: NDArray[np.float64]
) -> dict[str, Figures]:
    """Accuracy of class probabilities (N, 5): overall, balanced, by wear, by what is uncovered."""
    found, intervals = accuracy(faces, probabilities), bootstrap(faces, probabilities)
    figures: dict[str, Figures] = {
        "overall": proportion(found.overall),
        "balanced": estimate(found.balanced, intervals.balanced),
        "recall": {str(wear): proportion(recall) for wear, recall in found.by_wear.items()},
        "uncovered": {str(part): proportion(recall) for part, recall in found.by_reason.items()},
    }
    if found.reason.count:
        figures["reason"] = proportion(found.reason)
    return figures


def tell(name: str, found: Mapping[str, Any]) -> None:
    """Print the main ones of `wear_figures` in a line."""
    balanced = found["balanced_accuracy"]
    recalls = ", ".join(f"{k} {v['hits']}/{v['count']}" for k, v in found["recall"].items())
    reasons = ", ".join(
        f"{k} {v['hits']}/{v['count']}"
        for k, v in found["incorrect_by_reason"].items()
        if v["count"]
    )
    print(
        f"{name}: {found['faces']} faces, balanced {balanced['value']} {balanced['interval']}; "
        f"{recalls}; {reasons}; named {found['uncovered_named']['value']}; "
        f"calibration {found['calibration_error']['value']}; "
        f"answered {found['answered']['balanced_accuracy']['value']}",
        flush=True,
    )
