"""What small convolutional networks are built of."""

from __future__ import annotations

from torch import Tensor, nn


def conv(
    inputs: int, outputs: int, *, kernel: int = 3, stride: int = 1, reach: int = 1, act: bool = True
) -> nn.Sequential:
    """A padded convolution, BatchNorm and, if `act`, ReLU; `reach` is its dilation."""
    layers: list[nn.Module] = [
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2 * reach, dilation=reach, bias=False),
        nn.BatchNorm2d(outputs),
    ]
    return nn.Sequential(*layers, *([nn.ReLU(inplace=True)] if act else []))


class Residual(nn.Module):
    """Two plain 3x3 convolutions: for so few channels faster than depthwise ones."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.inner = nn.Sequential(conv(channels, channels), conv(channels, channels, act=False))

    def forward(self, input: Tensor) -> Tensor:
        """(N, channels, H, W) to the same."""
        return nn.functional.relu(input + self.inner(input))
