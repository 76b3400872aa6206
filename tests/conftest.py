"""What many tests share: a loaded checker, and the demo portrait with its drawn masks."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from glassmask import Checker
from glassmask.lab.masks import demo_photos

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


@pytest.fixture(scope="session")
def checker() -> Checker:
    return Checker(engine="onnxruntime")


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
