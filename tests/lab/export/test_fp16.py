"""Weights in 16 bits: half the file, all but the same numbers."""

from __future__ import annotations

from importlib import resources
from typing import Literal

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from glassmask.errors import ExportError
from glassmask.lab.export.fp16 import store_weights_fp16
from glassmask.lab.networks import build_network
from glassmask.lab.tasks.wear.export import evidence_to_onnx
from glassmask.networks.engines import open_engine

pytestmark = pytest.mark.heavy

WEIGHTS = resources.files("glassmask").joinpath("weights")


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
    content = store_weights_fp16(small(weights))
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
    np.testing.assert_array_equal(stored_in(store_weights_fp16(small(weights)))["weights"], weights)


def test_weights_beyond_16_bits_are_an_error() -> None:
    with pytest.raises(ExportError, match="weights has weights beyond what 16 bits can hold"):
        store_weights_fp16(small(np.full((300, 1), 1e5, np.float32)))


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
def test_a_network_in_half_says_the_same(engine: Literal["onnxruntime", "openvino"]) -> None:
    if engine == "openvino":
        pytest.importorskip("openvino")
    torch.manual_seed(0)
    content = evidence_to_onnx(build_network("mobilenet_v2", "random", 16, 0, 0.0), 160)
    halved = store_weights_fp16(content)
    assert len(halved) < 0.55 * len(content)
    crops = np.random.default_rng(0).integers(0, 256, (2, 160, 160, 3), np.uint8)
    whole, half = (open_engine(some, engine)({"crops": crops}) for some in (content, halved))
    assert not np.array_equal(half["evidence"], whole["evidence"])
    most = np.abs(whole["evidence"]).max()
    np.testing.assert_allclose(half["evidence"], whole["evidence"], atol=0.01 * most)


def test_the_shipped_network_is_kept_so() -> None:
    content = WEIGHTS.joinpath("wear.onnx").read_bytes()
    kernels = {str(a.dtype) for name, a in stored_in(content).items() if name.endswith(".half")}
    assert kernels == {"float16"}
    assert len(content) < 6e6
