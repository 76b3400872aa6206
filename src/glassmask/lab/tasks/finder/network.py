"""The face finder: single-shot, anchor-free, small, and for faces of few pixels alone.

One grid of cells at stride 8 (after CenterNet, Zhou et al. 2019, and YuNet, Wu et al. 2023),
that looks at the coarser ones for what is around. A cell says: the quality of its face (one
number, both whether it is a face and how well the box fits: Zhang et al. 2021, varifocal loss),
how far the box reaches left, up, right and down, and where five points are.

The network knows faces of one octave and a half only: larger ones are found in the photo
reduced (after Singh & Davis 2018, SNIP). What a network need not learn at every size, it learns
in a fraction of the time; the reduced photos cost a third of the first.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn

from glassmask.lab.networks.blocks import Residual, conv

STRIDE: Final = 8
"""Photo pixels to a cell."""

POINTS: Final = ("left_eye", "right_eye", "nose", "left_mouth", "right_mouth")
"""The five points, left and right as seen in the photo."""

_CELL_OUTPUTS: Final = 1 + 4 + 2 * len(POINTS)
_PRIOR: Final = 0.01  # a cell's chance to hold a face before anything is learnt


class FinderNetwork(nn.Module):
    """Photos in; boxes, scores and points out, decoded, in photo pixels.

    Args:
        channels: of the five stages: at stride 2, 4, 8, 16, 32.
    """

    def __init__(self, channels: tuple[int, int, int, int, int]) -> None:
        super().__init__()
        c2, c4, c8, c16, c32 = channels
        self.stem = nn.Sequential(conv(3, c2, stride=2), conv(c2, c4, stride=2))
        self.stage8 = nn.Sequential(conv(c4, c8, stride=2), Residual(c8))
        self.stage16 = nn.Sequential(conv(c8, c16, stride=2), Residual(c16))
        self.stage32 = nn.Sequential(conv(c16, c32, stride=2), Residual(c32))
        self.down16 = nn.Conv2d(c32, c16, 1)
        self.down8 = nn.Conv2d(c16, c8, 1)
        self.fuse16, self.fuse8 = conv(c16, c16), conv(c8, c8)
        self.head = nn.Conv2d(c8, _CELL_OUTPUTS, 1)
        nn.init.normal_(self.head.weight, std=0.01)
        bias = torch.zeros(_CELL_OUTPUTS)
        bias[0] = -torch.log(torch.tensor((1 - _PRIOR) / _PRIOR))
        self.head.bias = nn.Parameter(bias)

    def cells(self, photos: Tensor) -> Tensor:
        """What every cell says: (N, A, 15) float32 before decoding, row by row."""
        pixels = photos.permute(0, 3, 1, 2).float() / 64 - 2  # (N, 3, H, W)
        at8 = self.stage8(self.stem(pixels))
        at16 = self.stage16(at8)
        around = nn.functional.interpolate(self.down16(self.stage32(at16)), scale_factor=2.0)
        at16 = self.fuse16(at16 + around)
        at8 = self.fuse8(at8 + nn.functional.interpolate(self.down8(at16), scale_factor=2.0))
        outputs: Tensor = self.head(at8)
        return outputs.flatten(2).transpose(1, 2).float()

    def forward(self, photos: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Photos, RGB uint8 (N, H, W, 3), H and W multiples of 32.

        Returns:
            boxes (N, A, 4) as x, y, w, h, scores (N, A) in [0, 1] and points (N, A, 5, 2);
            float32, in photo pixels.
        """
        outputs = self.cells(photos)
        centres = cell_centres(photos.shape[1], photos.shape[2])
        boxes = decode_boxes(outputs, centres)
        corner, size = boxes[..., :2], boxes[..., 2:] - boxes[..., :2]
        return (
            torch.cat([corner, size], dim=-1),
            outputs[..., 0].sigmoid(),
            decode_points(outputs, centres),
        )


def cell_centres(height: int, width: int) -> Tensor:
    """The cells' centres (A, 2) as x, y, in photo pixels, float32."""
    rows = (torch.arange(height // STRIDE) + 0.5) * STRIDE
    columns = (torch.arange(width // STRIDE) + 0.5) * STRIDE
    y, x = torch.meshgrid(rows, columns, indexing="ij")
    return torch.stack([x, y], dim=-1).reshape(-1, 2)


def decode_boxes(outputs: Tensor, centres: Tensor) -> Tensor:
    """Boxes (..., 4) as left, top, right, bottom of what cells (..., 15) at (..., 2) say."""
    # Reach grows with the exponent: relative errors count alike for small and large faces.
    reach = outputs[..., 1:5].clamp(-4, 3).exp() * (2 * STRIDE)
    return torch.cat([centres - reach[..., :2], centres + reach[..., 2:]], dim=-1)


def decode_points(outputs: Tensor, centres: Tensor) -> Tensor:
    """Points (..., 5, 2) of what cells (..., 15) at (..., 2) say."""
    offsets = outputs[..., 5:].reshape(*outputs.shape[:-1], len(POINTS), 2)
    return centres[..., None, :] + offsets * (2 * STRIDE)
