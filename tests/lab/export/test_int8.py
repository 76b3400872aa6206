"""Networks in 8 bits say what they said in 32."""

from __future__ import annotations

from importlib import resources

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray

from glassmask.faces.crop import Square, crop
from glassmask.lab.export.int8 import quantize_evidence_int8
from glassmask.lab.networks.shipped import read_weights
from glassmask.networks.engines import open_engine
from glassmask.networks.manifest import load_wear_network

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def crops(demo: dict[str, NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """The demo photos as the shipped network sees them: (N, S, S, 3)."""
    size = load_wear_network()[1].input_size
    return np.concatenate(
        [crop(p, Square(0, 0, min(p.shape[:2])), size)[None] for p in demo.values()]
    )


def test_evidence_in_integers(crops: NDArray[np.uint8]) -> None:
    content = resources.files("glassmask").joinpath("weights/wear.onnx").read_bytes()
    integers = quantize_evidence_int8(
        content, "crops", (crops[k : k + 1] for k in range(len(crops)))
    )
    assert len(integers) < 0.3 * sum(weights.nbytes for weights in read_weights(content).values())
    graph = onnx.load_from_string(integers).graph
    kinds = {weight.name: weight.data_type for weight in graph.initializer}
    # Weights in 8 bits stand behind a DequantizeLinear.
    raw = {n.output[0]: n.input[0] for n in graph.node if n.op_type == "DequantizeLinear"}
    weights = [node.input[1] for node in graph.node if node.op_type == "Conv"]
    stored = [kinds[raw.get(name, name)] for name in weights]
    assert stored[-1] == onnx.TensorProto.FLOAT  # the evidence head
    assert set(stored[:-1]) == {onnx.TensorProto.INT8}
    whole, small = (open_engine(some)({"crops": crops}) for some in (content, integers))
    assert (whole["logits"].argmax(axis=1) == small["logits"].argmax(axis=1)).all()
    for one, other in zip(whole["evidence"], small["evidence"], strict=True):
        assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.9
        assert not np.array_equal(one, other)
