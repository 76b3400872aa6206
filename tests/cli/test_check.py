"""What `glassmask check` says of photos, and its exit code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from typer.testing import CliRunner

from cli.check_process import lines, run
from glassmask.cli.app import app
from glassmask.errors import NetworkError
from glassmask.networks.wear import Network
from glassmask.version import __version__

pytestmark = [pytest.mark.heavy, pytest.mark.usefixtures("check_networks")]

Demo = dict[str, NDArray[np.uint8]]


def test_version_and_help() -> None:
    assert run("--version").stdout == f"glassmask {__version__}\n"
    done = run("check", "--help")
    assert done.returncode == 0
    assert "--require" in done.stdout


def test_a_photo(photo_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run(
        "check", photo_file, "--whole", "--json", tmp_path / "o.jsonl", "--report", out / "report",
        "--annotate", out / "annotated",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "nose uncovered" in done.stdout
    (record,) = lines(tmp_path / "o.jsonl")
    assert record["photo"] == str(photo_file)
    assert record["faces"][0]["uncovered"] == ["nose"]
    assert (out / "report" / "index.html").stat().st_size > 10_000
    with Image.open(out / "annotated" / "photo.jpg") as picture:
        assert picture.size == (210, 220)
    assert not list(tmp_path.rglob("*.part"))


def test_a_network_that_gives_no_numbers_ends_it_in_one_line(
    photo_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise NetworkError("values that are no numbers")

    monkeypatch.setattr(Network, "run", fail)
    out = tmp_path / "out.jsonl"
    done = CliRunner().invoke(app, ["check", str(photo_file), "--whole", "--json", str(out)])
    assert done.exit_code == 2
    assert done.stderr.splitlines()[-1].endswith("error: values that are no numbers")
    assert "Traceback" not in done.output
    assert not list(tmp_path.glob("out*"))


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
def test_engines(photo_file: Path, engine: str) -> None:
    done = run("check", photo_file, "--engine", engine, "--json", "-")
    assert json.loads(done.stdout)["engine"] == engine


def test_the_others_are_done_when_some_can_not_be_read(photo_file: Path, tmp_path: Path) -> None:
    folder = photo_file.parent
    (folder / "cut.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut")
    (folder / "words.jpg").write_text("only words")
    (folder / "void.png").touch()
    done = run("check", folder, folder / "missing.jpg", "--json", tmp_path / "o.jsonl")
    assert done.returncode == 1
    *complaints, summary = done.stderr.splitlines()
    assert len(complaints) == 4
    assert summary == "5 photos, 1 face: 1 incorrect; 4 not read"
    assert all(line.startswith(str(folder)) for line in complaints)
    assert "nose uncovered" in done.stdout
    assert sorted(r["error"] is None for r in lines(tmp_path / "o.jsonl")) == [False] * 4 + [True]


def test_a_folder_without_photos(tmp_path: Path) -> None:
    done = run("check", tmp_path)
    assert done.returncode == 1
    assert "no photo in this folder" in done.stderr


def test_a_photo_over_the_limit(photo_file: Path) -> None:
    done = run("check", photo_file, "--max-megapixels", "0.01")
    assert done.returncode == 1
    assert "210 x 220 pixels: over the limit of 0.01 megapixels" in done.stderr


def test_require(tmp_path: Path, demo: dict[str, NDArray[np.uint8]]) -> None:
    Image.fromarray(demo["correct"]).save(tmp_path / "correct.png")
    Image.fromarray(demo["nose"]).save(tmp_path / "nose.png")
    assert run("check", tmp_path / "correct.png", "--require", "correct").returncode == 0
    assert run("check", tmp_path, "--require", "correct").returncode == 3
    missing = tmp_path / "missing.png"
    assert run("check", tmp_path / "correct.png", missing, "--require", "correct").returncode == 1
    assert run("check", tmp_path / "nose.png", missing, "--require", "correct").returncode == 3


def test_a_photo_with_several_faces(tmp_path: Path, faces: Any, demo: Demo) -> None:
    row = np.hstack([demo["correct"], demo["nose"], demo["none"]])
    Image.fromarray(row).save(tmp_path / "row.png")
    boxes = [(210.0 * i + 50, 48.0, 104.0, 128.0) for i in range(3)]
    finder = faces.fixed("cli", boxes, row.shape[:2])
    done = run(
        "check", tmp_path / "row.png", "--finder", finder, "--json", tmp_path / "o.jsonl",
        "--annotate", tmp_path / "out", "--require", "correct",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (3, "")
    rows = [line.split() for line in done.stdout.splitlines()]
    assert rows[0][:3] == ["photo", "face", "mask"]
    assert [row[1] for row in rows[1:]] == ["1", "2", "3"]
    (record,) = lines(tmp_path / "o.jsonl")
    assert [face["wear"] for face in record["faces"]] == ["correct", "incorrect", "none"]
    with Image.open(tmp_path / "out" / "row.jpg") as picture:
        assert picture.size == (630, 220)
    some = run("check", tmp_path / "row.png", "--finder", finder, "--min-face", "110")
    assert "no face found" in some.stdout
    largest = run("check", tmp_path / "row.png", "--finder", finder, "--max-faces", "2")
    assert len(largest.stdout.splitlines()) == 3


def test_a_photo_without_a_face_opens_no_door(tmp_path: Path, faces: Any, photo_file: Path) -> None:
    finder = faces.fixed("nobody", [], (220, 210))
    options = ["--finder", finder, "--json", tmp_path / "o.jsonl", "--report", tmp_path / "r"]
    done = run("check", photo_file, *options, "--annotate", tmp_path / "a")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].endswith("no face found")
    (record,) = lines(tmp_path / "o.jsonl")
    assert (record["faces"], record["error"], record["width"]) == ([], None, 210)
    assert (tmp_path / "a" / "photo.jpg").is_file()
    assert run("check", photo_file, *options, "--require", "none").returncode == 3
    whole = run("check", photo_file, *options, "--whole")
    assert "nose uncovered" in whole.stdout


def test_an_unsure_face_does_not_pass_the_door(
    tmp_path: Path, demo: dict[str, NDArray[np.uint8]]
) -> None:
    dark = (demo["correct"] * 0.04).astype(np.uint8)
    Image.fromarray(dark).save(tmp_path / "dark.png")
    assert run("check", tmp_path / "dark.png", "--require", "correct").returncode == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], ""),
        (["photo.png", "--engine", "tflite"], "tflite"),
        (["photo.png", "--require", "maybe"], "maybe"),
        (["photo.png", "--nonsense"], "nonsense"),
        (["photo.png", "--engine", "onnxruntime", "--precision", "bf16"], "bf16 needs"),
        (["photo.png", "--network", "gone.onnx"], "gone.onnx: the network can't be read"),
        (["photo.png", "--finder", "gone.onnx"], "gone.onnx: the network can't be read"),
        (["photo.png", "--landmarks", "gone.onnx"], "gone.onnx: the network can't be read"),
        (["photo.png", "--min-face", "0"], "min-face"),
        (["photo.png", "--max-faces", "0"], "max-faces"),
        (["photo.png", "--network", "."], "ends in .onnx"),
        (["photo.png", "--max-megapixels", "inf"], "megapixels"),
        (["photo.png", "--json", "photo.png"], "is one of the photos"),
        (["photo.png", "--annotate", "."], "holds photos to check"),
        (["photo.png", "--report", "r", "--json", "r/index.html"], "would replace"),
        (["photo.png", "--report", "photo.png"], "can't write photo.png"),
        (["photo.png", "--annotate", "photo.png/x"], "can't write photo.png"),
        (["photo.png", "--json", "nowhere/o.jsonl"], "can't write nowhere"),
        (["photo.png", "--json", "."], "can't write"),
    ],
)
def test_what_can_not_start_exits_2(photo_file: Path, arguments: list[str], message: str) -> None:
    done = run("check", *arguments, cwd=photo_file.parent)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert [p.name for p in photo_file.parent.iterdir()] == ["photo.png"]


def test_names_do_not_control_the_terminal(photo_file: Path) -> None:
    evil = photo_file.with_name("\x1b[31mred\n.png")
    evil.write_bytes(b"x")
    done = run("check", evil)
    assert "\x1b" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
