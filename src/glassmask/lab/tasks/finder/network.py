"""The face finder: single-shot, anchor-free and small, with cells at three strides.

A backbone of separable convolutions (Howard et al. 2017) and a pyramid (Lin et al. 2017) of three
grids, all read by one head (after YuNet, Wu et al. 2023). A cell says: the quality of its face
(one number, both whether it is a face and how well the box fits: Zhang et al. 2021, varifocal
loss), how far the box reaches left, up, right and down, and where five points are. Which grid
answers for a face is not ruled: the cell that has it best does (`loss.assign`).

A photo is seen once at its scale; faces larger than the pyramid knows are found in the photo
reduced (after Singh & Davis 2018, SNIP), which costs a sixteenth of the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor, nn

from glassmask.lab.networks.blocks import Separable, conv

STRIDES: Final = (8, 16, 32)
"""Photo pixels to a cell, of each grid."""

POINTS: Final = ("left_eye", "right_eye", "nose", "left_mouth", "right_mouth")
"""The five points, left and right as seen on an upright face."""

_CELL_OUTPUTS: Final = 1 + 4 + 2 * len(POINTS)
_PRIOR: Final = 0.01  # a cell's chance to hold a face before anything is learnt


class FinderNetwork(nn.Module):
    """Photos in; what every cell says out.

    Args:
        channels: of the five stages: at stride 2, 4, 8, 16, 32.
        blocks: of the last three, how many more than the one that reduces.
        width: channels of the pyramid.
    """

    def __init__(self, channels: Sequence[int], blocks: Sequence[int], width: int) -> None:
        super().__init__()
        c2, c4, c8, c16, c32 = channels
        self.stem = nn.Sequential(conv(3, c2, stride=2), Separable(c2, c4, stride=2))
        self.stage8, self.stage16, self.stage32 = (
            nn.Sequential(
                Separable(inputs, outputs, stride=2),
                *(Separable(outputs, outputs) for _ in range(count)),
            )
            for inputs, outputs, count in zip((c4, c8, c16), (c8, c16, c32), blocks, strict=True)
        )
        self.lateral8, self.lateral16, self.lateral32 = (
            conv(inputs, width, kernel=1) for inputs in (c8, c16, c32)
        )
        self.fuse8, self.fuse16 = Separable(width, width), Separable(width, width)
        self.head = nn.Conv2d(width, _CELL_OUTPUTS, 1)
        nn.init.normal_(self.head.weight, std=0.01)
        bias = torch.zeros(_CELL_OUTPUTS)
        bias[0] = -torch.log(torch.tensor((1 - _PRIOR) / _PRIOR))
        self.head.bias = nn.Parameter(bias)

    def cells(self, photos: Tensor) -> Tensor:
        """What every cell says: (N, A, 15) float32 before decoding, in the order of `cell_grid`.

        Args:
            photos: RGB uint8 (N, H, W, 3), H and W multiples of 32.
        """
        pixels = photos.permute(0, 3, 1, 2).float() / 64 - 2  # (N, 3, H, W)
        return self.read(self.stem[0](pixels)).transpose(1, 2)

    def first(self) -> tuple[nn.Conv2d, nn.BatchNorm2d]:
        """The first convolution and its norm; a ReLU comes after them."""
        block = self.stem[0]
        assert isinstance(block, nn.Sequential)
        convolution, norm = block[0], block[1]
        assert isinstance(convolution, nn.Conv2d)
        assert isinstance(norm, nn.BatchNorm2d)
        return convolution, norm

    def read(self, first: Tensor) -> Tensor:
        """The same as (N, 15, A), of what the first convolution gives, (N, c2, H/2, W/2)."""
        at8 = self.stage8(self.stem[1](first))
        at16 = self.stage16(at8)
        around32 = self.lateral32(self.stage32(at16))
        around16 = self.fuse16(self.lateral16(at16) + _enlarged(around32))
        around8 = self.fuse8(self.lateral8(at8) + _enlarged(around16))
        grids = [self.head(grid).flatten(2) for grid in (around8, around16, around32)]
        return torch.cat(grids, dim=2).float()


def _enlarged(grid: Tensor) -> Tensor:
    return nn.functional.interpolate(grid, scale_factor=2.0)


def cell_grid(height: int, width: int) -> Tensor:
    """The cells of a photo whose sides are multiples of 32: (A, 3) float32.

    x and y of their centres and their strides, in photo pixels; stride by stride, row by row.
    """
    grids = []
    for stride in STRIDES:
        rows = (torch.arange(height // stride) + 0.5) * stride
        columns = (torch.arange(width // stride) + 0.5) * stride
        y, x = torch.meshgrid(rows, columns, indexing="ij")
        grids.append(torch.stack([x, y, torch.full_like(x, stride)], dim=-1).reshape(-1, 3))
    return torch.cat(grids)


def decode_boxes(outputs: Tensor, grid: Tensor) -> Tensor:
    """Boxes (..., 4) as left, top, right, bottom of what cells (..., 15) of (..., 3) say."""
    # Reach grows with the exponent: relative errors count alike for small and large faces.
    reach = outputs[..., 1:5].clamp(-4, 3).exp() * (2 * grid[..., 2:])
    centres = grid[..., :2]
    return torch.cat([centres - reach[..., :2], centres + reach[..., 2:]], dim=-1)


def decode_points(outputs: Tensor, grid: Tensor) -> Tensor:
    """Points (..., 5, 2) of what cells (..., 15) of (..., 3) say."""
    offsets = outputs[..., 5:].reshape(*outputs.shape[:-1], len(POINTS), 2)
    return grid[..., None, :2] + offsets * (2 * grid[..., None, 2:])
