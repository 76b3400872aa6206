"""Is the heat map the computation? Evidence against logits, and against Grad-CAM by autograd.

    python -m benchmarks.exactness --data DATA --runs RUNS/wear

Prints, over val faces of every dataset: the largest |mean(evidence) + bias - logit| of each
engine and precision, and the largest difference between Grad-CAM by autograd and
ReLU(evidence) / (h w), relative to the map's maximum. In float32 a map that is all but empty has
rounding errors of its own size; float64 shows that the two are the same.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.wear_runs import SHARED
from glassmask.lab.datasets import PictureCache, read_datasets
from glassmask.lab.judging.judge import crops_of
from glassmask.lab.networks import EvidenceNetwork
from glassmask.lab.tasks.wear.task import TASK as WEAR
from glassmask.networks.engines import Engine, Precision
from glassmask.networks.wear import Network

ENGINES: tuple[tuple[Engine, Precision], ...] = (
    ("onnxruntime", "f32"),
    ("openvino", "f32"),
    ("openvino", "bf16"),
)


def main() -> None:
    """Print the two tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runs", type=Path, required=True)
    options = parser.parse_args()
    folders = [options.data / name for name in SHARED]
    records = [r for r in read_datasets(folders).records if r.split == "val"][::5]
    cache = PictureCache(records)
    network, recipe = WEAR.load(options.runs / "full")
    crops = crops_of(records, cache, "as given", recipe.network.size)

    print(f"{len(crops)} val faces; largest |mean(evidence) + bias - logit|")
    for engine, precision in ENGINES:
        shipped = Network(engine=engine, precision=precision)
        print(f"  {engine} {precision}: {logit_error(shipped, crops):.1e}")
    print("Grad-CAM by autograd against ReLU(evidence) / (h w), relative to the map's maximum")
    single, double = cam_errors(network, crops)
    print(f"  float32, the verdict's class: {single:.1e}")
    print(f"  float64, every class (some maps are all but empty): {double:.1e}")


def logit_error(network: Network, crops: NDArray[np.uint8]) -> float:
    """The largest distance between a logit and what its map says."""
    logits, evidence = network.run(crops)
    told = evidence.mean(axis=(2, 3), dtype=np.float64) + np.asarray(network.manifest.bias)
    return float(np.abs(told - logits).max())


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


if __name__ == "__main__":
    main()
