"""`glassmask export`, of a run that `glassmask train` made: from a dataset to a checked photo."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from glassmask import Checker
from glassmask.cli.app import app
from glassmask.lab.classes import class_probabilities
from glassmask.lab.datasets import PictureCache, read_datasets
from glassmask.lab.judging.judge import judge_all
from glassmask.lab.metrics.accuracy import accuracy, is_counted
from glassmask.lab.metrics.calibration import fit_temperature
from glassmask.lab.metrics.conformal import choose_confidence
from glassmask.lab.tasks.judges import open_judge

runner = CliRunner()


@pytest.mark.training
def test_train_and_export(
    tiny_recipe: Path,
    dataset: Path,
    tmp_path: Path,
    demo: dict[str, NDArray[np.uint8]],
    faces: Any,
) -> None:
    run, out = tmp_path / "run", tmp_path / "net" / "tiny.onnx"
    training = ["train", str(tiny_recipe), "--data", str(dataset), "--out", str(run)]
    trained = runner.invoke(app, training)
    assert trained.exit_code == 0, trained.output
    assert "step 4/4 (100%)" in trained.output
    card = json.loads((run / "run.json").read_text())
    assert card["faces"]["real/nose"] == 4
    assert card["precision"] == "f32"
    exported = runner.invoke(app, ["export", str(run), "--data", str(dataset), "--out", str(out)])
    assert exported.exit_code == 0, exported.output
    networks = {"network": out, "finder": faces.demo, "landmarks": faces.landmarks}
    (verdict,) = Checker(**networks, engine="onnxruntime").check(demo["none"])
    assert verdict.evidence.maps.shape == (4, 4, 4)
    fields = json.loads(out.with_suffix(".json").read_text())
    assert (fields["data"], fields["licence"]) == (["real"], None)
    # Chosen on the val faces that count, framed as a check frames them, of the network as trained.
    counted = [r for r in read_datasets([dataset]).records if r.split == "val" and is_counted(r)]
    logits = judge_all(open_judge(run), counted, PictureCache(counted), "check")
    temperature = fit_temperature(logits, counted)
    assert fields["temperature"] == pytest.approx(temperature, abs=1e-4)
    chances = class_probabilities(logits, fields["temperature"])
    assert fields["confidence"] == choose_confidence(chances, counted)
    told = fields["metrics"]["real"]
    assert (told["split"], told["framing"], told["faces"]) == ("val", "check", len(counted))
    assert told["balanced_accuracy"] == round(accuracy(counted, chances).balanced, 4)
    begun = (run / "run.json").read_text()
    again = runner.invoke(app, training)
    assert again.exit_code == 0
    assert "step" not in again.output
    assert (run / "run.json").read_text() == begun
    other = [*training, "--fold", "0"]
    refused = runner.invoke(app, other)
    assert refused.exit_code == 2
    assert "holds a run with another fold" in refused.stderr
    (run / "weights.safetensors").write_bytes(b"garbage")
    broken = runner.invoke(app, ["export", str(run), "--data", str(dataset), "--out", str(out)])
    assert broken.exit_code == 2
    assert "weights.safetensors: broken" in broken.stderr
