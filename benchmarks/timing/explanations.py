"""How fast explanations are, against the libraries that are used for them.

    pip install --no-deps grad-cam ttach          # grad-cam alone would bring a second OpenCV
    python -m benchmarks explanations [--run RUN] [--size 224] [--rounds 9] [--ig-rounds 3]

ResNet50, batch 1, the same weights for all: of RUN, a finished run of a ResNet50, or else drawn at
random. All variants in one process, interleaved, medians.
"""

from __future__ import annotations

import argparse
import statistics
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime
import openvino
import torch
from captum.attr import IntegratedGradients as CaptumIG
from captum.attr import LayerGradCam
from numpy.typing import NDArray
from torch import Tensor

from benchmarks.figures import Figures
from benchmarks.timing.rounds import interleaved
from glassmask.faces.crop import Square, crop
from glassmask.lab.attribution import GradCAM, IntegratedGradients, attribute
from glassmask.lab.export.int8 import quantize_evidence_int8
from glassmask.lab.export.onnx_file import to_onnx
from glassmask.lab.networks.classifier import Classifier
from glassmask.lab.networks.classifiers import build_classifier
from glassmask.lab.networks.folding import fold_batchnorm
from glassmask.lab.tasks.judges import open_judge
from glassmask.lab.tasks.wear.export import evidence_to_onnx
from glassmask.lab.training.folder import WEIGHTS
from glassmask.painter import demo_photos

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pytorch_grad_cam import GradCAM as TheirGradCAM

Map = NDArray[np.float32]

_WARM: Final = 2  # rounds that don't count
_PAUSE: Final = 0.05  # seconds: until the threads of the one before have stopped waiting actively


def add_options(parser: argparse.ArgumentParser) -> None:
    """Which run, and how many rounds."""
    parser.add_argument("--run", type=Path, help="a finished run of a ResNet50 (random weights)")
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--ig-rounds", type=int, default=3)


def judged(options: argparse.Namespace) -> Mapping[str, Path]:
    """The run's weights."""
    return {} if options.run is None else {options.run.name: options.run / WEIGHTS}


def measure(options: argparse.Namespace) -> Figures:
    """Grad-CAM and Integrated Gradients."""
    network = resnet(options.run)
    pictures = [
        crop(photo, Square(0.0, 0.0, float(min(photo.shape[:2]))), options.size)[None]
        for photo in demo_photos().values()
    ]
    return {
        "threads": torch.get_num_threads(),
        **grad_cam(network, pictures[0], options.rounds),
        "integrated_gradients": integrated_gradients(network, pictures, options.ig_rounds),
    }


def resnet(run: Path | None) -> Classifier:
    """A ResNet50 in evaluation mode."""
    if run is not None:
        network = open_judge(run).network
        assert isinstance(network, Classifier)
        return network
    torch.manual_seed(0)
    drawn = build_classifier("resnet50", 3)
    with torch.no_grad():  # statistics that are not those of the start
        for _ in range(5):
            drawn.logits(torch.randint(0, 256, (8, 224, 224, 3), dtype=torch.uint8))
    return drawn.eval()


def grad_cam(network: Classifier, picture: NDArray[np.uint8], rounds: int) -> dict[str, Figures]:
    """The class and its map by each way, and what the map costs (`map_cost`)."""
    size = picture.shape[1]
    content = evidence_to_onnx(network.with_evidence(), size)
    example = torch.zeros(2, size, size, 3, dtype=torch.uint8)
    plain = to_onnx(network, example, "crops", ("logits",), {0: torch.export.Dim("N")})
    integers = quantize_evidence_int8(content, "crops", samples(size))
    network.to(memory_format=torch.channels_last)
    pixels = network.normalised(torch.from_numpy(picture))
    layer = network.get_submodule(network.cam_layer)
    theirs = TheirGradCAM(model=network.network, target_layers=[layer])
    captum = LayerGradCam(network.network, layer)

    def their_map() -> Map:
        theirs(input_tensor=pixels, targets=None)  # the most likely class, scaled and enlarged
        seen = theirs.activations_and_grads
        parts = (seen.activations[0].numpy(), seen.gradients[0].numpy())
        raw = theirs.get_cam_image(pixels, layer, None, *parts, False)
        return np.asarray(np.maximum(raw, 0)[0], np.float32)

    def captums_map() -> Map:
        with torch.no_grad():
            best = int(network.network(pixels).argmax())
        found = captum.attribute(pixels, target=best, relu_attributions=True)
        return np.asarray(found[0, 0].detach().numpy(), np.float32)

    variants: dict[str, Callable[[], Any]] = {
        "pytorch-grad-cam": their_map,
        "Captum LayerGradCam": captums_map,
        "ours, torch": lambda: attribute(network, picture, None, GradCAM()).maps[0],
        "ours, ONNX Runtime f32": partial(from_evidence, onnx_runtime(content), picture),
        "ours, OpenVINO f32": partial(from_evidence, open_vino(content, "f32", size), picture),
        "ours, OpenVINO bf16": partial(from_evidence, open_vino(content, "bf16", size), picture),
        "ours, OpenVINO int8": partial(from_evidence, open_vino(integers, "bf16", size), picture),
        "no map, ONNX Runtime f32": partial(onnx_runtime(plain), picture),
        "no map, OpenVINO bf16": partial(open_vino(plain, "bf16", size), picture),
    }
    timed = interleaved(variants, rounds, warm=_WARM, pause=_PAUSE)
    theirs_ms = {name: timed[name].seconds for name in ("pytorch-grad-cam", "Captum LayerGradCam")}
    found: dict[str, Figures] = {}
    for name, one in timed.items():
        found[name] = {
            "ms": 1e3 * one.seconds,
            "times_pytorch_grad_cam": theirs_ms["pytorch-grad-cam"] / one.seconds,
            "times_captum": theirs_ms["Captum LayerGradCam"] / one.seconds,
        }
        if name != "pytorch-grad-cam" and not name.startswith("no map"):
            alike = agreement(one.result, timed["pytorch-grad-cam"].result)
            found[name] = {**found[name], **alike}
        print(f"{name}: {found[name]}", flush=True)
    cost = {
        engine: timed[f"ours, {engine}"].seconds / timed[f"no map, {engine}"].seconds - 1
        for engine in ("ONNX Runtime f32", "OpenVINO bf16")
    }
    print(f"the map costs {cost}", flush=True)
    return {"maps": found, "map_cost": cost}


def samples(size: int) -> Iterator[NDArray[np.uint8]]:
    """Crops that set the ranges of integers: the demo photos, and each turned about."""
    for photo in demo_photos().values():
        whole = crop(photo, Square(0.0, 0.0, float(min(photo.shape[:2]))), size)[None]
        yield from (whole, np.ascontiguousarray(whole[:, :, ::-1]))


def agreement(found: Map, wanted: Map) -> dict[str, float]:
    """The largest difference, over the map's maximum, and the correlation."""
    error = float(np.abs(found - wanted).max() / max(wanted.max(), 1e-12))
    return {
        "error": error,
        "correlation": float(np.corrcoef(found.ravel(), wanted.ravel())[0, 1]),
    }


def from_evidence(run: Callable[[NDArray[np.uint8]], list[Map]], picture: NDArray[np.uint8]) -> Map:
    """Grad-CAM out of logits (1, C) and evidence (1, C, h, w)."""
    logits, evidence = run(picture)
    chosen = evidence[0, int(logits[0].argmax())]
    return np.asarray(np.maximum(chosen, 0) / chosen.size, np.float32)


def onnx_runtime(content: bytes) -> Callable[[NDArray[np.uint8]], list[Map]]:
    """An ONNX file in ONNX Runtime."""
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return lambda crops: list(session.run(None, {"crops": crops}))


def open_vino(
    content: bytes, precision: str, size: int
) -> Callable[[NDArray[np.uint8]], list[Map]]:
    """An ONNX file in OpenVINO, for one crop a time."""
    core = openvino.Core()
    config = {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY"}
    model = core.read_model(content, b"")
    model.reshape({"crops": [1, size, size, 3]})
    request = core.compile_model(model, "CPU", config).create_infer_request()
    return lambda crops: [np.array(values) for values in request.infer({"crops": crops}).values()]


def integrated_gradients(
    network: Classifier, pictures: Sequence[NDArray[np.uint8]], rounds: int
) -> Figures:
    """Integrated Gradients from black, of the most likely class.

    Timed on the first picture; error and correlation are means over all: on one they are luck.
    """
    quick = fold_batchnorm(network, pictures[0].shape[1])

    def captum(picture: NDArray[np.uint8], steps: int) -> Map:
        pixels = torch.from_numpy(picture).float().requires_grad_()
        found: Tensor = CaptumIG(network.logits).attribute(
            pixels, torch.zeros_like(pixels), target=_target(network, picture), n_steps=steps,
            internal_batch_size=8,
        )  # fmt: skip
        return np.asarray(found[0].sum(dim=2).detach().numpy())

    def ours(asked: Classifier, steps: int, precision: str, picture: NDArray[np.uint8]) -> Map:
        method = IntegratedGradients(
            bound=1e-9,  # takes all steps, so that the cost is known
            max_steps=steps,
            precision=precision,  # type: ignore[arg-type]
        )
        return np.asarray(attribute(asked, picture, None, method).maps[0])

    variants: dict[str, Callable[[NDArray[np.uint8]], Map]] = {
        "Captum, 50 steps": partial(captum, steps=50),
        **{f"ours, {n} steps, f32": partial(ours, network, n, "f32") for n in (18, 27)},
        **{f"ours, {n} steps, bf16": partial(ours, quick, n, "bf16") for n in (12, 16, 18, 20, 24)},
    }
    calls = {n: partial(call, pictures[0]) for n, call in variants.items()}
    timed = interleaved(calls, rounds, warm=_WARM, pause=_PAUSE)
    references = [captum(picture, 200) for picture in pictures]
    apart = [_apart(network, picture) for picture in pictures]
    found: dict[str, Figures] = {}
    for name, method in variants.items():
        maps = [method(picture) for picture in pictures]
        errors = [
            abs(float(one.sum(dtype=np.float64)) - wanted)
            for one, wanted in zip(maps, apart, strict=True)
        ]
        correlations = [
            float(np.corrcoef(one.ravel(), reference.ravel())[0, 1])
            for one, reference in zip(maps, references, strict=True)
        ]
        found[name] = {
            "ms": 1e3 * timed[name].seconds,
            "times_captum": timed["Captum, 50 steps"].seconds / timed[name].seconds,
            "error": statistics.mean(errors),
            "correlation": statistics.mean(correlations),
        }
        print(f"{name}: {found[name]}", flush=True)
    return found


def _target(network: Classifier, picture: NDArray[np.uint8]) -> int:
    with torch.no_grad():
        return int(network.logits(torch.from_numpy(picture)).argmax())


def _apart(network: Classifier, picture: NDArray[np.uint8]) -> float:
    """The likeliest logit of a picture, less that of black."""
    pixels = torch.from_numpy(picture)
    with torch.no_grad():
        difference = network.logits(pixels) - network.logits(torch.zeros_like(pixels))
    return float(difference[0, _target(network, picture)])
