"""How many pixels a cell of a network's map can see, and networks that see no more than so many.

A cell of MobileNetV2 at stride 16 sees a square of 395 pixels: all of a crop, so its evidence may
speak of any place. In the manner of BagNets (Brendel, Bethge 2019), whose late 3x3 convolutions
are 1x1, evidence at a place comes from a window around it by construction.
"""

from __future__ import annotations

import torch
from torch import nn

from glassmask.errors import NetworkNameError


def receptive_field(stages: nn.Sequential) -> int:
    """The side of the square of pixels that one cell of the last map can see.

    Of stages whose convolutions follow each other in the order of their modules; a branch that
    goes around some (as in residual blocks) sees no more than they do.
    """
    return _walk(stages)[-1][2]


def limit_receptive_field(stages: nn.Sequential, window: int) -> None:
    """Make every convolution that would see beyond a window of pixels see its own place only.

    Only depthwise convolutions are narrowed: each keeps its channel's sum of the kernel, which
    is what it says of a surface without edges, and its stride.

    Raises:
        NetworkNameError: other convolutions see beyond the window already.
    """
    seen, jump = 1, 1
    for name, convolution, _ in _walk(stages):
        reach = (convolution.kernel_size[0] - 1) * jump
        if reach and seen + reach > window:
            if convolution.groups != convolution.in_channels:
                raise NetworkNameError(
                    f"a window of {window} pixels is too small: {name} sees {seen + reach}"
                )
            _narrow(convolution)
        else:
            seen += reach
        jump *= convolution.stride[0]


def _walk(stages: nn.Sequential) -> list[tuple[str, nn.Conv2d, int]]:
    """Every convolution, by name and in order, with the side that one of its outputs sees."""
    found, seen, jump = [], 1, 1
    for name, module in stages.named_modules():
        if isinstance(module, nn.Conv2d):
            seen += (module.kernel_size[0] - 1) * module.dilation[0] * jump
            jump *= module.stride[0]
            found.append((name, module, seen))
    return found


def _narrow(convolution: nn.Conv2d) -> None:
    with torch.no_grad():
        total = convolution.weight.sum(dim=(2, 3), keepdim=True)
    convolution.weight = nn.Parameter(total)
    convolution.kernel_size, convolution.padding = (1, 1), (0, 0)
    convolution._reversed_padding_repeated_twice = [0, 0, 0, 0]
