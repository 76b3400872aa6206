"""Tables of how long things take: README.md, MODEL_CARD.md, docs/explanations.md, docs/site.md."""

from __future__ import annotations

from typing import Final

from benchmarks.tables.table import (
    EMPTY,
    Cell,
    Table,
    figures,
    number,
    percent,
    power,
    row,
    table,
)

ENGINES: Final = {
    "onnxruntime f32": "ONNX Runtime, f32",
    "openvino f32": "OpenVINO, f32",
    "openvino bf16": "OpenVINO, bf16",
}
THROUGHPUT: Final = {
    ("engines", "openvino bf16"): "shipped, OpenVINO bf16",
    ("engines", "openvino f32"): "shipped, OpenVINO f32",
    ("engines", "onnxruntime f32"): "shipped, ONNX Runtime f32",
    ("beside_pytorch", "shipped, onnxruntime f32"): "the same, in turns with the three below",
    ("beside_pytorch", "shipped, pytorch"): "shipped, eager PyTorch",
    ("beside_pytorch", "inception_resnet_v1, 256 px, pytorch"): (
        "Inception-ResNet-V1, 256 px, eager PyTorch"
    ),
    ("beside_pytorch", "resnet50, 224 px, pytorch"): "ResNet50, 224 px, eager PyTorch",
}
MAPS: Final = {
    "pytorch-grad-cam": "pytorch-grad-cam 1.5.7",
    "Captum LayerGradCam": "Captum LayerGradCam",
    "ours, torch": "Glassmask, torch",
    "ours, ONNX Runtime f32": "Glassmask, ONNX Runtime f32",
    "ours, OpenVINO bf16": "Glassmask, OpenVINO bf16",
    "ours, OpenVINO int8": "Glassmask, OpenVINO int8",
}


def map_cost() -> Table:
    """Milliseconds of a crop with heat maps and without."""
    found = figures("speed")["map_cost"]
    rows = [
        row(
            name,
            label,
            **{"with": number(found[name]["with_ms"], 2, unit=" ms")},
            without=number(found[name]["without_ms"], 2, unit=" ms"),
            cost=_change(found[name]["cost"]),
        )
        for name, label in ENGINES.items()
    ]
    return table("", {"with": "with heat maps", "without": "without", "cost": "cost"}, rows)


def throughput() -> Table:
    """Crops per second."""
    found = figures("speed")["throughput"]
    rows = [
        row(
            name,
            label,
            **{batch: _rate(found[group][name][batch]) for batch in ("1", "32")},
        )
        for (group, name), label in THROUGHPUT.items()
    ]
    return table("", {"1": "batch 1", "32": "batch 32"}, rows)


def maps_in_short() -> Table:
    """A class and its Grad-CAM by several libraries and engines, for the README."""
    found = figures("explanations")["maps"]
    rows = []
    for name, label in MAPS.items():
        own = found[name]
        if "error" not in own:
            against = EMPTY
        elif own["error"] < 1e-6:
            against = Cell("the same")
        elif own["error"] < 1e-5:
            against = Cell(f"error {power(own['error'])} of the maximum")
        else:
            against = Cell(f"correlation {number(own['correlation'], 4)}")
        milliseconds = number(own["ms"], 0 if own["ms"] >= 10 else 1)
        rows.append(row(name, label, ms=milliseconds, against=against))
    return table("", {"ms": "ms", "against": "map against pytorch-grad-cam's"}, rows)


def maps() -> Table:
    """The same with ratios and errors."""
    found = figures("explanations")["maps"]
    rows = [
        row(
            name,
            name,
            ms=number(own["ms"], 1),
            gradcam=number(own["times_pytorch_grad_cam"], 1),
            captum=number(own["times_captum"], 1),
            error=power(own.get("error")),
            correlation=number(own.get("correlation"), 4),
        )
        for name, own in found.items()
        if not name.startswith("no map")
    ]
    columns = {
        "ms": "ms",
        "gradcam": "against pytorch-grad-cam",
        "captum": "against Captum",
        "error": "error",
        "correlation": "correlation",
    }
    return table("", columns, rows)


def gradients() -> Table:
    """Integrated Gradients."""
    found = figures("explanations")["integrated_gradients"]
    captum = "Captum, 50 steps"
    rows = [
        row(
            name,
            f"{name} (Gauss-Legendre)" if name == captum else name,
            ms=number(own["ms"]),
            captum=number(own["times_captum"], 1),
            error=number(own["error"], 2),
            correlation=number(own["correlation"], 3),
        )
        for name, own in found.items()
    ]
    columns = {
        "ms": "ms",
        "captum": "against Captum",
        "error": "completeness error, logits",
        "correlation": "correlation",
    }
    return table("", columns, rows)


_PACE: Final = {"frames_per_second": "frames a second"}  # other figures are milliseconds


def website() -> Table:
    """The website in headless Chromium."""
    found = figures("website")
    lines = {
        "photo_ms": "from choosing the photo to its verdict with the map, one thread",
        "worker_ms": "of it in the worker: decoding, finding, judging",
        "finding_ms": "of that, finding",
        "frames_per_second": "Live, camera at 640 pixels, one thread",
    }
    rows = [
        row(name, label, figure=_between(found[name], _PACE.get(name, "ms")))
        for name, label in lines.items()
    ]
    size = number(found["megabytes"], 1, unit=" MB")
    rows.append(row("megabytes", "first visit: everything, uncompressed", figure=size))
    return table("", {"figure": ""}, rows)


def strides() -> Table:
    """Two ways to a map of 10 x 10 cells."""
    found = figures("history")["strides"]
    columns = {
        "as given": "as given",
        "medium": "medium",
        "tight": "tight",
        "training": "training",
        "f32": "inference, f32",
        "bf16": "bf16",
    }
    rows = [
        row(
            name,
            name,
            **{framing: number(own[framing], 3) for framing in ("as given", "medium", "tight")},
            training=number(own["crops_per_second"], unit=" crops/s"),
            f32=number(own["f32_ms"], 1, unit=" ms"),
            bf16=number(own["bf16_ms"], 1, unit=" ms"),
        )
        for name, own in found.items()
    ]
    return table("", columns, rows)


def _rate(value: float) -> Cell:
    return number(value, 0 if value >= 100 else 1)


def _change(value: float) -> Cell:
    return percent(value, 1, sign=round(value, 3) != 0)


def _between(found: list[float], unit: str) -> Cell:
    """The least and the greatest of several runs; of one that one."""
    ends = [f"{value:g}" for value in dict.fromkeys((found[0], found[-1]))]
    return Cell(f"{' to '.join(ends)} {unit}", found[0])
