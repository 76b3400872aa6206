"""Write a trained wear network as the package ships it: an ONNX file and its manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import torch

from glassmask.errors import RunError
from glassmask.lab.classes import class_probabilities
from glassmask.lab.datasets import FaceRecord, PictureCache, measurable, read_datasets
from glassmask.lab.export.fp16 import store_weights_fp16
from glassmask.lab.export.onnx_file import compare, manifest_header, to_onnx, write_network
from glassmask.lab.judging.judge import Framing, Judge, crop_records, judge_all
from glassmask.lab.metrics.accuracy import accuracy, is_counted
from glassmask.lab.metrics.calibration import calibration_error, fit_temperature
from glassmask.lab.metrics.conformal import choose_confidence
from glassmask.lab.networks.photo_network import EvidenceModel
from glassmask.lab.tasks.wear.recipe import WearRecipe
from glassmask.lab.tasks.wear.run import build, make_judge
from glassmask.lab.training.folder import require_no_fold
from glassmask.lab.training.run import load_run

FRAMING: Final[Framing] = "check"
"""The framing by which temperature and confidence are chosen."""


def export(
    run: Path,
    data: Sequence[Path],
    out: Path,
    licence: str | None = None,
    mending: Path | None = None,
    labels: Mapping[str, str] | None = None,
) -> Mapping[str, Any]:
    """Write a run's network to `out` (ONNX) and its manifest beside it; returns the manifest.

    Temperature and confidence are chosen on the `val` faces of the recipe's fold datasets that
    count, see `is_counted`; the figures in the manifest are of all `val` faces that were not
    picked.

    Raises:
        RunError: the run is not finished, is of a fold, or no val faces are given.
        ExportError: ONNX Runtime gives other numbers than torch.
        DatasetError: a dataset folder is not as it must be.
    """
    network, recipe = load_run(run, WearRecipe, build)
    require_no_fold(run)
    header = manifest_header(run, recipe, licence)
    reading = read_datasets(data, mending, labels)
    records = [record for record in measurable(reading.records) if record.split == "val"]
    real = [r for r in records if r.dataset in recipe.data.fold_datasets and is_counted(r)]
    for name in recipe.data.fold_datasets:
        if not any(record.dataset == name for record in real):
            raise RunError(f"no val faces of {name!r}: give the folder of that dataset too")
    cache = PictureCache(records)
    records, real = cache.readable(records), cache.readable(real)
    judge = make_judge(network, recipe)
    scores = judge_all(judge, real, cache, FRAMING)
    temperature = round(fit_temperature(scores, real), 4)
    content = evidence_to_onnx(network, recipe.network.size)
    crops = crop_records(real[:32], cache, FRAMING, recipe.network.size)
    compare(content, network, crops, {"logits": 1e-3, "evidence": 1e-3}, relative=True)
    content = store_weights_fp16(content)
    compare(content, network, crops, {"logits": 1e-2, "evidence": 1e-2}, relative=True)
    manifest = {
        **header,
        "input_size": recipe.network.size,
        "combinations": [list(combination) for combination in network.combinations],
        "bias": network.head.bias.tolist(),
        "temperature": temperature,
        "confidence": choose_confidence(class_probabilities(scores, temperature), real),
        "data": sorted({kind.split("/")[0] for kind in header["run"]["faces"]}),
        "metrics": _figures(judge, records, cache, recipe, temperature),
    }
    return write_network(out, content, manifest)


def evidence_to_onnx(network: EvidenceModel, size: int) -> bytes:
    """A network with an evidence head as ONNX.

    `crops` uint8 (N, S, S, 3) to `logits` and `evidence`, float32.
    """
    crops = torch.zeros(2, size, size, 3, dtype=torch.uint8)
    names = ("logits", "evidence")
    return to_onnx(network, crops, "crops", names, {0: torch.export.Dim("N")})


def _figures(
    judge: Judge,
    records: Sequence[FaceRecord],
    cache: PictureCache,
    recipe: WearRecipe,
    temperature: float,
) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for dataset in sorted({record.dataset for record in records}):
        is_real = dataset in recipe.data.fold_datasets
        chosen = [r for r in records if r.dataset == dataset and (is_counted(r) or not is_real)]
        framing: Framing = FRAMING if is_real else "as given"
        scores = judge_all(judge, chosen, cache, framing)
        probabilities = class_probabilities(scores, temperature)
        found = accuracy(chosen, probabilities)
        figures[dataset] = {
            "split": "val",
            "framing": framing,
            "faces": len(chosen),
            "balanced_accuracy": round(found.balanced, 4),
            "recall": {str(w): round(p.value, 4) for w, p in found.by_wear.items()},
            "calibration_error": round(calibration_error(probabilities, chosen), 4),
        }
    return figures
