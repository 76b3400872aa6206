from __future__ import annotations

import json
import math
import resource
from pathlib import Path

import pytest
from typer.testing import CliRunner

from glassmask.cli.app import app
from glassmask.lab.tasks.wear import run as wear_run

runner = CliRunner()


@pytest.fixture
def recipe(tiny_recipe: Path) -> Path:
    return tiny_recipe


@pytest.mark.training
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


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("frozen = 0", "frozen = 18", "efficientnet_lite0 has"),
        ("frozen = 0", "frozen = 19", "network.frozen: must be less than or equal to 18, got 19"),
        ('"mobilenet_v2"', '"resnet"', "network.backbone: there are: mobilenet_v2"),
        ("dropout = 0.1", "dropout = nan", "network.dropout: must be"),
        (
            "[training]",
            "[evidence]\npointing = 1.0\n[training]",
            "evidence.hiding need painted",
        ),
        ("real = { none = 1.0", "real = { hat = 1.0", "hat"),
        ("crops = 32", "crops = 'many'", "training.crops: must be a valid integer, got 'many'"),
        ("[network]", "[networks]", "network: missing: add it"),
    ],
)
def test_what_a_recipe_can_not_have_names_its_file_and_key_and_leaves_no_folder(
    recipe: Path, dataset: Path, tmp_path: Path, old: str, new: str, message: str
) -> None:
    text = recipe.read_text()
    if "efficientnet" in message:
        text = text.replace("mobilenet_v2", "efficientnet_lite0")
    assert old in text
    recipe.write_text(text.replace(old, new))
    run = tmp_path / "run"
    done = runner.invoke(app, ["train", str(recipe), "--data", str(dataset), "--out", str(run)])
    assert done.exit_code == 2
    (line,) = done.stderr.splitlines()
    assert str(recipe) in line
    assert message in line
    assert "Input should" not in line
    assert not run.exists()


@pytest.mark.training
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
        patched.setattr(wear_run, "question_loss", lambda logits, *_, **__: logits.sum() * math.nan)
        done = runner.invoke(app, arguments)
    assert done.exit_code == 2
    assert "the loss is nan at step 0: lower training.learning_rate" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert runner.invoke(app, arguments).exit_code == 0
    assert (run / "weights.safetensors").exists()


@pytest.mark.training
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
