"""The lab's commands, from a dataset to a network that checks a photo."""

from __future__ import annotations

import json
import math
import resource
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from glassmask import Checker
from glassmask.cli.app import app
from glassmask.lab.datasets import PictureCache, read_datasets
from glassmask.lab.judging.judge import judge_all
from glassmask.lab.metrics.accuracy import accuracy, is_counted
from glassmask.lab.metrics.calibration import fit_temperature
from glassmask.lab.metrics.conformal import choose_confidence
from glassmask.lab.tasks.judges import open_judge
from glassmask.lab.tasks.wear import run as wear_run
from glassmask.verdict import probabilities_of

runner = CliRunner()


@pytest.fixture
def recipe(tiny_recipe: Path) -> Path:
    return tiny_recipe


def test_train_and_export(
    recipe: Path,
    dataset: Path,
    tmp_path: Path,
    demo: dict[str, NDArray[np.uint8]],
    faces: Any,
) -> None:
    run, out = tmp_path / "run", tmp_path / "net" / "tiny.onnx"
    trained = runner.invoke(app, ["train", str(recipe), "--data", str(dataset), "--out", str(run)])
    assert trained.exit_code == 0, trained.output
    assert "step 4/4 (100%)" in trained.output
    card = json.loads((run / "run.json").read_text())
    assert card["faces"]["real/nose"] == 4
    assert card["precision"] == "f32"
    exported = runner.invoke(app, ["export", str(run), "--data", str(dataset), "--out", str(out)])
    assert exported.exit_code == 0, exported.output
    networks = {"network": out, "finder": faces.demo, "landmarks": faces.landmarks}
    (verdict,) = Checker(**networks, engine="onnxruntime").check(demo["none"])
    assert verdict.evidence.maps.shape == (5, 4, 4)
    fields = json.loads(out.with_suffix(".json").read_text())
    assert (fields["data"], fields["licence"]) == (["real"], None)
    # Chosen on the val faces that count, framed as a check frames them, of the network as trained.
    counted = [r for r in read_datasets([dataset]).records if r.split == "val" and is_counted(r)]
    logits = judge_all(open_judge(run), counted, PictureCache(counted), "check")
    temperature = fit_temperature(logits, counted)
    assert fields["temperature"] == pytest.approx(temperature, abs=1e-4)
    chances = probabilities_of(logits, fields["temperature"])
    assert fields["confidence"] == choose_confidence(chances, counted)
    told = fields["metrics"]["real"]
    assert (told["split"], told["framing"], told["faces"]) == ("val", "check", len(counted))
    assert told["balanced_accuracy"] == round(accuracy(counted, chances).balanced, 4)
    begun = (run / "run.json").read_text()
    again = runner.invoke(app, ["train", str(recipe), "--data", str(dataset), "--out", str(run)])
    assert again.exit_code == 0
    assert "step" not in again.output
    assert (run / "run.json").read_text() == begun
    other = [*("train", str(recipe), "--data", str(dataset), "--out", str(run)), "--fold", "0"]
    refused = runner.invoke(app, other)
    assert refused.exit_code == 2
    assert "holds a run with another fold" in refused.stderr
    (run / "weights.safetensors").write_bytes(b"garbage")
    broken = runner.invoke(app, ["export", str(run), "--data", str(dataset), "--out", str(out)])
    assert broken.exit_code == 2
    assert "weights.safetensors: broken" in broken.stderr


def test_a_fold_leaves_its_groups_out(recipe: Path, dataset: Path, tmp_path: Path) -> None:
    run = tmp_path / "fold"
    arguments = ["train", str(recipe), "--data", str(dataset), "--out", str(run), "--fold", "1"]
    assert runner.invoke(app, arguments).exit_code == 0
    card = json.loads((run / "run.json").read_text())
    assert sum(card["faces"].values()) < 25  # of train and val
    out = tmp_path / "fold.onnx"
    refused = runner.invoke(app, ["export", str(run), "--data", str(dataset), "--out", str(out)])
    assert refused.exit_code == 2
    assert "a run of a fold: it has seen faces of val" in refused.stderr
    assert not out.exists()
    report = tmp_path / "report"
    judged = [*("evaluate", str(run), "--data", str(dataset), "--out", str(report))]
    refused = runner.invoke(app, judged)
    assert refused.exit_code == 2
    assert "a run of a fold" in refused.stderr
    assert not report.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "gone.toml", "--data", "DATA", "--out", "o"], "gone.toml: can't be read"),
        (["train", "RECIPE", "--data", "nowhere", "--out", "o"], "nowhere: no such folder"),
        (["train", "RECIPE", "--data", "DATA", "--out", "o", "--fold", "9"], "fold 9 does not"),
        (["export", "nowhere", "--data", "DATA", "--out", "o.onnx"], "no finished run in it"),
        (["export", "nowhere", "--data", "DATA", "--out", "o.json"], "o.json: a network is a file"),
    ],
)
def test_faults_are_one_line(
    recipe: Path, dataset: Path, tmp_path: Path, arguments: list[str], message: str
) -> None:
    known = {"DATA": str(dataset), "RECIPE": str(recipe), "o": str(tmp_path / "o")}
    done = runner.invoke(app, [known.get(a, a) for a in arguments])
    assert done.exit_code == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_full_disk_and_a_loss_that_is_no_number_are_one_line(
    recipe: Path, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "run"
    arguments = ["train", str(recipe), "--data", str(dataset), "--out", str(run)]

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (6_000_000, limits[1]))  # the weights have 9 MB
    try:
        done = runner.invoke(app, arguments)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert done.exit_code == 2
    assert done.stderr.splitlines()[-1] == f"error: {run}: File too large"
    assert "Traceback" not in done.stderr
    assert not list(run.glob("*.part"))
    assert not (run / "weights.safetensors").exists()
    with monkeypatch.context() as patched:
        patched.setattr(wear_run, "allowed_loss", lambda logits, *_: logits.sum() * math.nan)
        done = runner.invoke(app, arguments)
    assert done.exit_code == 2
    assert "the loss is nan at step 0: lower training.learning_rate" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert runner.invoke(app, arguments).exit_code == 0
    assert (run / "weights.safetensors").exists()


def test_another_recipes_run_is_left_alone(recipe: Path, dataset: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "weights.safetensors").write_bytes(b"somebody's")
    arguments = ["train", str(recipe), "--data", str(dataset), "--out", str(run)]
    done = runner.invoke(app, arguments)
    assert done.exit_code == 2
    assert "holds a run whose metadata are missing or broken" in done.stderr
    (run / "recipe.toml").write_text("other")
    (run / "run.json").write_text("{}")
    done = runner.invoke(app, arguments)
    assert done.exit_code == 2
    assert "holds a run of another recipe" in done.stderr
    (run / "weights.safetensors").unlink()  # nothing was trained: nothing is lost
    assert runner.invoke(app, arguments).exit_code == 0


def test_demo(tmp_path: Path) -> None:
    done = runner.invoke(app, ["demo", str(tmp_path / "demo")])
    assert done.exit_code == 0
    assert len(list((tmp_path / "demo").glob("*.png"))) == 5
    (tmp_path / "file").touch()
    failed = runner.invoke(app, ["demo", str(tmp_path / "file")])
    assert failed.exit_code == 2
    assert "can't write to" in failed.stderr
