"""A small network that finds the 109 points of `faces.points` in the crop of a face.

A point is the mean place of its heat map (integral regression, Sun et al. 2018): places move
with the picture, so a few thousand faces suffice, and where a mask hides a point its heat
spreads over where it may be. The maps reach two cells beyond the crop, for points outside it.
Beside the points the network tells the error that it expects; what is no face, or lies wrong in
its crop, is trained as an error of the whole distance between the eyes.

And it judges the box that the crop was made around: two more heat maps find the corners of the
face's box as people draw it (a box is refined by looking closer, as in Cascade R-CNN, Cai and
Vasconcelos 2018), and one output tells whether the crop's own box is that of a face at all. It
sees far more of a face than the finder does, that proposed it.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn

from glassmask.faces.points import MESH_INDICES
from glassmask.lab.networks.blocks import Residual, conv

STRIDE: Final = 8
"""Crop pixels to a cell of the heat maps."""

BEYOND: Final = 2
"""Cells that the heat maps reach beyond the crop, on each side."""

DOUBTFUL: Final = 0.12
"""Expected error, over the distance between the eyes, at which the confidence is 1/2."""

_STEEP: Final = 3.0  # confidence = 1 / (1 + (expected / DOUBTFUL) ** _STEEP)


class LandmarkNetwork(nn.Module):
    """Crops in, points and confidence out; normalisation is part of the graph.

    Args:
        size: side of the crops in pixels, a multiple of 16 from 32 on.

    Raises:
        ValueError: `size` is another number.
    """

    cells: Tensor

    def __init__(self, size: int) -> None:
        super().__init__()
        if size < 32 or size % 16:
            raise ValueError(f"size must be a multiple of 16 and at least 32, not {size}")
        self.size = size
        self.fine = nn.Sequential(
            conv(3, 24, stride=2), conv(24, 48, stride=2), Residual(48), conv(48, 64, stride=2),
            Residual(64), Residual(64),
        )  # fmt: skip
        self.coarse = nn.Sequential(
            conv(64, 96, stride=2), _Bottleneck(96, 64), _Bottleneck(96, 64), _Bottleneck(96, 64)
        )
        self.back = nn.Conv2d(96, 64, 1)
        self.fuse = conv(64, 96)
        self.heat = nn.Conv2d(96, len(MESH_INDICES) + 2, 1)
        self.error = nn.Sequential(nn.Linear(96, 32), nn.ReLU(), nn.Linear(32, 1))
        self.face = nn.Sequential(nn.Linear(192 + 4, 48), nn.ReLU(), nn.Linear(48, 1))
        side = size // STRIDE + 2 * BEYOND
        middles = (torch.arange(side) - BEYOND + 0.5) * STRIDE
        y, x = torch.meshgrid(middles, middles, indexing="ij")
        cells = torch.stack([x.flatten(), y.flatten()], dim=1)  # (side ** 2, 2)
        self.register_buffer("cells", cells, persistent=False)

    def measure(self, crops: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Crops, RGB uint8 (N, S, S, 3), to what is trained.

        Returns:
            Points float32 (N, 109, 2), x and y in crop pixels; the natural logarithm of their
            expected mean error over the distance between the eyes, float32 (N,); the logit of
            the chance that it is a face, float32 (N,); and the corners of the face's box,
            float32 (N, 2, 2), left top and right bottom in crop pixels.
        """
        pixels = crops.permute(0, 3, 1, 2).float()  # (N, 3, S, S), channels_last in memory
        fine = self.fine(pixels / 64 - 2)  # (N, 64, S / 8, S / 8)
        coarse = self.coarse(fine)  # (N, 96, S / 16, S / 16)
        back = nn.functional.interpolate(self.back(coarse), scale_factor=2.0, mode="nearest")
        # Padded apart from the convolution: wide padding in it makes its backward pass slow.
        padded = nn.functional.pad(nn.functional.relu(fine + back), [BEYOND] * 4)
        heat = self.heat(self.fuse(padded))  # (N, 111, side, side)
        with torch.autocast(crops.device.type, enabled=False):  # bf16 would round to half pixels
            places = heat.float().flatten(2).softmax(dim=2) @ self.cells  # (N, 111, 2)
            points, corners = places[:, :-2], places[:, -2:]
            mean = coarse.float().mean(dim=(2, 3))  # (N, 96)
            log_error = self.error(mean)[:, 0]
            # Means forget where things are: where the box lies says how well it is framed.
            framed = corners.detach().flatten(1) / self.size - 0.5  # (N, 4)
            most = coarse.float().amax(dim=(2, 3))
            face = self.face(torch.cat([mean, most, framed], dim=1))[:, 0]
        return points, log_error.clamp(-5.0, 1.0), face, corners

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Crops, RGB uint8 (N, S, S, 3), to points, confidence, the chance of a face, and its box.

        Returns:
            Points float32 (N, 109, 2), x and y in crop pixels, may lie outside the crop;
            confidence float32 (N,) in [0, 1]: 1/2 where an error of `DOUBTFUL` is expected; how
            likely the crop was made around a face's box, float32 (N,) in [0, 1]; and the box of
            the face as people would draw it, float32 (N, 4), x, y, w, h in crop pixels; w and h
            may be less than 0 where there is none.
        """
        points, log_error, face, corners = self.measure(crops)
        low, high = corners[:, 0], corners[:, 1]
        box = torch.cat([low, high - low], dim=1)
        return points, to_confidence(log_error), face.sigmoid(), box


def to_confidence(log_error: Tensor) -> Tensor:
    """The logarithm of an expected error, any shape, as confidence in [0, 1]."""
    doubtful = torch.tensor(DOUBTFUL).log()
    return torch.sigmoid(_STEEP * (doubtful - log_error))


class _Bottleneck(nn.Module):
    """A residual whose 3x3 convolution works on fewer channels.

    Depthwise convolutions would need fewer weights, but their backward pass in bf16 takes a third
    of a training step.
    """

    def __init__(self, channels: int, inner: int) -> None:
        super().__init__()
        self.inner = nn.Sequential(
            conv(channels, inner, kernel=1),
            conv(inner, inner),
            conv(inner, channels, kernel=1, act=False),
        )

    def forward(self, input: Tensor) -> Tensor:
        return nn.functional.relu(input + self.inner(input))


def build_landmark_network(size: int) -> LandmarkNetwork:
    """Build the network for crops of `size` pixels, laid out for the CPU.

    Raises:
        ValueError: `size` is no multiple of 16.
    """
    return LandmarkNetwork(size).to(memory_format=torch.channels_last)
