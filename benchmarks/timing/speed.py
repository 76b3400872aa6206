"""How fast: crops per second, the heat map's cost, the map's resolution, one photo by command.

    python -m benchmarks speed [--rounds 60]

All variants of a table run in one process, in turn; medians.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import onnx
import onnxruntime
import openvino
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper
from PIL import Image

from benchmarks.figures import Figures
from benchmarks.frame import shipped_weights
from benchmarks.timing.rounds import medians
from glassmask.lab.networks import build_network
from glassmask.lab.networks.classifiers import build_classifier
from glassmask.lab.networks.shipped import read_weights, rebuild_network
from glassmask.lab.tasks.wear.export import evidence_to_onnx
from glassmask.labels import QUESTIONS, WEARS
from glassmask.networks.manifest import load_wear_network
from glassmask.networks.wear import Network
from glassmask.painter import demo_photos

BATCHES: Final = (1, 32)

Call: TypeAlias = Callable[[], object]


def add_options(parser: argparse.ArgumentParser) -> None:
    """How many rounds."""
    parser.add_argument("--rounds", type=int, default=60)


def judged(options: argparse.Namespace) -> Mapping[str, Path]:  # noqa: ARG001
    """The shipped wear network."""
    return shipped_weights("wear")


def measure(options: argparse.Namespace) -> Figures:
    """Measure all tables."""
    rounds = options.rounds
    return {
        "threads": torch.get_num_threads(),
        "throughput": {"engines": engines(rounds), "beside_pytorch": beside_pytorch(rounds)},
        "map_cost": map_cost(rounds),
        "resolutions": resolutions(rounds),
        "processes": whole_processes(),
    }


def noise(count: int, size: int) -> NDArray[np.uint8]:
    """Random crops, uint8 (count, size, size, 3)."""
    return np.random.default_rng(0).integers(0, 256, (count, size, size, 3), dtype=np.uint8)


def engines(rounds: int) -> Figures:
    """Crops per second of the shipped network, engine by engine, at batch 1 and 32."""
    networks = {
        "openvino bf16": Network(engine="openvino", precision="bf16"),
        "openvino f32": Network(engine="openvino"),
        "onnxruntime f32": Network(engine="onnxruntime"),
    }
    size = load_wear_network()[1].input_size
    calls: dict[str, dict[int, Call]] = {
        name: {batch: partial(network.run, noise(batch, size)) for batch in BATCHES}
        for name, network in networks.items()
    }
    return throughput("the shipped network", calls, rounds)


def beside_pytorch(rounds: int) -> Figures:
    """The shipped network beside itself in eager PyTorch, and the two studies' networks there.

    Those have random weights, which takes the same time, and their own size of crops.
    """
    shipped = Network(engine="onnxruntime")
    own = shipped.manifest.input_size
    calls: dict[str, dict[int, Call]] = {
        "shipped, onnxruntime f32": {n: partial(shipped.run, noise(n, own)) for n in BATCHES},
        "shipped, pytorch": {n: eager(rebuild_network(), noise(n, own)) for n in BATCHES},
    }
    for name, size in (("inception_resnet_v1", 256), ("resnet50", 224)):
        network = build_classifier(name, len(WEARS)).eval()
        calls[f"{name}, {size} px, pytorch"] = {n: eager(network, noise(n, size)) for n in BATCHES}
    return throughput("beside PyTorch and the two studies' networks", calls, rounds // 2)


def throughput(title: str, calls: Mapping[str, Mapping[int, Call]], rounds: int) -> Figures:
    """Crops per second of each variant, by the size of the batch."""
    found: dict[str, dict[str, float]] = {name: {} for name in calls}
    for batch in BATCHES:
        some = max(5, rounds if batch == 1 else rounds // 6)
        seconds = medians({name: by_batch[batch] for name, by_batch in calls.items()}, some)
        for name, value in seconds.items():
            found[name][str(batch)] = batch / value
    print(f"\n{title}, crops per second: batch 1, batch 32")
    for name, rates in found.items():
        print(f"  {name:<40} {rates['1']:8.1f} {rates['32']:8.1f}", flush=True)
    return found


def eager(network: torch.nn.Module, crops: NDArray[np.uint8]) -> Call:
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
    values = read_weights(content)[head.input[1]].reshape(len(QUESTIONS), -1).T.copy()
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
    graph.output.append(
        helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", len(QUESTIONS)])
    )
    onnx.checker.check_model(model, full_check=True)
    done: bytes = model.SerializeToString()
    return done


def runner(content: bytes, engine: str, crops: NDArray[np.uint8]) -> Call:
    """A call that runs a network file once on the crops."""
    if engine == "onnxruntime f32":
        session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
        return lambda: session.run(None, {"crops": crops})
    hint = engine.split()[1]
    config = {"INFERENCE_PRECISION_HINT": hint, "PERFORMANCE_HINT": "LATENCY"}
    core = openvino.Core()
    request = core.compile_model(
        core.read_model(content, b""), "CPU", config
    ).create_infer_request()
    return lambda: request.infer({"crops": crops})


def map_cost(rounds: int) -> Figures:
    """The evidence head against pooling and a linear layer: same network, same logits."""
    content, manifest = load_wear_network()
    plain = pooled(content)
    crops = noise(1, manifest.input_size)
    found: dict[str, Figures] = {}
    print("\nheat maps for all classes, batch 1: ms with them, without, cost")
    for engine in ("onnxruntime f32", "openvino f32", "openvino bf16"):
        calls = {"with": runner(content, engine, crops), "without": runner(plain, engine, crops)}
        if engine == "onnxruntime f32":
            outputs: list[Any] = [call() for call in calls.values()]
            count = len(QUESTIONS)
            logits = [np.asarray(given[0]).reshape(-1)[:count] for given in outputs]
            assert np.allclose(logits[0], logits[1], atol=1e-3), "the two networks differ"
        seconds = medians(calls, rounds * 8)
        cost = seconds["with"] / seconds["without"] - 1
        found[engine] = {
            "with_ms": 1e3 * seconds["with"],
            "without_ms": 1e3 * seconds["without"],
            "cost": cost,
        }
        print(
            f"  {engine:<20} {1e3 * seconds['with']:6.2f} {1e3 * seconds['without']:6.2f} "
            f"{cost:+.1%}",
            flush=True,
        )
    return found


def resolutions(rounds: int) -> Figures:
    """Two ways to a 10 x 10 map, and the 5 x 5 one that the backbone has by itself; ms."""
    found: dict[str, Figures] = {}
    print("\nMobileNetV2 with evidence head, batch 1: ms")
    for size, stride in ((160, 32), (160, 16), (320, 32)):
        torch.manual_seed(0)
        content = evidence_to_onnx(build_network("mobilenet_v2", "random", stride, 0, 0.0), size)
        crops = noise(1, size)
        engines = ("onnxruntime f32", "openvino bf16")
        seconds = medians({name: runner(content, name, crops) for name in engines}, rounds)
        name = f"{size} px, stride {stride}"
        found[name] = {engine: 1e3 * value for engine, value in seconds.items()}
        print(f"  {name}: {found[name]}", flush=True)
    return found


def whole_processes() -> Figures:
    """One photo by `glassmask check`, and `import glassmask`: seconds, and peak memory in MiB."""
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
        calls: dict[str, Call] = {
            name: partial(run, [sys.executable, *arguments]) for name, arguments in commands.items()
        }
        seconds = medians(calls, 7)
        peaks = {name: peak_memory(arguments) for name, arguments in commands.items()}
    print("\nwhole processes: seconds, peak memory")
    for name in commands:
        print(f"  {name:<34} {seconds[name]:8.2f}   {peaks[name]:6.0f} MiB")
    return {name: {"seconds": seconds[name], "mib": peaks[name]} for name in commands}


def peak_memory(arguments: Sequence[str]) -> float:
    """The largest resident set of a Python process, MiB."""
    measure = (
        "import resource, subprocess, sys;"
        "subprocess.run([sys.executable, *sys.argv[1:]], stdout=subprocess.DEVNULL, check=True);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", measure, *arguments], check=True, capture_output=True, text=True
    )
    return int(done.stdout) / 1024
