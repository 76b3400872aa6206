"""Inception-ResNet-V1, as FaceNet made it known for faces.

The network of Szegedy et al. 2016 ("Inception-v4, Inception-ResNet and the Impact of Residual
Connections on Learning", figures 10 to 15 and table 1), with scaled residuals (section 3.3) and
the 512-d embedding that Schroff et al. 2015 (FaceNet) train it for. Parameters have the names
of the usual PyTorch port, so its published weights load.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn

ACTIVATIONS: Final = 1792
"""Channels of the last activations."""

EMBEDDING: Final = 512
"""Numbers of the embedding."""


class InceptionResnetV1(nn.Module):
    """Normalised photos (N, 3, H, W), H and W of 75 or more, to logits (N, classes).

    Args:
        classes: outputs of the classifier.
        embedding: whether the classifier stands on the 512-d embedding, as in the port; else
            on the pooled activations themselves.
        dropout: probability that a pooled activation is dropped, in training.
    """

    def __init__(self, classes: int, *, embedding: bool = True, dropout: float = 0.6) -> None:
        super().__init__()
        self.conv2d_1a = _Conv(3, 32, 3, stride=2)
        self.conv2d_2a = _Conv(32, 32, 3)
        self.conv2d_2b = _Conv(32, 64, 3, padding=1)
        self.maxpool_3a = nn.MaxPool2d(3, stride=2)
        self.conv2d_3b = _Conv(64, 80, 1)
        self.conv2d_4a = _Conv(80, 192, 3)
        self.conv2d_4b = _Conv(192, 256, 3, stride=2)
        self.repeat_1 = nn.Sequential(*(_block35(0.17) for _ in range(5)))
        self.mixed_6a = _Reduction(
            _Conv(256, 384, 3, stride=2),
            nn.Sequential(_Conv(256, 192, 1), _Conv(192, 192, 3, padding=1), _down(192, 256)),
        )
        self.repeat_2 = nn.Sequential(*(_block17(0.10) for _ in range(10)))
        self.mixed_7a = _Reduction(
            nn.Sequential(_Conv(896, 256, 1), _down(256, 384)),
            nn.Sequential(_Conv(896, 256, 1), _down(256, 256)),
            nn.Sequential(_Conv(896, 256, 1), _Conv(256, 256, 3, padding=1), _down(256, 256)),
        )
        self.repeat_3 = nn.Sequential(*(_block8(0.20) for _ in range(5)))
        self.block8 = _block8(1.0, relu=False)
        self.dropout = nn.Dropout(dropout)
        if embedding:
            self.last_linear = nn.Linear(ACTIVATIONS, EMBEDDING, bias=False)
            self.last_bn = nn.BatchNorm1d(EMBEDDING, eps=0.001, momentum=0.1)
        self.embedding = embedding
        self.logits = nn.Linear(EMBEDDING if embedding else ACTIVATIONS, classes)

    def body(self) -> nn.Sequential:
        """The convolutions: (N, 3, H, W) to activations (N, 1792, h, w); shares its parameters."""
        stages = (
            *("conv2d_1a", "conv2d_2a", "conv2d_2b", "maxpool_3a", "conv2d_3b", "conv2d_4a"),
            *("conv2d_4b", "repeat_1", "mixed_6a", "repeat_2", "mixed_7a", "repeat_3", "block8"),
        )
        return nn.Sequential(*(getattr(self, stage) for stage in stages))

    def forward(self, pixels: Tensor) -> Tensor:
        """Normalised photos (N, 3, H, W) to logits (N, classes)."""
        pooled = self.dropout(self.body()(pixels).mean(dim=(2, 3)))
        if self.embedding:
            pooled = self.last_bn(self.last_linear(pooled))
        logits: Tensor = self.logits(pooled)
        return logits

    def linear(self) -> tuple[Tensor, Tensor]:
        """Weight (classes, 1792) and bias (classes,) that all after the pooling amounts to.

        Nothing between pooling and logits bends: embedding, BatchNorm (in evaluation mode) and
        classifier are one linear layer.
        """
        weight, bias = self.logits.weight, self.logits.bias
        if not self.embedding:
            return weight.detach(), bias.detach()
        norm = self.last_bn
        assert norm.running_mean is not None
        assert norm.running_var is not None
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)  # (512,)
        shift = norm.bias - scale * norm.running_mean
        whole = (weight * scale) @ self.last_linear.weight
        return whole.detach(), (bias + weight @ shift).detach()


class _Conv(nn.Module):
    """Convolution without bias, BatchNorm, ReLU."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int | tuple[int, int],
        *,
        stride: int = 1,
        padding: int | tuple[int, int] = 0,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(outputs, eps=0.001, momentum=0.1)

    def forward(self, input: Tensor) -> Tensor:
        return nn.functional.relu(self.bn(self.conv(input)))


class _Residual(nn.Module):
    """input + scale * conv(branches of the input), mostly followed by a ReLU."""

    def __init__(self, channels: int, *branches: nn.Module, mixed: int, scale: float, relu: bool):
        super().__init__()
        for number, branch in enumerate(branches):
            self.add_module(f"branch{number}", branch)
        self.conv2d = nn.Conv2d(mixed, channels, 1)
        self._count, self._scale, self._relu = len(branches), scale, relu

    def forward(self, input: Tensor) -> Tensor:
        branches = [getattr(self, f"branch{number}")(input) for number in range(self._count)]
        output = input + self._scale * self.conv2d(torch.cat(branches, dim=1))
        return nn.functional.relu(output) if self._relu else output


class _Reduction(nn.Module):
    """Branches that halve the map, beside a maximum pooling that does."""

    def __init__(self, *branches: nn.Module) -> None:
        super().__init__()
        branches = (*branches, nn.MaxPool2d(3, stride=2))
        for number, branch in enumerate(branches):
            self.add_module(f"branch{number}", branch)
        self._count = len(branches)

    def forward(self, input: Tensor) -> Tensor:
        return torch.cat([getattr(self, f"branch{n}")(input) for n in range(self._count)], dim=1)


def _down(inputs: int, outputs: int) -> _Conv:
    return _Conv(inputs, outputs, 3, stride=2)


def _block35(scale: float) -> _Residual:
    return _Residual(
        256,
        _Conv(256, 32, 1),
        nn.Sequential(_Conv(256, 32, 1), _Conv(32, 32, 3, padding=1)),
        nn.Sequential(_Conv(256, 32, 1), _Conv(32, 32, 3, padding=1), _Conv(32, 32, 3, padding=1)),
        mixed=96,
        scale=scale,
        relu=True,
    )


def _block17(scale: float) -> _Residual:
    return _crossing(896, 128, 7, scale, relu=True)


def _block8(scale: float, *, relu: bool = True) -> _Residual:
    return _crossing(1792, 192, 3, scale, relu=relu)


def _crossing(channels: int, inner: int, kernel: int, scale: float, *, relu: bool) -> _Residual:
    """A residual whose square kernel is taken apart into a row and a column."""
    half = kernel // 2
    return _Residual(
        channels,
        _Conv(channels, inner, 1),
        nn.Sequential(
            _Conv(channels, inner, 1),
            _Conv(inner, inner, (1, kernel), padding=(0, half)),
            _Conv(inner, inner, (kernel, 1), padding=(half, 0)),
        ),
        mixed=2 * inner,
        scale=scale,
        relu=relu,
    )
