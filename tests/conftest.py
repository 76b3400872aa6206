"""What many tests share: a loaded checker, and the demo portrait with its drawn masks."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from typer.testing import CliRunner

from glassmask import Checker
from glassmask.cli.app import app
from glassmask.faces.crop import Box
from glassmask.faces.points import MESH_INDICES
from glassmask.painter import demo_photos, demo_portrait
from stand_ins import Faces, make_faces

LENET = """
task = "classifier"
name = "lenet"

[network]
network = "lenet5"
init = "random"
size = 32
classes = 3

[data]
shares = { real = 1.0 }

[data.classes]
real = { none = 1.0, correct = 1.0, incorrect = 1.0 }

[training]
crops = 8
batch = 4
learning_rate = 0.001
"""

TINY = """
name = "tiny"

[network]
backbone = "mobilenet_v2"
init = "random"
size = 64
stride = 16
frozen = 0
dropout = 0.1

[data]
shares = { real = 1.0 }
folds = 2

[data.classes]
real = { none = 1.0, correct = 1.0, incorrect = 1.0 }

[training]
crops = 32
batch = 8
learning_rate = 0.001
weight_decay = 0.01
warmup_crops = 8
ema = 0.5
seed = 3
"""


DEMO_BOX: Box = (50.0, 48.0, 104.0, 128.0)
"""Of the face in the demo portrait, in its pixels."""


RUNS = {"tiny_run", "lenet_run"}
"""Who asks for one of these waits for a network that is trained."""


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if RUNS & set(getattr(item, "fixturenames", ())):
            item.add_marker("training")


@pytest.fixture(autouse=True)
def _runs_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Caches of tests go to the test's own folder."""
    monkeypatch.setenv("GLASSMASK_RUNS", str(tmp_path / "runs"))


@pytest.fixture(scope="session")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Faces:
    return make_faces(tmp_path_factory.mktemp("faces"), DEMO_BOX)


@pytest.fixture(scope="session")
def found_box() -> Callable[[Box], Box]:
    """The box of a face by the stand-ins: four fifths as wide as tall, whatever was proposed."""

    def of(box: Box) -> Box:
        left, top, w, h = box
        side = max(w, h)
        return left + w / 2 - 0.4 * side, top + h / 2 - side / 2, 0.8 * side, side

    return of


@pytest.fixture(scope="session")
def checker(faces: Faces) -> Checker:
    """Sees the face of the demo portrait."""
    return Checker(engine="onnxruntime", finder=faces.demo, landmarks=faces.landmarks)


@pytest.fixture(scope="session")
def demo() -> dict[str, NDArray[np.uint8]]:
    """Class -> the demo portrait, worn so."""
    return demo_photos()


@pytest.fixture
def photo_file(tmp_path: Path, demo: dict[str, NDArray[np.uint8]]) -> Path:
    """A PNG of the demo portrait with its nose uncovered."""
    path = tmp_path / "photo.png"
    Image.fromarray(demo["nose"]).save(path)
    return path


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory, demo: dict[str, NDArray[np.uint8]]) -> Path:
    """A dataset folder `real`: 6 tinted pictures of each class, split 4 / 1 / 1."""
    folder = tmp_path_factory.mktemp("data") / "real"
    folder.mkdir()
    rng = np.random.default_rng(0)
    with (folder / "faces.csv").open("w", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(
            [
                *("file", "split", "source", "group", "wear", "uncovered", "certain"),
                *("face_x", "face_y", "face_w", "face_h", "original_face_px"),
            ]
        )
        for name, picture in demo.items():
            for number in range(6):
                tint = rng.uniform(0.7, 1.0, 3)
                file = f"{name}-{number}.png"
                Image.fromarray((picture * tint).astype(np.uint8)).save(folder / file)
                wear = name if name in ("none", "correct") else "incorrect"
                writer.writerow(
                    [
                        file,
                        ("train", "train", "train", "train", "val", "test")[number],
                        "demo",
                        f"{name}-{number}",
                        wear,
                        name if wear == "incorrect" else "",
                        1,
                        *(56, 60, 92, 120),
                        96,
                    ]
                )
    return folder


@pytest.fixture
def tiny_recipe(tmp_path: Path) -> Path:
    """A recipe small enough to train in seconds."""
    path = tmp_path / "tiny.toml"
    path.write_text(TINY)
    return path


@pytest.fixture
def lenet_recipe(tmp_path: Path) -> Path:
    """A recipe of a network of three classes that trains in a second."""
    path = tmp_path / "lenet.toml"
    path.write_text(LENET)
    return path


def _trained(recipe: str, dataset: Path, folder: Path) -> Path:
    (folder / "recipe.toml").write_text(recipe)
    command = ["train", str(folder / "recipe.toml"), "--data", str(dataset)]
    done = CliRunner().invoke(app, [*command, "--out", str(folder / "run")])
    assert done.exit_code == 0, done.output
    return folder / "run"


@pytest.fixture(scope="session")
def tiny_run(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of `tiny_recipe`; copy before you change it."""
    return _trained(TINY, dataset, tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def lenet_run(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of `lenet_recipe`; copy before you change it."""
    return _trained(LENET, dataset, tmp_path_factory.mktemp("lenet"))


@pytest.fixture(scope="session")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six pairs painted on the demo portrait, of split val; copy before you change them."""
    folder = tmp_path_factory.mktemp("painted-pairs")
    faces, out = folder / "faces", folder / "pairs"
    faces.mkdir()
    portrait, points = demo_portrait()
    Image.fromarray(portrait).save(faces / "0.png")
    mesh = np.zeros((1, 468, 2), np.float16)
    mesh[:, list(MESH_INDICES)] = points.xy
    np.savez(faces / "mesh468.npz", mesh=mesh)
    row = {"file": "0.png", "split": "val", "source": "demo", "width": 210, "height": 220}
    row |= {"face_x": 50, "face_y": 48, "face_w": 104, "face_h": 128}
    with (faces / "faces.csv").open("w", newline="") as lines:
        writer = csv.DictWriter(lines, list(row))
        writer.writeheader()
        writer.writerow(row)
    command = ["data", "paint", str(faces), "--out", str(out), "--pairs", "--number", "12"]
    done = CliRunner().invoke(app, [*command, "--seed", "1", "--workers", "1"])
    assert done.exit_code == 0, done.output
    return out
