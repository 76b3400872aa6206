"""How right the wear network is: out of fold on real photos, val elsewhere, test when asked.

    python -m benchmarks.accuracy --data DATA --painted RUNS --runs RUNS/wear --mend FILE \
      [--folds 0 1] [--test]

Out of fold: each real face of train and val is judged by the fold's network that did not see its
group; with `--folds` only those of some folds are, and nothing else is measured or written.
The recipe was chosen on fold 0, so the others stand by themselves, too.
`val` and `test` are judged by the shipped network, without groups that its run (`full`) saw.
Real faces count from 48 px (before the dataset reduced them), incorrect ones only where the label
is certain. Temperature and confidence are the shipped network's, chosen on `val`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.wear_runs import PAINTED, SHARED, arguments, counted, faces_of, shipped
from glassmask.lab.datasets import FaceRecord, PictureCache
from glassmask.lab.datasets.records import wear_positions
from glassmask.lab.evaluation.bootstrap import bootstrap
from glassmask.lab.evaluation.out_of_fold import judge_folds, open_folds
from glassmask.lab.judging.judge import Framing, five_probabilities, judge_all
from glassmask.lab.metrics.accuracy import Accuracy, Proportion, accuracy, is_counted
from glassmask.lab.metrics.calibration import calibration_error
from glassmask.lab.metrics.conformal import covered, true_probabilities
from glassmask.labels import WEARS, Wear, fold_wears
from glassmask.networks.manifest import load_network
from glassmask.verdict import prediction_set

FRAMED: Final[Sequence[Framing]] = ("check", "as given", "tight", "medium", "loose", "portrait")
UNSURE: Final = 0.05
"""The share of faces that a network may leave open in the figures with abstention."""


def main() -> None:
    """Print the tables and leave the figures in RUNS/accuracy.json."""
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--test", action="store_true", help="report on test too; do this last")
    options = parser.parse_args()
    records = faces_of(options)
    cache = PictureCache(records)
    manifest = load_network()[1]
    figures: dict[str, Any] = {}

    def tell(name: str, faces: Sequence[FaceRecord], logits: NDArray[np.floating]) -> None:
        figures[name] = told(name, faces, logits, manifest.temperature, manifest.confidence)

    folds = open_folds(options.runs, records, options.folds)
    for framing in FRAMED:
        own, logits = judge_folds(folds, cache, framing)
        name = f"real, out of fold, {framing}"
        for labels, which, faces in by_labels(own, framing):
            tell(name + labels, faces, logits[which])
        if framing == "check" and options.folds is None:
            first = len(folds[0].own)
            for labels, which, faces in by_labels(own[first:], ""):
                tell(f"{name}, all but fold 0{labels}", faces, logits[first:][which])
    if options.folds:
        return
    full = shipped(options.runs, records)
    for split in ("val", "test") if options.test else ("val",):
        for dataset in (*SHARED, PAINTED[0]):
            chosen = [r for r in records if r.dataset == dataset and r.split == split]
            chosen = full.unseen([r for r in chosen if dataset != "real" or is_counted(r)])
            for framing in FRAMED if dataset == "real" else ("as given",):
                logits = judge_all(full.judge, chosen, cache, framing)
                tell(f"{dataset}, {split}, {framing}", chosen, logits)
    (options.runs / "accuracy.json").write_text(json.dumps(figures, indent=2) + "\n")


def by_labels(
    faces: Sequence[FaceRecord], framing: str
) -> list[tuple[str, list[int], list[FaceRecord]]]:
    """The faces that count, and those of certain labels alone.

    Each with what is added to the figures' name, and the rows of the faces.
    """
    given = counted(faces)
    found = {"": given}
    if framing in ("check", "as given"):  # the same without the labels that nobody looked at
        sure = [(row, face) for row, face in zip(*given, strict=True) if face.certain]
        found[", certain labels only"] = [row for row, _ in sure], [face for _, face in sure]
    return [(name, *some) for name, some in found.items()]


def told(
    name: str,
    records: Sequence[FaceRecord],
    logits: NDArray[np.floating],
    temperature: float,
    confidence: float,
) -> dict[str, Any]:
    """Print one block of figures and return them."""
    probabilities = five_probabilities(logits, temperature)
    found = accuracy(records, probabilities)
    low, high = bootstrap(records, probabilities).balanced
    print(f"\n{name}: balanced accuracy {found.balanced:.4f} [{low:.4f}, {high:.4f}]")
    print(f"  accuracy             {found.overall}")
    for wear, recall in found.by_wear.items():
        print(f"  recall {wear:<13} {recall}")
    for part, recall in found.by_reason.items():
        print(f"    {part:<17} {recall}")
    if found.reason.count:
        print(f"  reason named rightly {found.reason}")
    calibrated: dict[str, float | str] = {
        "calibration_error": calibration_error(probabilities, records),
        **_sure(records, probabilities, confidence),
        "with_abstention": abstaining(records, probabilities),
        **_coverage(records, probabilities, confidence),
        "mask_or_none": _two_classes(records, probabilities),
    }
    for key, value in calibrated.items():
        text = f"{value:.4f}" if isinstance(value, float) else value
        print(f"  {key.replace('_', ' '):<20} {text}", flush=True)
    return {
        "balanced_accuracy": found.balanced,
        "interval": [low, high],
        **calibrated,
        **_counts(found),
    }


def _sure(
    records: Sequence[FaceRecord], probabilities: NDArray[np.float64], confidence: float
) -> dict[str, str]:
    """How many are sure by the shipped confidence, and how many of those are right."""
    folded = fold_wears(probabilities)
    sure = folded.max(axis=1) >= confidence
    right = folded.argmax(axis=1) == wear_positions(records)
    return {
        "sure": str(Proportion(int(sure.sum()), len(sure))),
        "right_when_sure": str(Proportion(int(right[sure].sum()), int(sure.sum()))),
    }


def abstaining(records: Sequence[FaceRecord], probabilities: NDArray[np.float64]) -> float:
    """Balanced accuracy of the faces that are left when the least sure are left open."""
    top = fold_wears(probabilities).max(axis=1)
    sure = np.flatnonzero(top >= np.quantile(top, UNSURE)).tolist()
    return accuracy([records[row] for row in sure], probabilities[sure]).balanced


def _coverage(
    records: Sequence[FaceRecord], probabilities: NDArray[np.float64], confidence: float
) -> dict[str, str]:
    """How often prediction sets hold the true wear.

    Those that are shown, by the shipped confidence; how often the true wear alone reaches it, which
    is what the confidence promises where it is one half or more; and the same by thresholds chosen
    on half of the groups for the other half.
    """
    true = true_probabilities(probabilities, records)
    held = covered(true, [record.group for record in records])
    wears = fold_wears(probabilities)
    shown = sum(
        record.wear in prediction_set(own, confidence)
        for record, own in zip(records, wears, strict=True)
    )
    return {
        "sets_hold_truth": str(Proportion(shown, len(true))),
        "truth_reaches_confidence": str(Proportion(int((true >= confidence).sum()), len(true))),
        "by_200_re-splits": f"{held.mean():.4f}, standard deviation {held.std():.4f}",
    }


def _two_classes(records: Sequence[FaceRecord], probabilities: NDArray[np.float64]) -> str:
    """Mask against no mask, of faces with a correct one or none; a mask is either masked wear."""
    wears = wear_positions(records)
    masked = fold_wears(probabilities).argmax(axis=1) != WEARS.index(Wear.NONE)
    worn, bare = masked[wears == WEARS.index(Wear.CORRECT)], masked[wears == WEARS.index(Wear.NONE)]
    parts = [Proportion(int(hits.sum()), len(hits)) for hits in (worn, ~bare) if len(hits)]
    balanced = float(np.mean([part.value for part in parts])) if parts else float("nan")
    return f"{balanced:.4f}: " + ", ".join(map(str, parts))


def _counts(found: Accuracy) -> dict[str, Any]:
    named = [*found.by_wear.items(), *found.by_reason.items(), ("overall", found.overall)]
    return {
        "recall": {
            str(k): {"hits": p.hits, "count": p.count, "interval": p.interval()} for k, p in named
        }
    }


if __name__ == "__main__":
    main()
