"""Fold BatchNorm into the convolutions before it: the same network with fewer steps."""

from __future__ import annotations

import copy
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_weights

from glassmask.errors import FoldingError
from glassmask.lab.networks.photo_network import PhotoNetwork

NetworkType = TypeVar("NetworkType", bound=PhotoNetwork)


def fold_batchnorm(network: NetworkType, size: int) -> NetworkType:
    """A copy of a network in evaluation mode, its BatchNorms folded away where they can be.

    Which convolution feeds which BatchNorm is seen by running the network once, so that any
    network will do, however it is built.

    Args:
        network: is left as it is.
        size: side of photos that it takes, in pixels.

    Raises:
        FoldingError: the folded network gives other logits: somebody else uses what a
            convolution gives.
    """
    other = copy.deepcopy(network).eval()
    photos = torch.randint(0, 256, (1, size, size, 3), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():  # not inference mode: its tensors could not be explained
        wanted = other.logits(photos.to(torch.uint8))
        for name, before in _find_folds(other, photos.to(torch.uint8)).items():
            _fold(other, before, name)
        got = other.logits(photos.to(torch.uint8))
    if not torch.allclose(got, wanted, rtol=1e-3, atol=1e-3):
        worst = float((got - wanted).abs().max())
        raise FoldingError(f"the folded network's logits are off by {worst:.3g}")
    return other


def _find_folds(network: PhotoNetwork, photos: Tensor) -> dict[str, nn.Conv2d]:
    """Name of each BatchNorm -> the convolution whose output it takes as it is."""
    convolutions: dict[int, tuple[nn.Conv2d, Tensor]] = {}  # holds the tensors, or ids come again
    found: dict[str, nn.Conv2d] = {}

    def note(module: nn.Module, _: Any, output: Tensor) -> None:
        assert isinstance(module, nn.Conv2d)
        convolutions[id(output)] = (module, output)

    def meet(name: str, inputs: tuple[Any, ...]) -> None:
        if id(inputs[0]) in convolutions:
            found[name] = convolutions[id(inputs[0])][0]

    hooks = []
    for name, module in network.named_modules():
        if isinstance(module, nn.Conv2d):
            hooks.append(module.register_forward_hook(note))
        elif isinstance(module, nn.BatchNorm2d):
            hooks.append(
                module.register_forward_pre_hook(lambda _, inputs, name=name: meet(name, inputs))
            )
    try:
        network.logits(photos)
    finally:
        for hook in hooks:
            hook.remove()
    return found


def _fold(network: nn.Module, convolution: nn.Conv2d, name: str) -> None:
    norm = network.get_submodule(name)
    assert isinstance(norm, nn.BatchNorm2d)
    assert norm.running_mean is not None
    assert norm.running_var is not None
    weight, bias = fuse_conv_bn_weights(
        convolution.weight,
        convolution.bias,
        norm.running_mean,
        norm.running_var,
        norm.eps,
        norm.weight,
        norm.bias,
    )
    like = convolution.weight.is_contiguous(memory_format=torch.channels_last)
    if like:
        weight = nn.Parameter(weight.contiguous(memory_format=torch.channels_last))
    convolution.weight, convolution.bias = weight, bias
    parent, _, own = name.rpartition(".")
    after = getattr(norm, "act", None)  # timm's BatchNormAct2d holds the activation after it
    setattr(network.get_submodule(parent), own, nn.Identity() if after is None else after)
