"""How right the wear network is: out of fold on real photos, by slices, and on val and test.

    python -m benchmarks accuracy [--folds 0 1] [--test]      # after `make wear slices`

Out of fold: each real face of train and val is judged by the fold's network that did not see its
group, as it is and degraded. The recipe was chosen on fold 0, so the others stand by themselves,
too. `val`, and with --test `test`, are judged by the shipped network, without groups that its run
(`full`) saw. Painted masks are on faces of val and test people (`slices-val` and `slices-test`
among the painted sets); groups of people are those of the faces that they were painted on, as the
sources name them. Only faces that count are measured (`metrics.accuracy.is_counted`). Temperature
and confidence are the shipped network's, chosen on `val`.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Figures, finite, proportion
from benchmarks.frame import TRAITS, shipped_weights
from benchmarks.wear_runs import (
    PAINTED,
    PEOPLE,
    PHOTOS,
    SHARED,
    accuracy_figures,
    add_run_options,
    counted_rows,
    fold_weights,
    open_shipped,
    read_faces,
)
from glassmask.lab.classes import class_probabilities
from glassmask.lab.datasets import FaceRecord, PictureCache, read_datasets, read_traits
from glassmask.lab.evaluation.doubt import doubt
from glassmask.lab.evaluation.out_of_fold import Unseen, judge_folds, open_folds
from glassmask.lab.evaluation.painted_slices import (
    ELSEWHERE,
    painted_slices,
    photo_name,
    read_painted_rows,
    with_person,
)
from glassmask.lab.evaluation.slices import rows_by_slice
from glassmask.lab.judging.degrade import (
    blur,
    blur_by_motion,
    darken,
    darken_with_noise,
    reduce,
)
from glassmask.lab.judging.judge import Degrade, Framing, judge_all
from glassmask.lab.metrics.accuracy import Proportion, accuracy, is_counted
from glassmask.networks.manifest import load_wear_network
from glassmask.verdict import BLURRED_DETAIL, DARK_LEVEL, SMALL_PX

FRAMINGS: Final[Sequence[Framing]] = (
    "tight",
    "medium",
    "portrait",
    "loose",
    "as given",
    "check",
)
SLICES: Final = ("slices-val", "slices-test")
DEGRADED: Final[Mapping[str, Degrade]] = {
    "dark": darken_with_noise,
    "as dark as is judged": partial(darken, level=DARK_LEVEL),
    "motion blur": blur_by_motion,
    "as blurred as is judged": partial(blur, min_detail=BLURRED_DETAIL),
    "face of 40 px": partial(reduce, face_px=40),
    "face of 32 px": partial(reduce, face_px=SMALL_PX),
}
MIN_GROUP: Final = 30
"""Groups with fewer faces are told, but not in the largest gap."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Where things are, which folds, and whether test is told."""
    add_run_options(parser, runs="wear")
    parser.add_argument("--test", action="store_true", help="report on test too; do this last")


def judged(options: argparse.Namespace) -> Mapping[str, Path]:
    """The shipped network and the folds."""
    return {**shipped_weights("wear"), **fold_weights(options)}


def measure(options: argparse.Namespace) -> Figures:
    """Out of fold, and but for --folds all else."""
    records = read_faces(options)
    cache = PictureCache(records)
    folds = open_folds(options.runs, records, options.folds)
    figures: dict[str, Figures] = {"out of fold": out_of_fold(folds, cache)}
    slices: dict[str, Figures] = {"real": real_slices(folds, cache)}
    if options.folds is None:
        full = open_shipped(options.runs, records)
        for split in ("val", "test") if options.test else ("val",):
            figures[split] = of_split(full, records, split, cache)
        slices["painted"], figures["people"] = painted(full, records, cache, options)
    return {**figures, "slices": slices}


def out_of_fold(folds: Sequence[Unseen], cache: PictureCache) -> Figures:
    """Real faces in each framing, and without the fold that the recipe was chosen on."""
    found: dict[str, Figures] = {}
    for framing in FRAMINGS:
        faces, logits = judge_folds(folds, cache, framing)
        rows = counted_rows(faces)
        found[framing] = tell(f"out of fold, {framing}", [faces[k] for k in rows], logits[rows])
        if framing == "check" and len(folds) > 1:
            rows = [row for row in rows if row >= len(folds[0].own)]
            name = "check, all but fold 0"
            found[name] = tell(f"out of fold, {name}", [faces[k] for k in rows], logits[rows])
    return {"faces": sum(is_counted(face) for fold in folds for face in fold.own), **found}


def of_split(
    full: Unseen, records: Sequence[FaceRecord], split: str, cache: PictureCache
) -> Figures:
    """The shipped network on a split of every dataset."""
    found: dict[str, Figures] = {}
    for dataset in (*SHARED, PAINTED[0]):
        faces = full.unseen([r for r in records if r.dataset == dataset and r.split == split])
        if dataset in PHOTOS:
            faces = [face for face in faces if is_counted(face)]
        if not faces:
            print(f"{split}, {dataset}: no face that counts and was not trained on", flush=True)
            continue
        for framing in FRAMINGS if dataset in PHOTOS else ("as given",):
            name = f"{dataset}, {framing}" if dataset in PHOTOS else dataset
            logits = judge_all(full.judge, faces, cache, framing)
            found[name] = tell(f"{split}, {name}", faces, logits)
    return found


def tell(name: str, faces: Sequence[FaceRecord], logits: NDArray[np.floating]) -> Figures:
    """The figures of one or more faces; told on standard output, too."""
    manifest = load_wear_network()[1]
    probabilities = class_probabilities(logits, manifest.temperature)
    figures = accuracy_figures(faces, probabilities)
    found = doubt(faces, probabilities, manifest.confidence)
    print(f"{name}: {figures['balanced']}, {figures['recall']}", flush=True)
    mean, deviation = found.coverage
    return {
        **figures,
        "calibration_error": found.calibration_error,
        "sure": proportion(found.sure),
        "right_when_sure": proportion(found.right_when_sure),
        "balanced_with_abstention": found.balanced_with_abstention,
        "sets_hold_truth": proportion(found.sets_hold_truth),
        "truth_reaches_confidence": proportion(found.truth_reaches_confidence),
        "coverage_of_re-splits": {"mean": mean, "deviation": deviation},
        "mask_or_none": {"value": finite(found.mask_or_none)},
    }


def real_slices(folds: Sequence[Unseen], cache: PictureCache) -> Figures:
    """Real photos, out of fold: by size and by traits, and degraded."""
    faces, logits = judge_folds(folds, cache, "check")
    certain = [row for row, face in enumerate(faces) if face.certain and not face.picked]
    large = [row for row in certain if is_counted(faces[row])]
    parts: dict[str, list[int]] = {"all": large}
    for low, high in ((32, 48), (24, 32), (0, 24)):
        parts[f"{low} to {high} px"] = [k for k in certain if low <= faces[k].face_px < high]
    traits = read_traits(TRAITS)
    for name in traits.names:
        parts[name] = [row for row in large if name in (traits.get(faces[row]) or ())]
    found = by_part(faces, logits, parts)
    for name, spoil in DEGRADED.items():
        _, harder = judge_folds(folds, cache, "check", degrade=spoil)
        found |= by_part(faces, harder, {name: large})
    return found


def by_part(
    faces: Sequence[FaceRecord], logits: NDArray[np.float32], parts: Mapping[str, Sequence[int]]
) -> dict[str, Figures]:
    """Balanced accuracy and recalls of each part that is not empty."""
    probabilities = class_probabilities(logits, load_wear_network()[1].temperature)
    found: dict[str, Figures] = {}
    for name, rows in parts.items():
        if rows:
            part = accuracy([faces[row] for row in rows], probabilities[list(rows)])
            recall = {str(wear): proportion(hits) for wear, hits in part.by_wear.items()}
            found[name] = {"balanced": part.balanced, "recall": recall}
            print(f"{name}: {found[name]}", flush=True)
    return found


def painted(
    full: Unseen, records: Sequence[FaceRecord], cache: PictureCache, options: argparse.Namespace
) -> tuple[Figures, Figures]:
    """Slices of painted faces, and groups of people among them and among bare faces."""
    folders = [options.painted / name for name in SLICES]
    masked = full.unseen(read_datasets(folders, options.mend).records)
    rows = read_painted_rows(folders)
    logits = judge_all(full.judge, masked, PictureCache(masked), "check")
    parts = painted_slices(masked, rows, options.data / "faces", read_traits(TRAITS))
    slices = {name: figures["recall"] for name, figures in by_part(masked, logits, parts).items()}
    bare = full.unseen([r for r in records if r.dataset == "faces" and r.split != "train"])
    named = {record.path.name: record for record in bare}
    usual = [k for k, record in enumerate(masked) if rows[record.path]["way"] != ELSEWHERE]
    people = [with_person(masked[k], named.get(photo_name(rows[masked[k].path]))) for k in usual]
    temperature = load_wear_network()[1].temperature
    groups = {
        "painted": by_group(people, class_probabilities(logits[usual], temperature)),
        "bare": by_group(
            bare, class_probabilities(judge_all(full.judge, bare, cache, "check"), temperature)
        ),
    }
    gaps = {name: largest_gap(found) for name, found in groups.items()}
    shares = {
        name: {group: proportion(hits) for kind in found.values() for group, hits in kind.items()}
        for name, found in groups.items()
    }
    print(f"groups of people: {shares}; the largest gaps: {gaps}", flush=True)
    return slices, {**shares, "largest_gap": gaps}


def by_group(
    faces: Sequence[FaceRecord], probabilities: NDArray[np.float64]
) -> dict[str, dict[str, Proportion]]:
    """How many are right of each group of people, by kind of group."""
    return {
        kind: {
            group: accuracy([faces[row] for row in rows], probabilities[rows]).overall
            for group, rows in rows_by_slice(faces, kind).items()
        }
        for kind in PEOPLE
    }


def largest_gap(groups: Mapping[str, Mapping[str, Proportion]]) -> float:
    """The largest difference between groups of one kind that have `MIN_GROUP` faces or more."""
    gaps = [0.0]
    for kind in groups.values():
        values = [hits.value for hits in kind.values() if hits.count >= MIN_GROUP]
        gaps += [max(values) - min(values)] if values else []
    return max(gaps)
