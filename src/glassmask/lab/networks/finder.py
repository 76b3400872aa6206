"""The face finder: single-shot, anchor-free, small and made of plain 3 x 3 convolutions.

Three grids of cells, at strides 8, 16 and 32, each with one 3 x 3 head (after FCOS, Tian et al.
2019, and YuNet, Wu et al. 2023). A cell says: the quality of its face (one number, both whether
it is a face and how well the box fits: Zhang et al. 2021, varifocal loss), how far the box
reaches left, up, right and down, and where five points are. Plain convolutions of few channels
are faster on CPUs than depthwise ones of many.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn

from glassmask.lab.networks.blocks import conv

STRIDES: Final = (8, 16, 32)
POINTS: Final = ("left_eye", "right_eye", "nose", "left_mouth", "right_mouth")
"""The five points, left and right as seen in the photo."""

_OUTPUTS: Final = 1 + 4 + 2 * len(POINTS)
_PRIOR: Final = 0.01  # a cell's chance to hold a face before anything is learnt


class FinderNetwork(nn.Module):
    """Photos in; boxes, scores and points out, decoded, in photo pixels.

    Args:
        channels: of the six stages: at stride 2, 4, 8, 16, 32, and of the heads.
    """

    def __init__(self, channels: tuple[int, int, int, int, int]) -> None:
        super().__init__()
        c2, c4, c8, c16, c32 = channels
        self.stem = nn.Sequential(conv(3, c2, stride=2), conv(c2, c4, stride=2))
        self.stage8 = nn.Sequential(conv(c4, c8, stride=2), conv(c8, c8))
        self.stage16 = nn.Sequential(conv(c8, c16, stride=2), conv(c16, c16), conv(c16, c16))
        # A large face must be seen as a whole: the last convolutions reach over gaps.
        self.stage32 = nn.Sequential(
            conv(c16, c32, stride=2), conv(c32, c32, reach=2), conv(c32, c32, reach=3)
        )
        self.down16 = nn.Conv2d(c32, c16, 1)
        self.down8 = nn.Conv2d(c16, c8, 1)
        self.heads = nn.ModuleList(
            nn.Sequential(conv(c, c), nn.Conv2d(c, _OUTPUTS, 1)) for c in (c8, c16, c32)
        )
        for head in self.heads:
            last = head[-1]  # type: ignore[index]
            nn.init.normal_(last.weight, std=0.01)
            nn.init.zeros_(last.bias)
            last.bias.data[0] = -torch.log(torch.tensor((1 - _PRIOR) / _PRIOR))

    def cells(self, photos: Tensor) -> Tensor:
        """What every cell says: (N, A, 15) float32 before decoding, stride by stride."""
        pixels = photos.permute(0, 3, 1, 2).float() / 128 - 1  # (N, 3, H, W)
        at8 = self.stage8(self.stem(pixels))
        at16 = self.stage16(at8)
        at32 = self.stage32(at16)
        at16 = at16 + nn.functional.interpolate(self.down16(at32), scale_factor=2.0)
        at8 = at8 + nn.functional.interpolate(self.down8(at16), scale_factor=2.0)
        grids = [head(grid) for head, grid in zip(self.heads, (at8, at16, at32), strict=True)]
        return torch.cat([grid.flatten(2).transpose(1, 2) for grid in grids], dim=1).float()

    def forward(self, photos: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Photos, RGB uint8 (N, H, W, 3), H and W multiples of 32.

        Returns:
            boxes (N, A, 4) as x, y, w, h, scores (N, A) in [0, 1] and points (N, A, 5, 2);
            float32, in photo pixels.
        """
        said = self.cells(photos)
        centres, strides = cell_grid(photos.shape[1], photos.shape[2])
        boxes = decode_boxes(said, centres, strides)
        corner, size = boxes[..., :2], boxes[..., 2:] - boxes[..., :2]
        points = decode_points(said, centres, strides)
        return torch.cat([corner, size], dim=-1), said[..., 0].sigmoid(), points


def cell_grid(height: int, width: int) -> tuple[Tensor, Tensor]:
    """Centres (A, 2) as x, y, and strides (A, 1) of all cells, in photo pixels, float32."""
    centres, strides = [], []
    for stride in STRIDES:
        rows = (torch.arange(height // stride) + 0.5) * stride
        columns = (torch.arange(width // stride) + 0.5) * stride
        y, x = torch.meshgrid(rows, columns, indexing="ij")
        grid = torch.stack([x, y], dim=-1).reshape(-1, 2)
        centres.append(grid)
        strides.append(torch.full_like(grid[:, :1], float(stride)))
    return torch.cat(centres), torch.cat(strides)


def decode_boxes(said: Tensor, centres: Tensor, strides: Tensor) -> Tensor:
    """Boxes (N, A, 4) as left, top, right, bottom of what cells say (N, A, 15)."""
    # Reach grows with the exponent: relative errors count alike for small and large faces.
    reach = said[..., 1:5].clamp(-6, 5).exp() * strides * 2
    return torch.cat([centres - reach[..., :2], centres + reach[..., 2:]], dim=-1)


def decode_points(said: Tensor, centres: Tensor, strides: Tensor) -> Tensor:
    """Points (N, A, 5, 2) of what cells say (N, A, 15)."""
    offsets = said[..., 5:].reshape(*said.shape[:-1], len(POINTS), 2)
    return centres[:, None] + offsets * strides[:, None] * 2
