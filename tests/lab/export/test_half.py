"""Weights in 16 bits: half the file, all but the same numbers."""

from __future__ import annotations

import hashlib
import json
from importlib import resources
from pathlib import Path
from typing import Literal

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from glassmask.lab.export.half import weights_in_half
from glassmask.lab.export.onnx_file import ExportError
from glassmask.lab.networks.shipped import network_of_file
from glassmask.network import Network


def small(weights: np.ndarray) -> bytes:
    """y = x @ weights + bias."""
    bias = numpy_helper.from_array(np.array([0.1], np.float32), "bias")
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["x", "weights"], ["product"]),
            helper.make_node("Add", ["product", "bias"], ["y"]),
        ],
        "small",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, len(weights)])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 1])],
        [numpy_helper.from_array(weights, "weights"), bias],
    )
    opset = [helper.make_opsetid("", 20)]
    return bytes(helper.make_model(graph, opset_imports=opset).SerializeToString())


def stored_in(content: bytes) -> dict[str, np.ndarray]:
    graph = onnx.load_from_string(content).graph
    return {item.name: numpy_helper.to_array(item) for item in graph.initializer}


def test_kernels_are_rounded_and_biases_are_not() -> None:
    weights = np.linspace(-2, 2, 300, dtype=np.float32)[:, None]
    content = weights_in_half(small(weights))
    found = stored_in(content)
    assert {name: str(array.dtype) for name, array in found.items()} == {
        "weights.half": "float16",
        "bias": "float32",
    }
    np.testing.assert_array_equal(found["weights.half"], weights.astype(np.float16))
    x = np.random.default_rng(0).normal(size=(1, 300)).astype(np.float32)
    (y,) = onnxruntime.InferenceSession(content).run(None, {"x": x})
    expected = x @ weights.astype(np.float16).astype(np.float32) + np.float32(0.1)
    np.testing.assert_allclose(y, expected, rtol=1e-5)


def test_few_numbers_stay_as_they_are() -> None:
    weights = np.linspace(-2, 2, 200, dtype=np.float32)[:, None]
    np.testing.assert_array_equal(stored_in(weights_in_half(small(weights)))["weights"], weights)


def test_weights_beyond_16_bits_are_an_error() -> None:
    with pytest.raises(ExportError, match="weights has weights beyond what 16 bits can hold"):
        weights_in_half(small(np.full((300, 1), 1e5, np.float32)))


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
def test_the_shipped_network_in_half_says_the_same(
    tmp_path: Path, engine: Literal["onnxruntime", "openvino"]
) -> None:
    if engine == "openvino":
        pytest.importorskip("openvino")
    weights = resources.files("glassmask").joinpath("weights")
    content = weights.joinpath("wear.onnx").read_bytes()
    halved = weights_in_half(content)
    assert len(halved) < 0.55 * len(content)
    file = tmp_path / "half.onnx"
    file.write_bytes(halved)
    card = json.loads(weights.joinpath("wear.json").read_text(encoding="utf-8"))
    card["sha256"] = hashlib.sha256(halved).hexdigest()
    file.with_suffix(".json").write_text(json.dumps(card), encoding="utf-8")
    size = card["input_size"]
    crops = np.random.default_rng(0).integers(0, 256, (2, size, size, 3), np.uint8)
    _, whole = Network(engine=engine).run(crops)
    logits, evidence = Network(file, engine=engine).run(crops)
    assert np.abs(evidence - whole).max() < 0.01 * np.abs(whole).max()
    with torch.inference_mode():
        own, _ = network_of_file(file).evidence(torch.from_numpy(crops))
    np.testing.assert_allclose(own.numpy(), logits, atol=1e-4, rtol=1e-4)
