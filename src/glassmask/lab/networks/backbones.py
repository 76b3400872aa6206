"""What the evidence head stands on: backbones by name, each in its stages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import torch
from torch import Tensor, nn
from torchvision.models import MobileNet_V2_Weights, mobilenet_v2

from glassmask.errors import NetworkNameError
from glassmask.lab.networks.efficientnet_lite0 import efficientnet_lite0
from glassmask.lab.networks.pretrained import imagenet_state
from glassmask.lab.networks.windows import limit_receptive_field


class _FloatConv2d(nn.Conv2d):
    """A convolution that computes in float32 under autocast.

    In bf16 the backward pass of a strided depthwise convolution is 7 to 40 times slower on
    CPUs with AMX (measured; half of a training step), in float32 it is not.
    """

    def forward(self, input: Tensor) -> Tensor:
        with torch.autocast(input.device.type, enabled=False):
            return super().forward(input.float())


def _strided_depthwise_in_float(features: nn.Sequential) -> None:
    for module in features.modules():
        if isinstance(module, nn.Conv2d) and module.groups > 1 and module.stride != (1, 1):
            module.__class__ = _FloatConv2d


def _mobilenet_v2(
    init: str, stride: int, frozen: int, window: int | None
) -> tuple[nn.Module, nn.Module, int]:
    network = mobilenet_v2()
    if init == "imagenet":
        network.load_state_dict(imagenet_state(MobileNet_V2_Weights.IMAGENET1K_V1))
    features = network.features
    if stride == 16:  # the last reduction is left out: a finer map, and a narrower view
        features[14].conv[1][0].stride = (1, 1)
    elif stride != 32:
        raise NetworkNameError(f"mobilenet_v2 has stride 16 or 32, not {stride}")
    if window is not None:
        limit_receptive_field(features, window)
    _strided_depthwise_in_float(features)
    return features[:frozen], features[frozen:], 1280


def _efficientnet_lite0(
    init: str, stride: int, frozen: int, window: int | None
) -> tuple[nn.Module, nn.Module, int]:
    features = efficientnet_lite0(init, stride)
    if frozen >= len(features):
        raise NetworkNameError(
            f"efficientnet_lite0 has {len(features)} stages: freeze fewer than that, not {frozen}"
        )
    if window is not None:
        limit_receptive_field(features, window)
    _strided_depthwise_in_float(features)
    return features[:frozen], features[frozen:], 1280


Build: TypeAlias = Callable[[str, int, int, int | None], tuple[nn.Module, nn.Module, int]]
"""(init, stride, frozen stages, window) -> (stem, body, channels); see `build_network`."""

BACKBONES: Final[dict[str, Build]] = {
    "mobilenet_v2": _mobilenet_v2,
    "efficientnet_lite0": _efficientnet_lite0,
}
