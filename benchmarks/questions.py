"""The four questions of the wear network: answers, what is uncovered, and where the evidence lies.

    python -m benchmarks questions [--folds 0] [--test]    # after `make wear pairs slices-painted`

Real photos are judged out of fold, framed as `check` does: each face of train and val that counts
(`metrics.accuracy.is_counted`) by the fold's network that did not see its group; the questions
about parts on masked faces alone. Painted, MaskedFace-Net and bare faces are judged by the whole
run (`full`), which saw none of these people. Where the evidence for a yes lies, and whether it
goes when its part is hidden, is asked of painted pairs of val, and of real faces with incorrect
masks, out of fold. The temperature of each fold is fitted on the others.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Figures, proportion
from benchmarks.question_evidence import painted_pairs, real_hidden
from benchmarks.wear_runs import (
    PEOPLE,
    PHOTOS,
    add_run_options,
    counted_rows,
    fold_weights,
    read_faces,
    tell,
)
from glassmask.lab.classes import (
    CLASSES,
    answer_probabilities,
    class_probabilities,
)
from glassmask.lab.datasets import FaceRecord, PictureCache, read_datasets
from glassmask.lab.evaluation.doubt import doubt
from glassmask.lab.evaluation.out_of_fold import Unseen, judge_folds, open_folds, open_unseen
from glassmask.lab.evaluation.slices import rows_by_slice
from glassmask.lab.evaluation.wear_figures import wear_figures
from glassmask.lab.judging.judge import judge_all
from glassmask.lab.metrics.accuracy import Proportion, accuracy
from glassmask.lab.metrics.calibration import fit_temperature
from glassmask.lab.metrics.conformal import choose_confidence
from glassmask.lab.training.folder import WEIGHTS
from glassmask.labels import QUESTIONS, Wear

Chances: TypeAlias = NDArray[np.floating]
"""A row of probabilities, or of scores, a face."""

MIN_GROUP: Final = 200
"""Bare faces of a group of people that is told for itself."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Where things are, which folds, and whether test is told."""
    add_run_options(parser, runs="wear")
    parser.add_argument("--test", action="store_true", help="report on test too; do this last")


def judged(options: argparse.Namespace) -> Mapping[str, Path]:
    """The whole run and the folds, as far as they are trained."""
    full = options.runs / "full" / WEIGHTS
    return {**({"full": full} if full.is_file() else {}), **fold_weights(options)}


def measure(options: argparse.Namespace) -> Figures:
    """Out of fold, and but for --folds all else."""
    records = read_faces(options)
    cache = PictureCache(records)
    folds = open_folds(options.runs, records, options.folds)
    figures, temperature = out_of_fold(folds, cache)
    found: dict[str, Any] = {"out of fold": figures, "real, hidden": real_hidden(folds)}
    if options.folds is None:
        full = open_unseen(options.runs / "full", records)
        for split in ("val", "test") if options.test else ("val",):
            found[split] = of_split(full, records, split, temperature, options)
    judge = folds[0].judge if options.folds is not None else full.judge
    found["painted pairs"] = painted_pairs(replace(judge, temperature=temperature), options)
    return found


def out_of_fold(folds: Sequence[Unseen], cache: PictureCache) -> tuple[Figures, float]:
    """Figures of real photos, and the temperature that fits all of them."""
    every, scores = judge_folds(folds, cache, "check")
    rows = counted_rows(every)
    faces, scores = [every[row] for row in rows], scores[rows]
    fold_of = np.repeat(np.arange(len(folds)), [len(fold.own) for fold in folds])[rows]
    temperature = fit_temperature(scores, faces)
    chances, answers = cross_fitted(faces, scores, fold_of)
    masked = [row for row, face in enumerate(faces) if face.wear is not Wear.NONE]
    alone = wear_figures([faces[k] for k in masked], chances[masked], answers[masked])
    found = doubt(faces, chances, choose_confidence(chances, faces))
    mean, deviation = found.coverage
    traits = {
        trait: [k for k, face in enumerate(faces) if trait in face.traits]
        for trait in sorted({trait for face in faces for trait in face.traits})
    }
    figures: dict[str, Any] = {
        "temperature": temperature,
        "all": wear_figures(faces, chances, answers),
        "questions on masked faces": alone["questions"],
        "coverage_of_re-splits": {"mean": mean, "deviation": deviation},
        "bare faces by trait": {
            trait: proportion(_called(faces, chances, own, Wear.NONE))
            for trait, own in traits.items()
            if any(faces[k].wear is Wear.NONE for k in own)
        },
        "threshold": threshold_curve(faces, chances),
    }
    for dataset in PHOTOS:
        own = [k for k, face in enumerate(faces) if face.dataset == dataset]
        figures[dataset] = wear_figures([faces[k] for k in own], chances[own], answers[own])
    tell("out of fold", figures["all"])
    _tell_questions(alone["questions"])
    return figures, temperature


def cross_fitted(
    faces: Sequence[FaceRecord], scores: Chances, fold_of: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Class and answer probabilities, each fold's by the temperature that fits the others.

    Of a single fold, by its own: then the calibration error flatters.
    """
    chances, answers = np.zeros((len(faces), len(CLASSES))), np.zeros((len(faces), len(QUESTIONS)))
    for fold in np.unique(fold_of):
        own = fold_of == fold
        others = ~own if (~own).any() else own
        kept = np.flatnonzero(others).tolist()
        temperature = fit_temperature(scores[kept], [faces[k] for k in kept])
        chances[own] = class_probabilities(scores[own], temperature)
        answers[own] = answer_probabilities(scores[own], temperature)
    return chances, answers


def threshold_curve(faces: Sequence[FaceRecord], chances: Chances) -> list[Figures]:
    """What it would give to ask for more, or less, of *none* before it is said.

    `odds`: *none* is said where it is so many times as likely as the likeliest other wear.
    """
    points: list[Figures] = []
    for odds in (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0):
        moved = chances.copy()
        moved[:, CLASSES.index(Wear.NONE)] /= odds
        moved /= moved.sum(axis=1, keepdims=True)
        found = accuracy(faces, moved)
        recalls = {str(wear): share.value for wear, share in found.by_wear.items()}
        points.append({"odds": odds, "balanced": found.balanced, **recalls})
    return points


def of_split(
    full: Unseen,
    records: Sequence[FaceRecord],
    split: str,
    temperature: float,
    options: argparse.Namespace,
) -> Figures:
    """The whole run on painted, MaskedFace-Net and bare faces of a split."""
    found: dict[str, Any] = {}
    painted = read_datasets([options.painted / f"slices-{split}"], options.mend).records
    of_split_ = [record for record in records if record.split == split]
    sets = {
        "painted": (full.unseen(painted), "check"),
        "maskedfacenet": (
            full.unseen([r for r in of_split_ if r.dataset == "maskedfacenet"]),
            "as given",
        ),
        "bare": (full.unseen([r for r in of_split_ if r.dataset == "faces"]), "check"),
    }
    together: list[tuple[list[FaceRecord], Chances]] = []
    for name, (faces, framing) in sets.items():
        cache = PictureCache(faces)
        scores = judge_all(full.judge, faces, cache, framing)  # type: ignore[arg-type]
        chances = class_probabilities(scores, temperature)
        answers = answer_probabilities(scores, temperature)
        found[name] = wear_figures(faces, chances, answers)
        tell(f"{split}, {name}", found[name])
        if name == "bare":
            found["groups of people"] = {
                f"{kind}: {group}": proportion(_called(faces, chances, rows, Wear.NONE))
                for kind in PEOPLE
                for group, rows in rows_by_slice(faces, kind).items()
                if len(rows) >= MIN_GROUP
            }
        else:
            masked = [k for k, face in enumerate(faces) if face.wear is not Wear.NONE]
            together.append(([faces[k] for k in masked], scores[masked]))
    faces = [face for part, _ in together for face in part]
    scores = np.concatenate([part for _, part in together])
    found["questions on masked faces"] = wear_figures(
        faces,
        class_probabilities(scores, temperature),
        answer_probabilities(scores, temperature),
    )["questions"]
    _tell_questions(found["questions on masked faces"])
    return found


def _tell_questions(found: Mapping[str, Any]) -> None:
    print({question: figures["balanced_accuracy"] for question, figures in found.items()})


def _called(
    faces: Sequence[FaceRecord],
    chances: Chances,
    rows: Sequence[int],
    wear: Wear,
) -> Proportion:
    """How many of the faces with a wear, among these rows, are called so."""
    own = [row for row in rows if faces[row].wear is wear]
    return accuracy([faces[row] for row in own], chances[own]).overall
