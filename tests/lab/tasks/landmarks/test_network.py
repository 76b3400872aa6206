from __future__ import annotations

import io

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from glassmask.errors import ExportError
from glassmask.lab.export.int8 import quantize_int8
from glassmask.lab.export.onnx_file import OPSET, compare, to_onnx
from glassmask.lab.tasks.landmarks.export import TOLERANCES, landmarks_to_onnx
from glassmask.lab.tasks.landmarks.network import (
    DOUBTFUL,
    build_landmark_network,
    to_confidence,
)

pytestmark = pytest.mark.heavy


def test_outputs_and_size() -> None:
    network = build_landmark_network(64).eval()
    crops = torch.randint(0, 256, (3, 64, 64, 3), dtype=torch.uint8)
    with torch.inference_mode():
        points, confidence, face, box = network(crops)
        _, _, _, corners = network.measure(crops)
    assert points.shape == (3, 109, 2)
    assert points.dtype == confidence.dtype == torch.float32
    assert confidence.shape == (3,)
    assert ((confidence >= 0) & (confidence <= 1)).all()
    assert face.shape == (3,)
    assert ((face >= 0) & (face <= 1)).all()
    torch.testing.assert_close(box[:, :2], corners[:, 0])
    torch.testing.assert_close(box[:, 2:], corners[:, 1] - corners[:, 0])
    assert sum(parameter.numel() for parameter in network.parameters()) < 620_000


def test_the_heat_of_one_cell_is_its_middle_also_beyond_the_crop() -> None:
    network = build_landmark_network(64)
    side = 64 // 8 + 4
    heat = torch.full((side, side), -100.0)
    heat[3, 0] = 100.0  # row 3: the second one of the crop; column 0: the second one left of it
    point = heat.flatten().softmax(dim=0) @ network.cells
    torch.testing.assert_close(point, torch.tensor([-12.0, 12.0]))


def test_confidence_falls_with_the_expected_error() -> None:
    errors = torch.tensor([0.01, 0.04, DOUBTFUL, 0.5, 1.0])
    confidence = to_confidence(errors.log())
    assert float(confidence[2]) == pytest.approx(0.5)
    assert (confidence[1:] < confidence[:-1]).all()
    assert float(confidence[1]) > 0.95
    assert float(confidence[4]) < 0.01


def test_a_size_that_does_not_halve_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple of 16"):
        build_landmark_network(100)


def test_the_onnx_file_computes_the_same_for_any_number_of_crops() -> None:
    torch.manual_seed(0)
    network = build_landmark_network(32)
    with torch.no_grad():  # as if trained: heat that is not flat, statistics that are not unit
        network.heat.weight.mul_(5)
        network.train()(torch.randint(0, 256, (8, 32, 32, 3), dtype=torch.uint8))
    content = landmarks_to_onnx(network)
    rng = np.random.default_rng(0)
    for number in (1, 3):
        crops = rng.integers(0, 256, (number, 32, 32, 3), dtype=np.uint8)
        compare(content, network, crops, TOLERANCES)
    model = onnx.load_model(io.BytesIO(content))
    assert model.opset_import[0].version == OPSET
    assert not any(node.op_type == "BatchNormalization" for node in model.graph.node)
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    (given,) = session.get_inputs()
    assert (given.name, given.type, given.shape[1:]) == ("crops", "tensor(uint8)", [32, 32, 3])
    assert [output.name for output in session.get_outputs()] == list(TOLERANCES)
    with torch.no_grad():
        network.heat.weight.mul_(-1)
    with pytest.raises(ExportError, match="the exported points differ"):
        compare(content, network, crops, TOLERANCES)


def test_in_integers_it_gives_nearly_the_same_in_less_than_half_the_size() -> None:
    torch.manual_seed(0)
    network = build_landmark_network(64)
    photos = torch.randint(0, 256, (8, 64, 64, 3), dtype=torch.uint8)
    with torch.no_grad():
        network.train()(photos)
    content = landmarks_to_onnx(network)
    samples = photos.numpy()
    small = quantize_int8(content, "crops", (samples[i : i + 2] for i in range(0, 8, 2)))
    assert len(small) < 0.5 * len(content)
    compare(
        small, network, samples[:3], {"points": 1.0, "confidence": 0.05, "face": 0.05, "box": 1.0}
    )
    kinds = [node.op_type for node in onnx.load_from_string(small).graph.node]
    assert kinds.count("QuantizeLinear") >= 5
    assert "Cast" not in kinds[:3]  # the photo's own integers go into the first convolution


def test_a_network_that_normalises_otherwise_is_refused() -> None:
    class Other(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.convolutions = torch.nn.Sequential(*(torch.nn.Conv2d(3, 3, 3) for _ in range(3)))

        def forward(self, crops: torch.Tensor) -> tuple[torch.Tensor]:
            return (self.convolutions(crops.permute(0, 3, 1, 2).float() / 32 - 2),)

    content = to_onnx(Other(), torch.zeros(1, 32, 32, 3, dtype=torch.uint8), "crops", ["x"], {})
    sample = np.zeros((1, 32, 32, 3), np.uint8)
    with pytest.raises(ExportError, match="normalised otherwise than"):
        quantize_int8(content, "crops", [sample])
