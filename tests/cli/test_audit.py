"""`glassmask audit` as a user meets it: from painted pairs to a report."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from glassmask.cli.app import app
from glassmask.errors import DatasetError
from glassmask.lab.datasets.pairs import read_pairs

pytestmark = pytest.mark.heavy


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)])


def test_pairs_are_read(pairs: Path, dataset: Path) -> None:
    read = read_pairs(pairs)
    assert len(read) == 6
    assert [str(pair.after.uncovered) for pair in read[:3]] == ["nose", "chin", "nose_and_mouth"]
    assert all(str(pair.before.wear) == "correct" for pair in read)
    assert all(path.is_file() for pair in read for path in (pair.changes, *pair.regions))
    with pytest.raises(DatasetError):
        read_pairs(dataset)


def test_the_shipped_network_on_pairs(pairs: Path, tmp_path: Path) -> None:
    out = tmp_path / "audit"
    quick = ("--method", "grad-cam", "--method", "evidence")  # the others go the same way
    done = run("audit", "shipped", "--data", pairs, "--out", out, "--faces", 3, "--gallery", 1,
               *quick)  # fmt: skip
    assert done.exit_code == 0, done.output
    told = json.loads((out / "audit.json").read_text())
    assert told["counts"]["pairs"] == 3
    assert told["rightly"]["value"] > 0
    points = told["tables"]["localisation, after"]
    methods = ["evidence", "grad-cam"]
    assert list(points) == [*methods, "random", "centre", "edges"]
    assert all(0 <= points[name]["mass"]["value"] <= 1 for name in points)
    # Grad-CAM of this head is the positive evidence, but for its scale and for being enlarged
    # without its negative cells.
    masses = [points[name]["mass"]["value"] for name in methods]
    assert masses[0] == pytest.approx(masses[1], abs=0.03)
    parts = told["tables"]["parts, after"]
    assert list(parts) == [*methods, "random", "centre", "edges", "area"]
    for row in parts.values():
        assert list(row)[:3] == ["background", "skin", "mask"]
        assert sum(share["value"] for share in row.values()) == pytest.approx(1, abs=1e-3)
    # What chance gives: as much of the crops as the painter says, the mask smaller than before.
    before = told["tables"]["parts, before"]["area"]
    assert before["mask"]["value"] > parts["area"]["mask"]["value"] > 0.02
    assert before["nose"]["value"] < parts["area"]["nose"]["value"]
    assert set(told["verdicts"]) == set(methods)
    lines = [line for line in done.output.splitlines() if line.startswith("evidence: points right")]
    assert len(lines) == 1
    page = (out / "report.html").read_text()
    assert page.count('class="mistake"') == 3 * len(methods)
    assert not re.search(r'(?:src|href)="http', page)  # nothing from elsewhere


def test_a_network_of_three_classes_on_faces(
    dataset: Path, lenet_run: Path, tmp_path: Path
) -> None:
    out = tmp_path / "audit"
    done = run("audit", lenet_run, "--data", dataset, "--out", out, "--faces", 5,
               "--precision", "bf16")  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "no painted pairs among the data" in done.output
    told = json.loads((out / "audit.json").read_text())
    assert "localisation, after" not in told["tables"]
    assert list(told["tables"]["sanity"]) == [
        *("grad-cam", "integrated-gradients", "gradient", "occlusion"),
        *("random", "centre", "edges"),
    ]
    shares = told["tables"]["regions, all"]["gradient"]
    inside = [value["value"] for name, value in shares.items() if name != "border"]
    assert sum(inside) == pytest.approx(1, abs=0.01)
    assert told["tables"]["sanity"]["edges"]["all"]["value"] == 1
    assert "points right - (not measured)" in done.output
    path = told["methods"]["integrated-gradients"]
    assert (path["precision"], path["max_steps"], path["baselines"]) == ("bf16", 64, ["black"])
    assert "max_steps 64, batch 8, precision bf16</p>" in (out / "report.html").read_text()


def test_faces_with_segments(dataset: Path, tmp_path: Path) -> None:
    """The left half of every picture is mask, of every second one; the others have no segments."""
    folder = tmp_path / "real"
    shutil.copytree(dataset, folder)
    with (folder / "faces.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    for number, row in enumerate(rows):
        has = [r["split"] for r in rows[:number]].count(row["split"]) % 2 == 0
        row["segment"] = f"segments/{number}.png" if has else ""
        with Image.open(folder / row["file"]) as picture:
            width, height = picture.size
        segments = np.zeros((height, width), np.uint8)
        segments[:, : width // 2] = 2
        (folder / "segments").mkdir(exist_ok=True)
        Image.fromarray(segments).save(folder / "segments" / f"{number}.png")
    with (folder / "faces.csv").open("w", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    out = tmp_path / "out"
    done = run("audit", "shipped", "--data", folder, "--split", "val", "--out", out,
               "--method", "evidence")  # fmt: skip
    assert done.exit_code == 0, done.output
    told = json.loads((out / "audit.json").read_text())
    val = [row for row in rows if row["split"] == "val"]
    assert told["counts"]["faces with segments"] == sum(bool(row["segment"]) for row in val) > 0
    assert told["counts"]["faces"] == 0  # they are for their parts alone
    areas = told["tables"]["parts, MaskedFace-Net"]["area"]
    assert areas["mask"]["value"] + areas["background"]["value"] == pytest.approx(1, abs=1e-3)
    assert 0.2 < areas["mask"]["value"] < 0.8


def test_a_face_that_can_not_be_used_is_told_and_left_out(dataset: Path, tmp_path: Path) -> None:
    """A broken picture, labels of another size, and labels that nobody knows."""
    folder = tmp_path / "real"
    shutil.copytree(dataset, folder)
    with (folder / "faces.csv").open(newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["split"] == "val"]
    (folder / "segments").mkdir()
    for number, row in enumerate(rows):
        row["segment"] = f"segments/{number}.png"
        with Image.open(folder / row["file"]) as picture:
            width, height = picture.size
        shape, label = ((9, 9), 1) if number == 0 else ((height, width), 255 if number == 1 else 2)
        Image.fromarray(np.full(shape, label, np.uint8)).save(folder / row["segment"])
    (folder / rows[2]["file"]).write_bytes(b"no picture")
    with (folder / "faces.csv").open("w", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    out = tmp_path / "out"
    done = run("audit", "shipped", "--data", folder, "--out", out, "--method", "evidence")
    assert done.exit_code == 0, done.output
    assert "0.png: not of its photo's size" in done.output
    assert "1.png: a label is 255; there are 0 background, 1 face, 2 mask" in done.output
    assert f"{Path(rows[2]['file']).name}: not a picture" in done.output
    told = json.loads((out / "audit.json").read_text())["counts"]
    assert told["faces with segments"] == len(rows) - 3
    for row in rows:
        (folder / row["file"]).write_bytes(b"no picture")
    nothing = run("audit", "shipped", "--data", folder, "--out", tmp_path / "none")
    assert nothing.exit_code == 2
    assert "none of the pictures can be read" in nothing.output


def test_pairs_without_what_is_needed(pairs: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pairs"
    shutil.copytree(pairs, folder)
    table = folder / "painted.csv"
    table.write_text(table.read_text().replace(",regions,", ",parts,", 1))
    with pytest.raises(DatasetError, match="no column regions"):
        read_pairs(folder)
    done = run("audit", "shipped", "--data", folder, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "painted.csv: no column regions" in done.output


def test_what_can_not_be_audited(dataset: Path, tmp_path: Path) -> None:
    for arguments, message in (
        (
            ("nowhere", "--data", dataset),
            "nowhere: no such file or folder: give a finished run's folder",
        ),
        (("shipped", "--data", tmp_path / "no"), "no such folder"),
        (("shipped", "--data", dataset, "--split", "vall"), "no faces of split 'vall'"),
        (("shipped", "--data", dataset, "--method", "lime"), "no method 'lime'"),
    ):
        done = run("audit", *arguments, "--out", tmp_path / "out")
        assert done.exit_code == 2
        assert message in done.output
        assert not (tmp_path / "out").exists()
