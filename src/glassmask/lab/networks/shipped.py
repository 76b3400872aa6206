"""A wear network in torch, rebuilt from its ONNX file: there is no second file of weights."""

from __future__ import annotations

import json
import os
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from glassmask.errors import NetworkError
from glassmask.lab.networks.evidence import EvidenceNetwork, build_network
from glassmask.networks.manifest import SHIPPED, load_wear_network


def rebuild_network(path: str | os.PathLike[str] | None = None) -> EvidenceNetwork:
    """The network of an ONNX file, in evaluation mode, with the same logits to 1e-5.

    The export folded every BatchNorm into the convolution before it; here the convolutions are
    given the folded kernels, and each BatchNorm only adds the folded bias.

    Args:
        path: a wear network with its manifest beside it; None: the shipped one.

    Raises:
        NetworkError: a file is missing or broken, or is not an export of this project's networks.
    """
    content, manifest = load_wear_network(path)
    file = _shipped() if path is None else Path(path)
    try:
        recipe = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))["recipe"]
        built = {**recipe["network"], "init": "random"}
        built.pop("size")
        network = build_network(**built)
        _load_folded(network, read_weights(content))
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise NetworkError(
            f"{file}: can't be rebuilt in torch ({error}): give a network that `glassmask export` "
            "wrote, or the folder of its run"
        ) from error
    network.combinations = manifest.combinations
    return network.eval()


def _shipped() -> Path:
    return Path(str(resources.files("glassmask"))) / "weights" / SHIPPED


def read_weights(content: bytes) -> dict[str, NDArray[Any]]:
    """The weights of an ONNX file by name; those kept in 16 bits as their cast makes them."""
    graph = onnx.load_from_string(content).graph
    arrays = {item.name: onnx.numpy_helper.to_array(item) for item in graph.initializer}
    for node in graph.node:
        if node.op_type == "Cast" and node.input[0] in arrays:
            arrays[node.output[0]] = arrays.pop(node.input[0]).astype(np.float32)
    return arrays


def _load_folded(network: nn.Module, folded: dict[str, NDArray[Any]]) -> None:
    """Put folded kernels and biases into a network that still has its BatchNorms.

    Raises:
        KeyError, RuntimeError: a tensor is missing, or of another shape.
    """
    state: dict[str, Tensor] = {}
    convolution = ""
    for name, module in network.named_modules():
        if isinstance(module, nn.Conv2d):
            convolution = name
            state[f"{name}.weight"] = _tensor(folded[f"{name}.weight"])
        elif isinstance(module, nn.BatchNorm2d):  # stands right after its convolution
            bias = _tensor(folded[f"{convolution}.weight_bias"])
            state[f"{name}.weight"], state[f"{name}.bias"] = torch.ones_like(bias), bias
            state[f"{name}.running_mean"] = torch.zeros_like(bias)
            state[f"{name}.running_var"] = torch.full_like(bias, 1 - module.eps)
            state[f"{name}.num_batches_tracked"] = torch.tensor(0)
    for name in ("head.weight", "head.bias"):
        state[name] = _tensor(folded[name])
    network.load_state_dict(state)


def _tensor(array: NDArray[Any]) -> Tensor:
    return torch.from_numpy(np.array(array, np.float32))
