"""What fewer bits cost the shipped network: accuracy, its maps, and time.

    python -m benchmarks.precision --data DATA --mend FILE [--rounds 40]

On real val faces as `glassmask check` frames them. A precision passes with at most 0.3 points of
balanced accuracy lost and evidence that goes with that of f32: Pearson correlation of the five maps
of a face, the mean of all faces, of at least 0.98. Ranges for 8 bits are those of train faces.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from benchmarks.timing.rounds import medians
from glassmask.lab.audit.figures import pearson
from glassmask.lab.datasets import PictureCache, read_datasets
from glassmask.lab.export.int8 import evidence_in_integers
from glassmask.lab.judging.judge import crops_of, five_probabilities
from glassmask.lab.metrics.accuracy import accuracy, is_counted
from glassmask.networks.manifest import load_network
from glassmask.networks.wear import Network

MOST_LOST: Final = 0.003
LEAST_ALIKE: Final = 0.98
SAMPLES: Final = 300

Runs: TypeAlias = Callable[[NDArray[np.uint8]], tuple[NDArray[np.float32], NDArray[np.float32]]]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--mend", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    records = read_datasets([options.data / "real"], options.mend).records
    cache = PictureCache(records)
    content, manifest = load_network()
    size = manifest.input_size
    val = [r for r in records if r.split == "val" and is_counted(r)]
    train = [r for r in records if r.split == "train"][:: max(1, len(records) // SAMPLES)]
    crops = crops_of(val, cache, "check", size)
    samples = (crops_of([record], cache, "check", size) for record in train)
    ways: dict[str, Runs] = {
        "f32, ONNX Runtime": Network(engine="onnxruntime").run,
        "f32, OpenVINO": Network(engine="openvino").run,
        "bf16, OpenVINO": Network(engine="openvino", precision="bf16").run,
        "int8, ONNX Runtime": runs(evidence_in_integers(content, "crops", samples)),
    }
    times = medians({n: partial(run, crops[:1]) for n, run in ways.items()}, options.rounds)
    print(f"{len(val)} real val faces; medians of {options.rounds} interleaved rounds, batch 1\n")
    print("| | balanced | lost | maps alike: mean, least | ms | passes |")
    print("|---|---|---|---|---|---|")
    first: tuple[float, NDArray[np.float32]] | None = None
    for name, run in ways.items():
        logits, maps = in_batches(run, crops)
        found = accuracy(val, five_probabilities(logits, manifest.temperature)).balanced
        first = first or (found, maps)
        lost, alike = (
            first[0] - found,
            np.array([pearson(*both) for both in zip(first[1], maps, strict=True)]),
        )
        passes = lost <= MOST_LOST and alike.mean() >= LEAST_ALIKE
        cells = [f"{found:.4f}", f"{lost:+.4f}", f"{alike.mean():.4f}, {alike.min():.4f}"]
        cells += [f"{1e3 * times[name]:.2f}", "yes" if passes else "no"]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def runs(content: bytes) -> Runs:
    """An ONNX file as a call."""
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])

    def run(crops: NDArray[np.uint8]) -> tuple[Any, Any]:
        logits, evidence = session.run(["logits", "evidence"], {"crops": crops})
        return logits, evidence

    return run


def in_batches(
    run: Runs, crops: NDArray[np.uint8]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Logits and evidence of all crops."""
    parts = [run(crops[first : first + 32]) for first in range(0, len(crops), 32)]
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


if __name__ == "__main__":
    main()
