from __future__ import annotations

import csv
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from typer.testing import CliRunner

from glassmask.cli.app import app
from glassmask.errors import MeshError
from glassmask.faces.find import FaceDetector
from glassmask.formats import OWN_MARK
from glassmask.lab.datasets import read_datasets
from glassmask.lab.datasets.detect_faces import read_faces
from glassmask.output.draw import encode_jpeg

Demo = dict[str, NDArray[np.uint8]]


@pytest.fixture
def photos(tmp_path: Path, faces: Any, demo: Demo, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two photos of a bare face, a dark one, and what is no photo; found by stand-ins."""
    finder = partial(FaceDetector, faces.demo, faces.landmarks)
    monkeypatch.setattr("glassmask.lab.datasets.detect_faces.FaceDetector", finder)
    folder = tmp_path / "mine"
    folder.mkdir()
    for name, light in (("b.png", 1.0), ("a.png", 0.8), ("dark.png", 0.05)):
        Image.fromarray((demo["none"] * light).astype(np.uint8)).save(folder / name)
    (folder / "broken.jpg").write_bytes(b"no picture")
    (folder / "notes.txt").touch()
    return folder


def test_nothing_is_painted_on_pictures_that_glassmask_drew(photos: Path, demo: Demo) -> None:
    (photos / "broken.jpg").write_bytes(encode_jpeg(demo["none"], 90, OWN_MARK))
    said: list[str] = []
    found = read_faces(photos, warn=said.append)
    assert [face.name for face in found] == ["a.png", "b.png"]
    assert said == [f"{photos}: 1 x a picture that Glassmask drew, passed over"]


def test_faces_are_found_in_plain_photos(photos: Path, found_box: Any) -> None:
    (photos / "a.png").rename(photos / "a.photo")
    (photos / "film.mov").write_bytes(b"\0\0\0\x18ftypqt  ")
    (photos / "._b.png").write_bytes(b"\0\5\x16\7")
    said: list[str] = []
    found = read_faces(photos, warn=said.append)
    assert [line.split(":")[0] for line in said] == [
        f"{photos / name}" for name in ("broken.jpg", "film.mov")
    ]
    (photos / "a.photo").rename(photos / "a.png")
    found = read_faces(photos)
    assert [face.name for face in found] == ["a.png", "b.png"]  # the dark one is not sure
    np.testing.assert_allclose(found[0].box, found_box((50, 48, 104, 128)), atol=0.3)
    assert found[0].points.shape == (109, 2)
    assert (found[0].split, found[0].group) == ("", "mine-a.png")
    assert read_faces(photos, "train") == []


def test_a_folder_without_a_sure_face(photos: Path, tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        (photos / name).unlink()
    with pytest.raises(MeshError, match=r"2 pictures and no faces\.csv, and in none of them"):
        read_faces(photos)
    with pytest.raises(MeshError, match=r"faces\.csv: not there"):
        read_faces(tmp_path / "nowhere")


def test_masks_are_painted_on_plain_photos(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = ["data", "paint", str(photos), "--out", str(out), "--number", "3", "--seed", "1"]
    done = CliRunner().invoke(app, [*command, "--workers", "1"])
    assert done.exit_code == 0, done.output
    with (out / "painted.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert {row["photo"] for row in rows} <= {"a.png", "b.png"}
    reading = read_datasets([out])
    assert not reading.problems
    assert len(reading.records) == 3
