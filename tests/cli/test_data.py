from __future__ import annotations

import csv
import os
import shutil
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from datasets import picture, voc
from glassmask.cli.app import app
from glassmask.lab.datasets.scenes import read_every_scene

pytestmark = pytest.mark.heavy

runner = CliRunner()


def test_describe(dataset: Path, tmp_path: Path) -> None:
    out = tmp_path / "charts"
    done = runner.invoke(app, ["data", "describe", str(dataset), "--out", str(out)])
    assert done.exit_code == 0, done.output
    lines = {line.split()[1]: line.split() for line in done.output.splitlines() if "│" in line}
    assert lines["incorrect"][3:10:2] == ["12", "3", "3", "18"]
    assert {p.name for p in out.iterdir()} == {
        "contact-sheet.jpg",
        "problems.txt",
        *(f"{name}.{kind}" for name in ("classes", "reasons", "sizes") for kind in ("svg", "png")),
    }
    with Image.open(out / "contact-sheet.jpg") as sheet:
        assert sheet.width == 1280
    before = (out / "classes.svg").read_bytes()
    runner.invoke(app, ["data", "describe", str(dataset), "--out", str(out)])
    assert (out / "classes.svg").read_bytes() == before


def test_describe_tells_every_reason_and_how_good_the_labels_are(tmp_path: Path) -> None:
    rows = [
        *["train,incorrect,elsewhere,1,1"] * 3,
        *["train,incorrect,,0,0"] * 2,
        "val,incorrect,nose,1,0",
        "val,none,,0,0",
    ]
    for number in range(len(rows)):
        Image.new("RGB", (16, 16)).save(tmp_path / f"{number}.png")
    table = "\n".join(f"{number}.png,{row}" for number, row in enumerate(rows))
    (tmp_path / "faces.csv").write_text(f"file,split,wear,uncovered,certain,picked\n{table}\n")
    done = runner.invoke(app, ["data", "describe", str(tmp_path)])
    assert done.exit_code == 0, done.output
    part_rows = (line.strip("│ ").split("│") for line in done.output.splitlines() if "│" in line)
    lines = {cells[0].strip(): [cell.strip() for cell in cells[1:]] for cells in part_rows}
    assert lines["elsewhere"] == ["3", "0", "3"]
    assert lines["unknown"] == ["2", "0", "2"]
    assert lines["nose"] == ["0", "1", "1"]
    assert lines["certain"] == ["3", "1", "4"]
    assert lines["doubtful"] == ["2", "1", "3"]
    assert "3 faces were picked with a network's help (3 of train)" in done.output


def test_describe_lists_what_can_not_be_used(tmp_path: Path) -> None:
    rows = "\n".join(f"{i}.png,train" for i in range(30))
    (tmp_path / "faces.csv").write_text(f"file,split\n{rows}\n")
    done = runner.invoke(app, ["data", "describe", str(tmp_path)])
    assert done.exit_code == 0
    assert "line 2: no such picture (0.png)" in done.stderr
    assert "and 10 more" in done.stderr


def test_leaks_and_mending(dataset: Path, tmp_path: Path) -> None:
    """The dataset's pictures are tints of five: across its splits they are near-duplicates."""
    found = runner.invoke(
        app, ["data", "leaks", str(dataset), "--out", str(tmp_path / "matches.csv")]
    )
    assert found.exit_code == 1, found.output
    assert "near-duplicate: " in found.output
    with (tmp_path / "matches.csv").open(newline="") as lines:
        matches = list(csv.DictReader(lines))
    assert any(match["leak"] == "1" for match in matches)
    mended = tmp_path / "mended.csv"
    done = runner.invoke(app, ["data", "fix-leaks", str(dataset), "--out", str(mended)])
    assert done.exit_code == 0, done.output
    assert "faces and scenes moved" in done.output
    clean = runner.invoke(app, ["data", "leaks", str(dataset), "--mend", str(mended)])
    assert clean.exit_code == 0, clean.output
    assert "no leaks" in clean.output


def test_scenes_leak_too(dataset: Path, tmp_path: Path) -> None:
    """A crowd of another dataset, to train on, is a picture of test here."""
    folder = tmp_path / "crowd"
    (folder / "scenes").mkdir(parents=True)
    with (dataset / "faces.csv").open(newline="") as lines:
        shown = next(row for row in csv.DictReader(lines) if row["split"] == "test")
    with Image.open(dataset / shown["file"]) as picture:
        picture.save(folder / "scenes" / "a.png")
        width, height = picture.size
        Image.effect_noise((64, 64), 80).convert("RGB").save(folder / "scenes" / "b.png")
    (folder / "faces.csv").write_text("file,split\nscenes/b.png,train\n")
    (folder / "scenes.csv").write_text(
        "file,split,wear,width,height,face_x,face_y,face_w,face_h\n"
        f"scenes/a.png,train,mask,{width},{height},10,10,20,20\n"
        f"scenes/a.png,train,mask,{width},{height},10,10,-20,20\n"
    )
    mended, folders = tmp_path / "mended.csv", [str(dataset), str(folder)]
    done = runner.invoke(app, ["data", "fix-leaks", *folders, "--out", str(mended)])
    assert done.exit_code == 0, done.output
    assert "scenes.csv, line 3: unusable row" in done.stderr
    with mended.open(newline="") as lines:
        places = {row["group"]: row["split"] for row in csv.DictReader(lines)}
    assert places["crowd-scenes/a.png"] == "test"
    (scene,) = read_every_scene([folder], mended).scenes
    assert scene.split == "test"
    clean = runner.invoke(app, ["data", "leaks", *folders, "--mend", str(mended)])
    assert clean.exit_code == 0, clean.output


def test_split(tmp_path: Path) -> None:
    for number in range(60):
        path = tmp_path / ("nose" if number % 2 else "none") / f"{number}.png"
        path.parent.mkdir(exist_ok=True)
        Image.new("RGB", (16, 16), (number, 0, 0)).save(path)
    done = runner.invoke(app, ["data", "split", str(tmp_path), "--test", "0.2"])
    assert done.exit_code == 0, done.output
    with (tmp_path / "split.csv").open(newline="") as lines:
        splits = [row["split"] for row in csv.DictReader(lines)]
    assert (splits.count("train"), splits.count("val"), splits.count("test")) == (42, 6, 12)
    few = runner.invoke(app, ["data", "split", str(tmp_path), "--val", "0.9", "--test", "0.9"])
    assert few.exit_code == 2
    assert "steps of" in few.stderr


def test_describe_reads_what_others_export_and_is_told_what_labels_mean(tmp_path: Path) -> None:
    """A detection set of Roboflow's, with labels that are not known and boxes that don't fit."""
    data = tmp_path / "masks"
    for split, label in (("train", "face_mask"), ("valid", "face_mask"), ("test", "No-Mask")):
        picture(data / split / "a.jpg")
        voc(data / split / "a.xml", [(label, (-1, 8, 40, 38)), (label, (9, 9, 3, 30))])
    picture(data / "test" / "negative.jpg")
    picture(data / "test" / ".ipynb_checkpoints" / "negative.jpg")
    command = ["data", "describe", str(data)]
    done = runner.invoke(app, command)
    assert done.exit_code == 0, done.output
    assert "unknown label (4 x 'face_mask' (first in" in done.stderr
    assert "--label face_mask=correct" in done.stderr
    out = tmp_path / "charts"
    done = runner.invoke(app, [*command, "--label", "Face Mask = nose", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "unknown label" not in done.stderr
    assert done.stderr.count("no usable box (9, 9 to 3, 30 is empty or upside down)") == 3
    assert "3 x a box up to a pixel outside of its picture, cut there" in done.stderr
    assert "1 x a picture without a usable annotation" in done.stderr
    rows = [line.strip("│ ").split("│") for line in done.output.splitlines() if "│" in line]
    counts = {name.strip(): [cell.strip() for cell in cells] for name, *cells in rows}
    assert counts["nose"] == ["1", "1", "0", "2"]
    assert counts["none"] == ["0", "0", "1", "1"]
    assert (out / "problems.txt").read_text().count("no usable box") == 3


def test_every_command_takes_labels(tmp_path: Path) -> None:
    for number in range(60):
        folder = "yes" if number % 2 else "plain"
        picture(tmp_path / "set" / folder / f"{number}.png", (16, 16))
    labels = ["--label", "yes=correct", "--label", "plain=none"]
    folder, out = str(tmp_path / "set"), str(tmp_path / "out.csv")
    for command in (
        ["split", folder, "--out", out],
        ["leaks", folder],
        ["fix-leaks", folder, "--out", out],
        ["describe", folder],
    ):
        done = runner.invoke(app, ["data", *command])
        assert done.exit_code == 2
        assert "no dataset of a known format" in done.stderr
        assert "30 in 'plain', 30 in 'yes'" in done.stderr
        done = runner.invoke(app, ["data", *command, *labels])
        assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("label", "message"),
    [
        ("face_mask", "error: --label face_mask: THEIRS=OURS is wanted, as face_mask=correct"),
        ("face_mask=corect", "error: label 'face_mask': no such meaning 'corect'; did you mean"),
        ("mask=none", "error: --label mask: means correct and none; choose one"),
    ],
)
def test_labels_that_can_not_be_read(label: str, message: str, tmp_path: Path) -> None:
    picture(tmp_path / "mask" / "a.png")
    given = ["--label", "mask=correct", "--label", label]
    done = runner.invoke(app, ["data", "describe", str(tmp_path), *given])
    assert done.exit_code == 2
    assert done.stderr.startswith(message)
    assert done.stderr.count("\n") == 1


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    data = tmp_path / "set"
    for number in range(60):
        picture(data / ("nose" if number % 2 else "none") / f"{number}.png", (16, 16))
    odd = os.fsdecode(b"caf\xe9.png")
    shutil.copy(data / "none" / "0.png", data / "nose" / odd)
    done = runner.invoke(app, ["data", "split", str(data)])
    assert done.exit_code == 2
    assert "no name in UTF-8" in done.stderr
    matches = tmp_path / "matches.csv"
    done = runner.invoke(app, ["data", "leaks", str(data), "--out", str(matches)])
    assert done.exit_code == 0, done.output
    assert r"caf\udce9.png" in matches.read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["describe", "leaks", "split"])
def test_no_dataset(command: str, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere"):
        done = runner.invoke(app, ["data", command, str(path)])
        assert done.exit_code == 2
        assert done.stderr.startswith(f"error: {path}: no ")
        assert done.stderr.count("\n") == 1


def test_unwritable(dataset: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    done = runner.invoke(app, ["data", "describe", str(dataset), "--out", str(blocked / "in")])
    assert done.exit_code == 2
    assert "can't write to" in done.stderr
