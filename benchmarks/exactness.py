"""Is the heat map the computation? Evidence against logits, and against Grad-CAM by autograd.

    python benchmarks/exactness.py --data ../shared/data --runs ~/.cache/glassmask/wear

Prints, over val faces of every dataset: the largest |mean(evidence) + bias - logit| of each
engine and precision, and the largest difference between Grad-CAM by autograd and
ReLU(evidence) / (h w), relative to the map's maximum.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from glassmask.lab.datasets import PictureCache, read_datasets
from glassmask.lab.evaluation.predictions import framed_crops
from glassmask.lab.export import load_run
from glassmask.lab.networks import EvidenceNetwork
from glassmask.network import Engine, Network, Precision

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
    folders = [options.data / name for name in ("real", "maskedfacenet", "faces")]
    records = [r for r in read_datasets(folders).records if r.split == "val"][::5]
    cache = PictureCache(records)
    network, recipe = load_run(options.runs / "full")
    crops = framed_crops(records, cache, "as given", recipe.network.size)

    print(f"{len(crops)} val faces; largest |mean(evidence) + bias - logit|")
    for engine, precision in ENGINES:
        shipped = Network(engine=engine, precision=precision)
        print(f"  {engine} {precision}: {logit_error(shipped, crops):.1e}")
    print(f"Grad-CAM by autograd, relative to the map's maximum: {cam_error(network, crops):.1e}")


def logit_error(network: Network, crops: NDArray[np.uint8]) -> float:
    """The largest distance between a logit and what its map says."""
    logits, evidence = network.run(crops)
    told = evidence.mean(axis=(2, 3), dtype=np.float64) + np.asarray(network.manifest.bias)
    return float(np.abs(told - logits).max())


def cam_error(network: EvidenceNetwork, crops: NDArray[np.uint8]) -> float:
    """Selvaraju et al. 2017, eq. 1-2, by autograd, against ReLU(evidence) / (h w)."""
    worst = 0.0
    for start in range(0, len(crops), 16):
        batch = torch.from_numpy(crops[start : start + 16])
        activations = network.activations(batch).detach().requires_grad_()  # (N, K, h, w)
        logits, evidence = network.head(activations)
        for target in range(logits.shape[1]):
            (gradient,) = torch.autograd.grad(
                logits[:, target].sum(), activations, retain_graph=True
            )
            weights = gradient.mean(dim=(2, 3), keepdim=True)  # (N, K, 1, 1)
            cam = (weights * activations).sum(dim=1).relu()  # (N, h, w)
            expected = evidence[:, target].relu() / evidence[0, 0].numel()
            error = (cam - expected).abs().amax(dim=(1, 2))
            peak = expected.amax(dim=(1, 2))
            worst = max(worst, float((error / peak.clamp(min=1e-12))[peak > 0].max()))
    return worst


if __name__ == "__main__":
    main()
