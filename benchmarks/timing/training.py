"""How fast training is: its data path and its steps, against the usual way of doing both.

    python -m benchmarks training [--pictures 120] [--steps 6]

The usual data path is a DataLoader that decodes 1024 x 1024 JPEGs with Pillow and scales and
normalises them with torchvision; ours cuts uint8 views out of a cache that was decoded once.
Neither has worker processes: they multiply both. The usual step is eager fp32 with contiguous
tensors; ours is bf16 with channels_last and the fused Adam, as recipes with `precision = "bf16"`
train. All in one process, interleaved, medians; the pictures are made of the demo portrait.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from benchmarks.figures import Figures
from benchmarks.timing.rounds import interleaved
from glassmask.lab.datasets import FaceRecord, PictureCache
from glassmask.lab.networks.classifiers import build_classifier
from glassmask.lab.training.face_views import portrait_view
from glassmask.lab.training.recipe import DataSection
from glassmask.lab.training.sampling import CropStream, FaceSampler
from glassmask.labels import Wear
from glassmask.painter import demo_portrait

SIDE: Final = 224
BATCH: Final = 32
ROUNDS: Final = 5


class Usual(Dataset[tuple[torch.Tensor, int]]):
    """Pictures decoded when they are asked for, as the libraries' tutorials do."""

    def __init__(self, records: list[FaceRecord], length: int) -> None:
        self._records, self._length = records, length
        self._look = transforms.Compose(
            [
                transforms.Resize((SIDE, SIDE)),
                transforms.RandomHorizontalFlip(),
                transforms.ToTensor(),
                transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
            ]
        )

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, number: int) -> tuple[torch.Tensor, int]:
        with Image.open(self._records[number % len(self._records)].path) as picture:
            return self._look(picture.convert("RGB")), 0


def add_options(parser: argparse.ArgumentParser) -> None:
    """How many pictures and steps."""
    parser.add_argument("--pictures", type=int, default=120)
    parser.add_argument("--steps", type=int, default=6)


def judged(options: argparse.Namespace) -> Mapping[str, Path]:  # noqa: ARG001
    """No network is: weights are drawn."""
    return {}


def measure(options: argparse.Namespace) -> Figures:
    """Pictures per second into batches, and through training steps of ResNet50."""
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        data = data_path(Path(folder), options.pictures)
    print(f"batches of {BATCH}, {SIDE} px, from 1024 px JPEGs: {data}", flush=True)
    steps = training_steps(options.steps)
    print(f"training steps of ResNet50, batch {BATCH}, {SIDE} px: {steps}", flush=True)
    return {"threads": torch.get_num_threads(), "data_path": data, "steps": steps}


def pictures(folder: Path, number: int) -> list[FaceRecord]:
    """JPEGs of 1024 x 1024, as large on disk as photographs are."""
    photo = Image.fromarray(demo_portrait()[0]).resize((1024, 1024), Image.Resampling.BICUBIC)
    rng = np.random.default_rng(0)
    records = []
    for name in range(number):
        grain = np.asarray(photo, np.int16) + rng.normal(0, 6, (1024, 1024, 1)).astype(np.int16)
        path = folder / f"{name}.jpg"
        Image.fromarray(np.clip(grain, 0, 255).astype(np.uint8)).save(path, quality=92)
        box = (256.0, 288.0, 512.0, 600.0)  # where FFHQ has the face
        records.append(
            FaceRecord(path, "made", "", "train", path.stem, Wear.NONE, None, True, box, 512.0)
        )
    return records


def data_path(folder: Path, number: int) -> Figures:
    """Pictures per second by both ways, of decoding into the cache, and the cache's size."""
    records = pictures(folder, number)
    started = time.perf_counter()
    cache = PictureCache(records, folder / "cache", longest=2 * SIDE)
    decoded = time.perf_counter() - started
    data = DataSection(shares={"made": 1.0}, classes={"made": {"none": 1.0}})
    length = 10_000 * BATCH
    stream = CropStream(
        FaceSampler(records, data),
        cache,
        partial(portrait_view, size=SIDE),
        length=length,
        seed=1,
    )
    views = {"usual": Usual(records, length), "ours": stream}
    endless = {name: iter(DataLoader(some, batch_size=BATCH)) for name, some in views.items()}
    steps = {"usual": 1, "ours": 8}  # ours are over too soon to be timed one by one
    rates = rates_of(
        {name: partial(draw, some, steps[name]) for name, some in endless.items()},
        {name: BATCH * count for name, count in steps.items()},
    )
    size = sum(file.stat().st_size for file in (folder / "cache").iterdir())
    return {
        **rates,
        "decoded_per_second": number / decoded,
        "megabytes_per_picture": size / number / 1e6,
    }


def draw(some: Iterator[Any], count: int) -> None:
    """Draw batches."""
    for _ in range(count):
        next(some)


def training_steps(steps: int) -> Figures:
    """Pictures per second through a whole training step."""
    rng = np.random.default_rng(0)
    crops = rng.integers(0, 256, (BATCH, SIDE, SIDE, 3), np.uint8)
    runs = {
        "eager fp32": partial(step, *step_of(crops, bf16=False)),
        "bf16, channels_last": partial(step, *step_of(crops, bf16=True)),
    }
    return rates_of(runs, dict.fromkeys(runs, BATCH), max(2, steps))


def step_of(
    crops: NDArray[np.uint8], *, bf16: bool
) -> tuple[torch.nn.Module, torch.optim.Optimizer, torch.Tensor, bool]:
    """A network, its optimizer, a batch, and the precision."""
    torch.manual_seed(0)
    network = build_classifier("resnet50", 3).train()
    if not bf16:
        network = network.to(memory_format=torch.contiguous_format)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-4, fused=bf16)
    return network, optimizer, torch.from_numpy(crops), bf16


def step(
    network: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    crops: torch.Tensor,
    bf16: bool,
) -> None:
    """One training step."""
    optimizer.zero_grad(set_to_none=True)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bf16):
        logits = network(crops)
    loss = torch.nn.functional.cross_entropy(logits.float(), torch.arange(len(crops)) % 3)
    torch.autograd.backward(loss)
    optimizer.step()


def rates_of(
    runs: Mapping[str, Callable[[], None]], counts: dict[str, int], rounds: int = ROUNDS
) -> dict[str, float]:
    """Pictures per second: medians of interleaved rounds, after one that warms up."""
    timed = interleaved(runs, rounds, warm=1)
    return {name: counts[name] / timed[name].seconds for name in runs}
