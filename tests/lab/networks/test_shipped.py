"""The shipped network in torch is the one of its ONNX file."""

from __future__ import annotations

import hashlib
import json
from importlib import resources
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from glassmask.errors import NetworkError
from glassmask.lab.networks.shipped import rebuild_network
from glassmask.networks.wear import Network

WEIGHTS = Path(str(resources.files("glassmask"))) / "weights"


def test_it_computes_what_the_file_does() -> None:
    shipped = Network(engine="onnxruntime")
    size = shipped.manifest.input_size
    crops = np.random.default_rng(0).integers(0, 256, (2, size, size, 3), np.uint8)
    crops[1] = crops[1] // 4 + 90  # a flat one, too
    logits, evidence = shipped.run(crops)
    network = rebuild_network()
    with torch.inference_mode():
        own, maps = network.evidence(torch.from_numpy(crops))
    assert not network.training
    np.testing.assert_allclose(own.numpy(), logits, atol=1e-5, rtol=1e-5)
    np.testing.assert_allclose(maps.numpy(), evidence, atol=1e-5 * np.abs(evidence).max())


def test_another_kind_of_network_is_an_error(tmp_path: Path) -> None:
    model = onnx.load(WEIGHTS / "wear.onnx")
    first = next(node for node in model.graph.node if node.op_type == "Conv")
    cast = next(node for node in model.graph.node if node.output[0] == first.input[1])
    cast.output[0] = first.input[1] = "somebody.elses"
    file = tmp_path / "other.onnx"
    content = model.SerializeToString()
    file.write_bytes(content)
    card = json.loads((WEIGHTS / "wear.json").read_text(encoding="utf-8"))
    card["sha256"] = hashlib.sha256(content).hexdigest()
    file.with_suffix(".json").write_text(json.dumps(card), encoding="utf-8")
    with pytest.raises(NetworkError, match=r"other\.onnx: can't be rebuilt in torch"):
        rebuild_network(file)


def test_a_manifest_without_a_recipe_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "bare.onnx"
    file.write_bytes((WEIGHTS / "wear.onnx").read_bytes())
    card = json.loads((WEIGHTS / "wear.json").read_text(encoding="utf-8"))
    del card["recipe"]
    file.with_suffix(".json").write_text(json.dumps(card), encoding="utf-8")
    with pytest.raises(NetworkError, match="recipe"):
        rebuild_network(file)
