"""How right the wear network is: out of fold on real photos, val elsewhere, test when asked.

    python benchmarks/accuracy.py --data ../shared/data --runs ~/.cache/glassmask/wear \
      [--mend FILE] [--relabelled FILE] [--test]

Out of fold: each real face of train and val is judged by the fold's network that did not see
its group. `val` and `test` are judged by the run that is shipped (`full`). Real faces count
from 48 px (before the dataset reduced them), incorrect ones only where the label is certain.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassmask.lab.datasets import FaceRecord, PictureCache, read_datasets
from glassmask.lab.datasets.relabelling import Relabelling, read_relabelling
from glassmask.lab.evaluation.bootstrap import bootstrap
from glassmask.lab.evaluation.calibration import calibration_error
from glassmask.lab.evaluation.framing import FRAMINGS
from glassmask.lab.evaluation.metrics import Accuracy, accuracy, is_judged
from glassmask.lab.evaluation.predictions import predict
from glassmask.lab.export.wear import load_run
from glassmask.lab.training.folder import CARD, RECIPE
from glassmask.lab.training.recipe import read_recipe
from glassmask.lab.training.run import corrected, fold_pool, table_hash, training_records
from glassmask.labels import fold
from glassmask.manifest import load_network
from glassmask.verdict import prediction_set, probabilities_of

DATASETS = ("real", "maskedfacenet", "faces")


def main() -> None:
    """Print the tables and leave the figures in RUNS/accuracy.json."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--mend", type=Path, help="a table of `glassmask data mend`")
    parser.add_argument("--relabelled", type=Path, help="training labels that were found wrong")
    parser.add_argument("--test", action="store_true", help="report on test too; do this last")
    options = parser.parse_args()
    folders = [options.data / name for name in DATASETS]
    records = read_datasets(folders, options.mend).records
    trained_by = splits_of(options.runs / "full", (records, read_datasets(folders).records))
    right = read_relabelling(options.relabelled) if options.relabelled else None
    cache = PictureCache(records)
    manifest = load_network()[1]
    network, recipe = load_run(options.runs / "full")
    size = recipe.network.size
    figures: dict[str, Any] = {}

    pool, folds = fold_pool(trained_by, recipe)
    mended = {r.path: r for r in records}
    for framing in FRAMINGS:
        judged: list[FaceRecord] = []
        parts: list[NDArray[np.float32]] = []
        for number in range(recipe.data.folds):
            seen = {mended[r.path].group for r in training_records(trained_by, recipe, number)}
            own = [mended[r.path] for r, fold in zip(pool, folds, strict=True) if fold == number]
            held_out = [
                r for r in own if is_judged(r) and r.split != "test" and r.group not in seen
            ]
            fold_network, _ = load_run(options.runs / f"fold-{number}")
            judged += held_out
            parts.append(predict(fold_network, held_out, cache, framing, size))
        logits = np.concatenate(parts)
        name = f"real, out of fold, {framing}"
        figures[name] = tell(name, judged, logits, manifest.temperature, manifest.confidence)
        for labels, faces in others_of(judged, framing, right).items():
            which, named = [i for i, _ in faces], [record for _, record in faces]
            name = f"real, out of fold, {framing}, {labels}"
            figures[name] = tell(
                name, named, logits[which], manifest.temperature, manifest.confidence
            )

    seen = {mended[r.path].group for r in training_records(trained_by, recipe, None)}
    for split in ("val", "test") if options.test else ("val",):
        for dataset in DATASETS:
            chosen = [r for r in records if r.dataset == dataset and r.split == split]
            chosen = [r for r in chosen if dataset != "real" or is_judged(r)]
            chosen = [r for r in chosen if r.group not in seen]
            for framing in FRAMINGS if dataset == "real" else ("as given",):
                logits = predict(network, chosen, cache, framing, size)
                name = f"{dataset}, {split}, {framing}"
                figures[name] = tell(
                    name, chosen, logits, manifest.temperature, manifest.confidence
                )
    (options.runs / "accuracy.json").write_text(json.dumps(figures, indent=2) + "\n")


def others_of(
    judged: Sequence[FaceRecord], framing: str, right: Relabelling | None
) -> dict[str, list[tuple[int, FaceRecord]]]:
    """By other labels than those they came with: which of the faces, and as what."""
    found: dict[str, list[tuple[int, FaceRecord]]] = {}
    if right is not None:
        fixed = [(i, now) for i, record in enumerate(judged) for now in right.of([record])]
        found["wrong labels corrected"] = [(i, now) for i, now in fixed if is_judged(now)]
    if framing == "as given":  # the same without the labels that nobody looked at
        found["certain labels only"] = [(i, r) for i, r in enumerate(judged) if r.certain]
    return found


def splits_of(run: Path, readings: Sequence[tuple[FaceRecord, ...]]) -> tuple[FaceRecord, ...]:
    """The reading, mended or not, that a run was trained by.

    Whichever it was, faces are judged in their mended groups: a photo that two datasets share
    is in one group, and whoever trained on the one has seen the other.
    """
    recipe = read_recipe(run / RECIPE)
    card = json.loads((run / CARD).read_text(encoding="utf-8"))
    for records in readings:
        faces = training_records(records, recipe, card["fold"])
        if table_hash(corrected(faces, recipe, run)) == card["data"]:
            return records
    raise SystemExit(f"{run}: was trained on other faces than these")


def tell(
    name: str,
    records: Sequence[FaceRecord],
    logits: NDArray[np.float32],
    temperature: float,
    confidence: float,
) -> dict[str, Any]:
    """Print one block of figures and return them."""
    probabilities = probabilities_of(logits, temperature)
    found = accuracy(records, probabilities)
    folded = fold(probabilities)
    sets = [prediction_set(row, confidence) for row in folded]
    sure = np.array([len(likely) == 1 for likely in sets])
    right = np.array([likely[0] is r.wear for likely, r in zip(sets, records, strict=True)])
    covered = np.array([r.wear in likely for likely, r in zip(sets, records, strict=True)])
    low, high = bootstrap(records, probabilities).balanced
    error = calibration_error(probabilities, records)
    print(f"\n{name}: balanced accuracy {found.balanced:.4f} [{low:.4f}, {high:.4f}]")
    print(f"  accuracy             {found.overall}")
    for wear, recall in found.by_wear.items():
        print(f"  recall {wear:<13} {recall}")
    for part, recall in found.by_uncovered.items():
        print(f"    {part:<17} {recall}")
    if found.reason.count:
        print(f"  reason named rightly {found.reason}")
    print(
        f"  calibration error {error:.4f}; sure {sure.mean():.3f}, of these right "
        f"{right[sure].mean():.4f}; prediction sets hold the truth {covered.mean():.4f}",
        flush=True,
    )
    return {
        "balanced_accuracy": found.balanced,
        "interval": [low, high],
        "calibration_error": error,
        "sure": float(sure.mean()),
        "right_when_sure": float(right[sure].mean()),
        "coverage": float(covered.mean()),
        **_counts(found),
    }


def _counts(found: Accuracy) -> dict[str, Any]:
    named = [*found.by_wear.items(), *found.by_uncovered.items(), ("overall", found.overall)]
    return {
        "recall": {
            str(k): {"hits": p.hits, "count": p.count, "interval": p.interval()} for k, p in named
        }
    }


if __name__ == "__main__":
    main()
