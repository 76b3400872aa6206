"""Is the heat map the computation, and what do fewer bits cost?

    python -m benchmarks exactness [--rounds 40]

Over val faces of every dataset: the largest |mean(evidence) + bias - logit| of each engine and
precision, and the largest difference between Grad-CAM by autograd and ReLU(evidence) / (h w),
relative to the map's maximum. In float32 a map that is all but empty has rounding errors of its
own size; float64 shows that the two are the same.

On real val faces as `glassmask check` frames them: balanced accuracy, maps and time of each
precision. One passes with at most 0.3 points of balanced accuracy lost and evidence that goes with
that of f32: Pearson correlation of the four maps of a face, the mean of all faces, of at least
0.98. Ranges for 8 bits are those of train faces.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray

from benchmarks.figures import Figures
from benchmarks.frame import add_data_options, shipped_weights
from benchmarks.timing.rounds import medians
from benchmarks.wear_runs import SHARED
from glassmask.lab.audit.figures import pearson
from glassmask.lab.classes import class_probabilities
from glassmask.lab.datasets import FaceRecord, PictureCache, read_datasets
from glassmask.lab.export.int8 import quantize_evidence_int8 as quantize_int8
from glassmask.lab.judging.judge import crop_records
from glassmask.lab.metrics.accuracy import accuracy, is_counted
from glassmask.lab.networks import EvidenceNetwork
from glassmask.lab.tasks.judges import open_explained
from glassmask.networks.engines import Engine, Precision
from glassmask.networks.manifest import load_wear_network
from glassmask.networks.wear import Network

ENGINES: tuple[tuple[Engine, Precision], ...] = (
    ("onnxruntime", "f32"),
    ("openvino", "f32"),
    ("openvino", "bf16"),
)


MAX_LOST: Final = 0.003
MIN_CORRELATION: Final = 0.98
SAMPLES: Final = 300

Run: TypeAlias = Callable[[NDArray[np.uint8]], tuple[NDArray[np.float32], NDArray[np.float32]]]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Where the data is, and how many rounds are timed."""
    add_data_options(parser)
    parser.add_argument("--rounds", type=int, default=40)


def judged(options: argparse.Namespace) -> Mapping[str, Path]:  # noqa: ARG001
    """The shipped wear network."""
    return shipped_weights("wear")


def measure(options: argparse.Namespace) -> Figures:
    """Exactness, and what fewer bits cost."""
    records = read_datasets([options.data / name for name in SHARED], options.mend).records
    val = [r for r in records if r.split == "val"]
    network = open_explained("shipped")[1]
    assert isinstance(network, EvidenceNetwork)
    some = val[::5]
    crops = crop_records(some, PictureCache(some), "as given", load_wear_network()[1].input_size)
    errors = {
        f"{engine} {precision}": logit_error(Network(engine=engine, precision=precision), crops)
        for engine, precision in ENGINES
    }
    single, double = cam_errors(network, crops)
    found: dict[str, Figures | int] = {
        "faces": len(crops),
        "logit_error": errors,
        "grad_cam_error": {
            "float32, the verdict's class": single,
            "float64, every class": double,
        },
    }
    print(found, flush=True)
    real = [r for r in records if r.dataset == "real"]
    return {**found, "precision": precisions(real, options.rounds)}


def precisions(records: Sequence[FaceRecord], rounds: int) -> Figures:
    """Balanced accuracy, maps and time of each precision, on val faces that count."""
    content, manifest = load_wear_network()
    size = manifest.input_size
    val = [r for r in records if r.split == "val" and is_counted(r)]
    train = [r for r in records if r.split == "train"]
    train = train[:: max(1, len(train) // SAMPLES)]
    cache = PictureCache([*val, *train])
    crops = crop_records(val, cache, "check", size)
    samples = (crop_records([record], cache, "check", size) for record in train)
    runs: dict[str, Run] = {
        f"{engine} {precision}": Network(engine=engine, precision=precision).run
        for engine, precision in ENGINES
    }
    runs["int8"] = run_of(quantize_int8(content, "crops", samples))
    seconds = medians({name: partial(run, crops[:1]) for name, run in runs.items()}, rounds)
    found: dict[str, Figures | int] = {"faces": len(val)}
    reference: tuple[float, NDArray[np.float32]] | None = None
    for name, run in runs.items():
        logits, maps = in_batches(run, crops)
        balanced = accuracy(val, class_probabilities(logits, manifest.temperature)).balanced
        reference = reference or (balanced, maps)
        lost = reference[0] - balanced
        alike = np.array([pearson(*both) for both in zip(reference[1], maps, strict=True)])
        found[name] = {
            "balanced": balanced,
            "lost": lost,
            "maps_alike": float(alike.mean()),
            "maps_alike_min": float(alike.min()),
            "ms": 1e3 * seconds[name],
            "passes": bool(lost <= MAX_LOST and alike.mean() >= MIN_CORRELATION),
        }
        print(f"{name}: {found[name]}", flush=True)
    return found


def run_of(content: bytes) -> Run:
    """An ONNX file as a call."""
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])

    def run(crops: NDArray[np.uint8]) -> tuple[Any, Any]:
        logits, evidence = session.run(["logits", "evidence"], {"crops": crops})
        return logits, evidence

    return run


def in_batches(
    run: Run, crops: NDArray[np.uint8]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Logits and evidence of all crops."""
    parts = [run(crops[first : first + 32]) for first in range(0, len(crops), 32)]
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


def logit_error(network: Network, crops: NDArray[np.uint8]) -> float:
    """The largest distance between a logit and what its map says."""
    logits, evidence = network.run(crops)
    means = evidence.mean(axis=(2, 3), dtype=np.float64) + np.asarray(network.manifest.bias)
    return float(np.abs(means - logits).max())


def cam_errors(network: EvidenceNetwork, crops: NDArray[np.uint8]) -> tuple[float, float]:
    """Selvaraju et al. 2017, eq. 1-2, by autograd, against ReLU(evidence) / (h w).

    In float32 for the class with the largest logit; in float64 for all classes.
    """
    single, double = [0.0], [0.0]
    for start in range(0, len(crops), 16):
        activations = network.activations(torch.from_numpy(crops[start : start + 16])).detach()
        errors, called = _errors(activations, network.head.weight, network.head.bias)
        single += [float(errors[target, i]) for i, target in enumerate(called.tolist())]
        errors, _ = _errors(
            activations.double(), network.head.weight.double(), network.head.bias.double()
        )
        double += errors.flatten().tolist()
    return max(single), max(double)


def _errors(
    activations: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Relative errors (C, N), 0 where the map is empty, and the largest class (N,)."""
    activations.requires_grad_()  # (N, K, h, w)
    evidence = torch.nn.functional.conv2d(activations, weight)  # (N, C, h, w)
    logits = evidence.mean(dim=(2, 3)) + bias
    errors = []
    for target in range(logits.shape[1]):
        (gradient,) = torch.autograd.grad(logits[:, target].sum(), activations, retain_graph=True)
        weights = gradient.mean(dim=(2, 3), keepdim=True)  # (N, K, 1, 1)
        cam = (weights * activations).sum(dim=1).relu()  # (N, h, w)
        expected = evidence[:, target].relu() / evidence[0, 0].numel()
        peak = expected.amax(dim=(1, 2))
        error = (cam - expected).abs().amax(dim=(1, 2)) / peak.clamp(min=1e-12)
        errors.append(torch.where(peak > 0, error, 0.0))
    return torch.stack(errors).detach(), logits.argmax(dim=1)
