"""What the benchmarks of the wear network open: the faces its runs were given, and which count."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Final

from glassmask.errors import RunError
from glassmask.lab.datasets import FaceRecord, read_datasets
from glassmask.lab.evaluation.out_of_fold import Unseen, open_unseen
from glassmask.lab.metrics.accuracy import is_counted
from glassmask.lab.tasks.judges import open_judge
from glassmask.lab.training.folder import read_metadata

SHARED: Final = ("real", "maskedfacenet", "faces")
PAINTED: Final = ("painted", "pairs-train")


def arguments(description: str) -> argparse.ArgumentParser:
    """A parser with what all of them ask for."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--painted", type=Path, required=True, help="where the painted sets are")
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--mend", type=Path, help="a table of `glassmask data mend`")
    parser.add_argument("--folds", type=int, nargs="+", help="these folds alone")
    return parser


def folders_of(options: argparse.Namespace) -> list[Path]:
    """The folder of every dataset that the runs are given."""
    return [options.data / name for name in SHARED] + [options.painted / name for name in PAINTED]


def faces_of(options: argparse.Namespace) -> tuple[FaceRecord, ...]:
    """Their faces.

    Raises:
        DatasetError: a folder is missing, or not as it must be.
    """
    return read_datasets(folders_of(options), options.mend).records


def counted(faces: Sequence[FaceRecord]) -> tuple[list[int], list[FaceRecord]]:
    """Rows of the real faces that count, and the faces."""
    rows = [row for row, face in enumerate(faces) if is_counted(face)]
    return rows, [faces[row] for row in rows]


def shipped(runs: Path, records: Sequence[FaceRecord]) -> Unseen:
    """The shipped network as it is shipped, and what the run that it was made of has not seen.

    Raises:
        RunError: `full` among the runs is another one, or not finished.
        RecipeError, DatasetError: as `open_unseen`.
    """
    run = runs / "full"
    found = open_unseen(run, records)
    manifest = (resources.files("glassmask") / "weights" / "wear.json").read_text(encoding="utf-8")
    if read_metadata(run) != json.loads(manifest)["run"]:
        raise RunError(f"{run}: not the run that the shipped network was exported of")
    return replace(found, judge=open_judge(None))
