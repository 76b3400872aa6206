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


class Separable(nn.Module):
    """A depthwise 3x3 convolution and one across the channels (Howard et al. 2017).

    What comes out has what went in added where both have the same shape.
    """

    def __init__(self, inputs: int, outputs: int, *, stride: int = 1) -> None:
        super().__init__()
        self.deep = nn.Sequential(
            nn.Conv2d(inputs, inputs, 3, stride, 1, groups=inputs, bias=False),
            nn.BatchNorm2d(inputs),
            nn.ReLU(inplace=True),
        )
        self.across = conv(inputs, outputs, kernel=1)
        self.residual = inputs == outputs and stride == 1

    def forward(self, input: Tensor) -> Tensor:
        """(N, inputs, H, W) to (N, outputs, H / stride, W / stride)."""
        output: Tensor = self.across(self.deep(input))
        return input + output if self.residual else output


class Residual(nn.Module):
    """Two plain 3x3 convolutions: for so few channels faster than depthwise ones."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.inner = nn.Sequential(conv(channels, channels), conv(channels, channels, act=False))

    def forward(self, input: Tensor) -> Tensor:
        """(N, channels, H, W) to the same."""
        return nn.functional.relu(input + self.inner(input))
