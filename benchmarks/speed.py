"""How fast: crops a second, the heat map's cost, the map's resolution, one photo by command.

    python benchmarks/speed.py [--rounds 60]

All variants of a table run in one process, interleaved; medians.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import onnx
import onnxruntime
import openvino
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper
from PIL import Image

from glassmask.lab.networks import build_network
from glassmask.lab.networks.registry import build_classifier
from glassmask.lab.networks.shipped import network_of_file, weights_of
from glassmask.lab.tasks.wear.export import evidence_to_onnx
from glassmask.labels import WEARS
from glassmask.networks.manifest import load_network
from glassmask.networks.wear import Network
from glassmask.painter import demo_photos
from timing import medians

BATCHES: Final = (1, 32)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=60)
    rounds = parser.parse_args().rounds
    print(f"{os.cpu_count()} cores; medians of {rounds} interleaved rounds")
    engines(rounds)
    rivals(rounds)
    map_cost(rounds)
    resolutions(rounds)
    whole_process()


def noise(count: int, size: int) -> NDArray[np.uint8]:
    """Random crops, uint8 (count, size, size, 3)."""
    return np.random.default_rng(0).integers(0, 256, (count, size, size, 3), dtype=np.uint8)


def engines(rounds: int) -> None:
    """Crops a second of the shipped network, engine by engine, at batch 1 and 32."""
    networks = {
        "onnxruntime f32": Network(engine="onnxruntime"),
        "openvino f32": Network(engine="openvino"),
        "openvino bf16": Network(engine="openvino", precision="bf16"),
    }
    print("\nshipped network, crops a second       batch 1  batch 32")
    found = {}
    for batch in BATCHES:
        crops = noise(batch, 160)
        calls: dict[str, Callable[[], object]] = {
            name: partial(network.run, crops) for name, network in networks.items()
        }
        found[batch] = medians(calls, rounds if batch == 1 else max(5, rounds // 6))
    for name in networks:
        print(f"  {name:<34} {1 / found[1][name]:8.0f}  {32 / found[32][name]:8.0f}")


def rivals(rounds: int) -> None:
    """The shipped network beside itself in eager PyTorch, and the two studies' networks there.

    Those have random weights, which takes the same time, and their own size of crops.
    """
    shipped = Network(engine="onnxruntime")
    calls: dict[str, dict[int, Callable[[], object]]] = {
        "shipped, onnxruntime f32": {n: partial(shipped.run, noise(n, 160)) for n in BATCHES},
        "shipped, PyTorch": {n: eager(network_of_file(), noise(n, 160)) for n in BATCHES},
    }
    for name, size in (("inception_resnet_v1", 256), ("resnet50", 224)):
        network = build_classifier(name, len(WEARS)).eval()
        calls[f"{name}, {size} px, PyTorch"] = {n: eager(network, noise(n, size)) for n in BATCHES}
    print("\nbeside PyTorch and the two studies, crops a second   batch 1  batch 32")
    found = {}
    for batch in BATCHES:
        some = max(5, rounds // (2 if batch == 1 else 6))
        found[batch] = medians({name: by[batch] for name, by in calls.items()}, some)
    for name in calls:
        print(f"  {name:<48} {1 / found[1][name]:8.1f}  {32 / found[32][name]:8.1f}")


def eager(network: torch.nn.Module, crops: NDArray[np.uint8]) -> Callable[[], object]:
    """A call that runs a torch network once on the crops."""
    given = torch.from_numpy(crops)

    def call() -> object:
        with torch.inference_mode():
            return network(given)

    return call


def pooled(content: bytes) -> bytes:
    """The same network as it is without a heat map: pool, then one linear layer."""
    model = onnx.load_from_string(content)
    graph = model.graph
    head = next(n for n in graph.node if "evidence" in n.output)
    values = weights_of(content)[head.input[1]].reshape(5, -1).T.copy()
    end = next(n for n in graph.node if "logits" in n.output)
    mean = next(n for n in graph.node if "evidence" in n.input)
    bias = next(name for name in end.input if name != mean.output[0])
    for node in (head, mean, end):
        graph.node.remove(node)
    used = {name for node in graph.node for name in node.input} | {bias}
    for initializer in [i for i in graph.initializer if i.name not in used]:
        graph.initializer.remove(initializer)
    graph.initializer.append(onnx.numpy_helper.from_array(values, "linear"))
    graph.node.extend(
        [
            helper.make_node("GlobalAveragePool", [head.input[0]], ["pool"]),
            helper.make_node("Flatten", ["pool"], ["flat"]),
            helper.make_node("Gemm", ["flat", "linear", bias], ["logits"]),
        ]
    )
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", 5]))
    onnx.checker.check_model(model, full_check=True)
    done: bytes = model.SerializeToString()
    return done


def runner(content: bytes, engine: str, crops: NDArray[np.uint8]) -> Callable[[], object]:
    """A call that runs a network file once on the crops."""
    if engine == "onnxruntime":
        session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
        return lambda: session.run(None, {"crops": crops})
    hint = engine.split()[1]
    config = {"INFERENCE_PRECISION_HINT": hint, "PERFORMANCE_HINT": "LATENCY"}
    core = openvino.Core()
    request = core.compile_model(
        core.read_model(content, b""), "CPU", config
    ).create_infer_request()
    return lambda: request.infer({"crops": crops})


def map_cost(rounds: int) -> None:
    """The evidence head against pooling and a linear layer: same network, same logits."""
    content = load_network()[0]
    plain = pooled(content)
    crops = noise(1, 160)
    print("\nheat map for every class, batch 1         with   without   cost")
    for engine in ("onnxruntime", "openvino f32", "openvino bf16"):
        calls = {"with": runner(content, engine, crops), "without": runner(plain, engine, crops)}
        if engine == "onnxruntime":
            logits = [np.asarray(call()[0]).reshape(-1)[:5] for call in calls.values()]  # type: ignore[index]
            assert np.allclose(logits[0], logits[1], atol=1e-3), "the two networks differ"
        found = medians(calls, rounds * 8)
        cost = found["with"] / found["without"] - 1
        print(
            f"  {engine:<34} {1e3 * found['with']:6.2f} ms {1e3 * found['without']:6.2f} ms "
            f"{cost:+.1%}"
        )


def resolutions(rounds: int) -> None:
    """Two ways to a 10 x 10 map, and the 5 x 5 one that the backbone has by itself."""
    print("\nMobileNetV2 with evidence head, batch 1   f32 (onnxruntime)  bf16 (openvino)")
    for size, stride in ((160, 32), (160, 16), (320, 32)):
        torch.manual_seed(0)
        content = evidence_to_onnx(build_network("mobilenet_v2", "random", stride, 0, 0.0), size)
        crops = noise(1, size)
        found = medians(
            {name: runner(content, name, crops) for name in ("onnxruntime", "openvino bf16")},
            rounds,
        )
        cells = size // stride
        print(
            f"  {size} px, stride {stride}: {cells} x {cells} map".ljust(44)
            + f"{1e3 * found['onnxruntime']:6.2f} ms       {1e3 * found['openvino bf16']:6.2f} ms"
        )


def whole_process() -> None:
    """One photo by `glassmask check`, and `import glassmask`, as whole processes."""
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "photo.png"
        Image.fromarray(demo_photos()["nose"]).save(photo)
        check = "from glassmask.cli.app import main; main()"
        commands = {
            "python -c pass": ["-c", "pass"],
            "import glassmask": ["-c", "import glassmask"],
        }
        for engine in ("onnxruntime", "openvino"):
            arguments = ["-c", check, "check", str(photo), "--engine", engine]
            commands[f"glassmask check, {engine}"] = arguments
        run = partial(subprocess.run, check=True, stdout=subprocess.DEVNULL)
        calls: dict[str, Callable[[], object]] = {
            name: partial(run, [sys.executable, *arguments]) for name, arguments in commands.items()
        }
        found = medians(calls, 7)
        print("\nwhole process                          seconds   peak memory")
        for name, arguments in commands.items():
            measure = (
                "import resource, subprocess, sys; subprocess.run([sys.executable, *sys.argv[1:]],"
                "stdout=subprocess.DEVNULL);"
                "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
            )
            peak = subprocess.run(
                [sys.executable, "-c", measure, *arguments],
                check=True, capture_output=True, text=True,
            )  # fmt: skip
            print(f"  {name:<34} {found[name]:8.2f}   {int(peak.stdout) / 1024:6.0f} MiB")


if __name__ == "__main__":
    main()
