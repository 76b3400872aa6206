"""`glassmask evaluate`: the report, the figures and the table of a network."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file
from typer.testing import CliRunner

from glassmask.cli.app import app
from glassmask.errors import RunError
from glassmask.lab.datasets import PictureCache, read_datasets
from glassmask.lab.judging.judge import judge_all
from glassmask.lab.metrics.accuracy import is_counted
from glassmask.lab.metrics.calibration import fit_temperature
from glassmask.lab.tasks.classifier.task import TASK as CLASSIFIER
from glassmask.lab.tasks.judges import open_judge
from glassmask.lab.tasks.wear.export import export
from glassmask.lab.tasks.wear.task import TASK as WEAR

pytestmark = pytest.mark.heavy


def test_a_classifier_is_evaluated(dataset: Path, lenet_run: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = ["evaluate", str(lenet_run), "--data", str(dataset), "--out", str(out)]
    done = CliRunner().invoke(app, [*command, "--gallery", "3"])
    assert done.exit_code == 0, done.output
    assert "test: 5 faces, accuracy" in done.output
    metrics = json.loads((out / "metrics.json").read_text())
    assert list(metrics["splits"]) == ["train", "val", "test"]
    val = metrics["splits"]["val"]
    assert val["faces"] == 5
    assert "reason" not in val  # three classes can't name it
    assert sum(sum(row.values()) for row in val["confusion"].values()) == 5
    with (out / "predictions.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 30
    assert all(Path(row["file"]).is_file() for row in rows)
    for row in rows:
        chances = {wear: float(row[f"p_{wear}"]) for wear in ("correct", "incorrect", "none")}
        assert sum(chances.values()) == pytest.approx(1, abs=1e-4)
        assert row["called"] == max(chances, key=lambda wear: chances[wear])
    page = (out / "report.html").read_text()
    assert page.count("<svg") == 9  # three charts a split
    assert "Incorrectly masked" in page
    wrong = [r for r in rows if r["called"] != r["wear"] and r["split"] != "train"]
    assert page.count('class="mistake"') == min(3, len(wrong)) > 0
    assert page.count('alt="Grad-CAM"') == page.count('alt="Integrated Gradients"') > 0
    assert not re.search(r'(?:src|href)="http', page)  # nothing from elsewhere


@pytest.fixture
def wild(dataset: Path, tmp_path: Path) -> Path:
    """The dataset again as `wild`, of other people: one doubtful label, two picked faces."""
    folder = tmp_path / "wild"
    shutil.copytree(dataset, folder)
    with (folder / "faces.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        row["group"] = f"w-{row['group']}"
        row["picked"] = str(int(row["file"] in ("none-0.png", "correct-4.png")))  # train and val
        row["certain"] = str(int(row["file"] != "nose-5.png"))  # test
    with (folder / "faces.csv").open("w", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder


def test_picked_faces_and_doubtful_labels_are_left_out(wild: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = ["evaluate", "shipped", "--data", str(wild), "--out", str(out)]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    assert "2 faces are left out: a network helped to pick them" in done.stderr
    assert "test: 4 faces (1 with doubtful labels left out), " in done.stdout
    splits = json.loads((out / "metrics.json").read_text())["splits"]
    assert [splits[name]["faces"] for name in ("train", "val", "test")] == [19, 4, 4]
    assert set(splits["test"]["by_reason"]) == {"chin", "nose_and_mouth"}
    with (out / "predictions.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 28
    assert not {Path(row["file"]).name for row in rows} & {"none-0.png", "correct-4.png"}
    assert [Path(row["file"]).name for row in rows if row["certain"] == "0"] == ["nose-5.png"]


@pytest.mark.training
def test_export_calibrates_on_several_datasets(
    dataset: Path, wild: Path, tiny_recipe: Path, tmp_path: Path
) -> None:
    """On the val faces of both that count: five of one, four of the other."""
    text = tiny_recipe.read_text().replace(
        "folds = 2", 'folds = 2\nfold_datasets = ["real", "wild"]'
    )
    tiny_recipe.write_text(
        text.replace("shares = { real = 1.0 }", "shares = { real = 1.0, wild = 1.0 }").replace(
            "[training]",
            "[data.classes.wild]\nnone = 1.0\ncorrect = 1.0\nincorrect = 1.0\n\n[training]",
        )
    )
    run, out = tmp_path / "run", tmp_path / "tiny.onnx"
    WEAR.train(tiny_recipe, [dataset, wild], run)
    manifest = export(run, [dataset, wild], out)
    assert {name: told["faces"] for name, told in manifest["metrics"].items()} == {
        "real": 5,
        "wild": 4,
    }
    assert {told["framing"] for told in manifest["metrics"].values()} == {"check"}
    faces = [
        record
        for record in read_datasets([dataset, wild]).records
        if record.split == "val" and is_counted(record)
    ]
    assert len(faces) == 9
    logits = judge_all(open_judge(run), faces, PictureCache(faces), "check")
    assert manifest["temperature"] == pytest.approx(fit_temperature(logits, faces), abs=1e-4)
    with pytest.raises(RunError, match="no val faces of 'wild'"):
        export(run, [dataset], out)


def test_faults_are_told_by_traits(dataset: Path, tmp_path: Path) -> None:
    table, out = tmp_path / "traits.csv", tmp_path / "out"
    with (dataset / "faces.csv").open(newline="") as lines:
        files = [row["file"] for row in csv.DictReader(lines) if row["split"] == "val"]
    rows = [f"{dataset.name},{Path(f).name},{'smile' * (k % 2)}" for k, f in enumerate(files)]
    table.write_text("dataset,file,traits\n" + "\n".join(rows) + "\n")
    command = ["evaluate", "shipped", "--data", str(dataset), "--out", str(out), "--split", "val"]
    done = CliRunner().invoke(app, [*command, "--traits", str(table)])
    assert done.exit_code == 0, done.output
    (split,) = json.loads((out / "metrics.json").read_text())["splits"].values()
    told = split["traits"]["smile"]
    assert (told["errors_with"]["count"], told["errors_without"]["count"]) == (2, 3)
    wrong = split["accuracy"]["count"] - split["accuracy"]["hits"]
    assert told["errors_with"]["hits"] + told["errors_without"]["hits"] == wrong
    assert "Which faults go with" in (out / "report.html").read_text()
    shutil.copytree(dataset, tmp_path / "more" / "real")
    again = CliRunner().invoke(
        app, [*command, "--data", str(tmp_path / "more/real"), "--traits", str(table)]
    )
    assert again.exit_code == 2
    assert "is the name of 2 faces" in again.output
    table.write_text("dataset,file,traits\nelsewhere,1.jpg,smile\n")
    strangers = CliRunner().invoke(app, [*command, "--traits", str(table)])
    assert strangers.exit_code == 2
    assert "knows none of these faces" in strangers.output
    missing = CliRunner().invoke(app, [*command, "--traits", str(tmp_path / "none.csv")])
    assert missing.exit_code == 2
    assert "can't be read" in missing.output


def test_a_wear_run_and_the_shipped_network(dataset: Path, tiny_run: Path, tmp_path: Path) -> None:
    for network in (str(tiny_run), "shipped"):
        out = tmp_path / Path(network).name
        command = ["evaluate", network, "--data", str(dataset), "--out", str(out)]
        done = CliRunner().invoke(app, [*command, "--split", "val", "--framing", "medium"])
        assert done.exit_code == 0, done.output
        (split,) = json.loads((out / "metrics.json").read_text())["splits"].values()
        assert split["reason"]["count"] <= 3
        assert set(split["by_reason"]) == {"nose", "chin", "nose_and_mouth"}


@pytest.mark.parametrize(
    ("network", "told"),
    [
        ("nowhere.onnx", "no such file or folder"),
        ("nowhere", "a finished run's folder"),
        (".", "no finished run in it"),
    ],
)
def test_what_is_no_network_is_told(
    dataset: Path, tmp_path: Path, network: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    command = ["evaluate", network, "--data", str(dataset), "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 2
    assert told in done.output
    assert not (tmp_path / "out").exists()


def test_no_faces_of_a_split(dataset: Path, tmp_path: Path) -> None:
    command = ["evaluate", "shipped", "--data", str(dataset), "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app, [*command, "--split", "holdout"])
    assert done.exit_code == 2
    assert "no faces of split 'holdout'" in done.output


def test_it_is_calibrated_on_val_whatever_is_asked_for(
    dataset: Path, lenet_run: Path, tmp_path: Path
) -> None:
    told = {}
    for name, options in {"all": [], "test": ["--split", "test"]}.items():
        out = tmp_path / name
        # A folder that is given twice is judged once.
        data = ["--data", str(dataset), "--data", f"{dataset}/../real"]
        command = ["evaluate", str(lenet_run), *data, "--out", str(out), *options, "--gallery", "0"]
        done = CliRunner().invoke(app, command)
        assert done.exit_code == 0, done.output
        told[name] = json.loads((out / "metrics.json").read_text())
    assert told["all"]["temperature"] == told["test"]["temperature"] != 1
    assert list(told["test"]["splits"]) == ["test"]
    assert told["test"]["splits"]["test"] == told["all"]["splits"]["test"]
    assert told["test"]["splits"]["test"]["faces"] == 5
    page = (tmp_path / "test" / "report.html").read_text()
    assert "calibrated on val with the temperature" in page
    other = shutil.copytree(dataset, tmp_path / "other" / "real")
    table = other / "faces.csv"
    table.write_text(table.read_text().replace(",val,", ",test,"))
    command = ["evaluate", str(lenet_run), "--data", str(other), "--out", str(tmp_path / "none")]
    assert CliRunner().invoke(app, command).exit_code == 0
    assert "not calibrated: there were no val faces" in (tmp_path / "none/report.html").read_text()
    assert json.loads((tmp_path / "none" / "metrics.json").read_text())["temperature"] is None


@pytest.mark.training
def test_a_network_without_maps_has_no_grad_cam(
    dataset: Path, lenet_recipe: Path, tmp_path: Path
) -> None:
    run, out = tmp_path / "run", tmp_path / "out"
    text = lenet_recipe.read_text().replace('"lenet5"', '"timm/vit_tiny_patch16_224"')
    text = text.replace("size = 32", "size = 224").replace("crops = 8", "crops = 4")
    lenet_recipe.write_text(text)
    CLASSIFIER.train(lenet_recipe, [dataset], run, workers=0)
    command = ["evaluate", str(run), "--data", str(dataset), "--out", str(out), "--gallery", "1"]
    done = CliRunner().invoke(app, [*command, "--split", "test"])
    assert done.exit_code == 0, done.output
    page = (out / "report.html").read_text()
    assert 'alt="Integrated Gradients"' in page
    assert 'alt="Grad-CAM"' not in page


def test_what_can_not_be_evaluated(dataset: Path, lenet_run: Path, tmp_path: Path) -> None:
    run = shutil.copytree(lenet_run, tmp_path / "run")
    weights = load_file(run / "weights.safetensors")
    save_file({name: value * float("nan") for name, value in weights.items()},
              run / "weights.safetensors")  # fmt: skip
    command = ["evaluate", str(run), "--data", str(dataset), "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 2
    assert "gives values that are no numbers" in done.output
    done = CliRunner().invoke(app, [*command, "--split", "tset"])
    assert done.exit_code == 2
    assert "no faces of split 'tset'; there are: test, train, val" in done.output
    (tmp_path / "file").touch()
    done = CliRunner().invoke(app, [*command[:-1], str(tmp_path / "file")])
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_faces_of_one_wear_and_many_problems(dataset: Path, tmp_path: Path) -> None:
    """There is no other wear to tell it from, and what is left out is counted."""
    folder = shutil.copytree(dataset, tmp_path / "bare")
    table = folder / "faces.csv"
    header, *rows = table.read_text().splitlines()
    bare = [row for row in rows if row.startswith("none")]
    lost = [row.replace("none", "lost") for row in bare for _ in range(5)]
    table.write_text("\n".join([header, *bare, *lost]) + "\n")
    out = tmp_path / "out"
    command = ["evaluate", "shipped", "--data", str(folder), "--out", str(out)]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    assert done.stderr.count("no such picture") == 20 + 1
    assert f"and {len(lost) - 20} more; in all {len(lost)} x no such picture" in done.stderr
    assert "faces of one wear alone" in (out / "report.html").read_text()
