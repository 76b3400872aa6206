"""The shipped network on real photographs that it has not seen, by their labels read anew.

    python -m benchmarks baseline [--data DATA] [--test]

Faces of `val`, and at the very end of `test`, of the datasets `real` and `wild`, framed as
`glassmask check` frames a face found in the labelled box. None was picked with a network's help,
and none is in a group of which the network was trained on a face: `--mend` moves these groups as
the table did that its run was given. Figures are of all faces, of those whose label is certain, and
of the certain ones of 48 pixels or more before the dataset reduced them.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from benchmarks.figures import Figures
from benchmarks.frame import add_data_options, shipped_weights
from benchmarks.wear_runs import tell
from glassmask.lab.classes import answer_probabilities, class_probabilities
from glassmask.lab.datasets import FaceRecord, PictureCache, measurable, read_datasets
from glassmask.lab.evaluation.wear_figures import wear_figures
from glassmask.lab.judging.judge import judge_all
from glassmask.lab.metrics.accuracy import is_counted
from glassmask.lab.tasks.judges import open_judge

PARTS: Final = {"real and wild": ("real", "wild"), "real": ("real",), "wild": ("wild",)}
"""Part of the figures -> the datasets whose faces it is of."""
ROWS: Final[Mapping[str, Callable[[FaceRecord], bool]]] = {
    "all": lambda _: True,
    "certain": lambda record: record.certain,
    "certain, from 48 px": is_counted,
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Where the data is, and whether `test` is reported, too."""
    add_data_options(parser)
    parser.add_argument("--test", action="store_true", help="report on test too; do this last")


def judged(options: argparse.Namespace) -> Mapping[str, Path]:  # noqa: ARG001
    """The shipped wear network."""
    return shipped_weights("wear")


def measure(options: argparse.Namespace) -> Figures:
    """Judge the faces of each split, and tell the main figures."""
    folders = [options.data / name for name in PARTS["real and wild"]]
    records = measurable(read_datasets(folders, options.mend).records)
    judge = open_judge(None)
    figures: dict[str, Figures] = {}
    for split in ("val", "test") if options.test else ("val",):
        faces = [r for r in records if r.split == split and r.dataset in PARTS["real and wild"]]
        cache = PictureCache(faces)
        faces = cache.readable(faces)
        scores = judge_all(judge, faces, cache, "check")
        chances = class_probabilities(scores, judge.temperature)
        answers = answer_probabilities(scores, judge.temperature)
        parts: dict[str, Figures] = {}
        for part, datasets in PARTS.items():
            found: dict[str, Figures] = {}
            for name, counts in ROWS.items():
                rows = [k for k, r in enumerate(faces) if r.dataset in datasets and counts(r)]
                found[name] = wear_figures([faces[k] for k in rows], chances[rows], answers[rows])
                tell(f"{split}, {part}, {name}", found[name])
            parts[part] = found
        figures[split] = parts
    return figures
