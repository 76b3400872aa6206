"""What the finder's cells should say: which cells answer for a face, and the loss.

Cells are assigned by how well they already do (task alignment: Feng et al. 2021, TOOD): a face
takes the cells inside it that give it the best score and box together, and each is asked for a
score as high as its box is good. So scores rank boxes, and one threshold suffices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn

from glassmask.lab.networks.finder import cell_grid, decode_boxes, decode_points

NOTHING, FACE, IGNORED = 0, 1, 2
"""What a row of the targets is: padding, a face, or a place that counts for nothing."""

_CELLS: Final = 9  # cells a face takes at most
_SCORE_POWER: Final = 0.5
_BOX_POWER: Final = 4.0
_BACKGROUND: Final = 0.75  # weight of cells without a face
_FITS: Final = (0.8, 10.0)  # least and greatest side of a face, in strides of the cell's grid


@dataclass(frozen=True, slots=True)
class Targets:
    """What is in a batch of pictures.

    Attributes:
        boxes: (N, M, 4) left, top, right, bottom in pixels.
        kinds: (N, M) of `NOTHING`, `FACE`, `IGNORED`.
        points: (N, M, 5, 2) in pixels.
        pointed: (N, M) bool: whether the points are known.
    """

    boxes: Tensor
    kinds: Tensor
    points: Tensor
    pointed: Tensor


def finder_loss(said: Tensor, targets: Targets, height: int, width: int) -> Tensor:
    """The mean loss of what cells say, (N, A, 15): scores, boxes, points.

    Args:
        said: of `FinderNetwork.cells`.
        targets: what is there.
        height: of the pictures, in pixels.
        width: of the pictures.
    """
    centres, strides = cell_grid(height, width)
    boxes = decode_boxes(said, centres, strides)
    sure = said[..., 0].detach().sigmoid()
    wanted = torch.zeros_like(sure)
    counted = torch.ones_like(sure, dtype=torch.bool)
    pictures, cells, faces = [], [], []
    # Picture by picture: most hold few faces, and one large table would be mostly padding.
    for number, kinds in enumerate(targets.kinds):
        rows = (kinds == FACE).nonzero()[:, 0]
        face, wanted[number] = assign(
            sure[number], boxes[number].detach(), targets.boxes[number, rows], centres, strides
        )
        own = (face >= 0).nonzero()[:, 0]
        ignored = inside(centres, targets.boxes[number, kinds == IGNORED]).any(dim=0)
        counted[number] = ~ignored | (face >= 0)
        pictures.append(torch.full_like(own, number))
        cells.append(own)
        faces.append(rows[face[own]])
    # Varifocal loss (Zhang et al. 2021, eq. 2): cells with a face count in full, by how good
    # they should be; the many without count little where they know it already.
    entropy = nn.functional.binary_cross_entropy_with_logits(said[..., 0], wanted, reduction="none")
    weight = torch.where(wanted > 0, wanted, _BACKGROUND * sure**2)
    score_loss = (weight * entropy)[counted].sum()

    picture, cell, row = (torch.cat(parts) for parts in (pictures, cells, faces))
    weight = wanted[picture, cell]
    total = weight.sum().clamp(min=1.0)
    true_boxes = targets.boxes[picture, row]
    box_loss = (weight * (1 - generalised_iou(boxes[picture, cell], true_boxes))).sum()

    known = weight * targets.pointed[picture, row]
    points = decode_points(said[picture, cell], centres[cell], strides[cell])
    side = (true_boxes[:, 2:] - true_boxes[:, :2]).amax(dim=1)[:, None, None]
    off = (points - targets.points[picture, row]) / side
    far = nn.functional.smooth_l1_loss(off, torch.zeros_like(off), beta=0.02, reduction="none")
    point_loss = (known * far.mean(dim=(1, 2))).sum()
    return (score_loss + 2.0 * box_loss + 4.0 * point_loss) / total


@torch.no_grad()
def assign(
    scores: Tensor, boxes: Tensor, faces: Tensor, centres: Tensor, strides: Tensor
) -> tuple[Tensor, Tensor]:
    """Which face of a picture each cell answers for, and the score that it shall give.

    Args:
        scores: (A,) in [0, 1], what the cells give now.
        boxes: (A, 4) left, top, right, bottom, what they give now.
        faces: (m, 4) what is there; m may be 0.
        centres: (A, 2) of the cells.
        strides: (A, 1) of their grids.

    Returns:
        face (A,): its number, -1 for none; score (A,), 0 where none.
    """
    if not len(faces):
        return torch.full_like(scores, -1, dtype=torch.long), torch.zeros_like(scores)
    side = (faces[:, 2:] - faces[:, :2]).amax(dim=1)[:, None]  # (m, 1)
    level = strides[:, 0]  # (A,)
    least, most = _FITS
    allowed = inside(centres, faces)  # (m, A)
    allowed &= (side >= least * level) | (level == level.min())
    allowed &= (side <= most * level) | (level == level.max())
    fit = pairwise_iou(faces, boxes)  # (m, A)
    align = scores**_SCORE_POWER * fit**_BOX_POWER
    # At the start every box is bad: a cell near the middle is a little better than none.
    middle = (faces[:, :2] + faces[:, 2:]) / 2
    far = torch.cdist(middle, centres) / side
    align = (align + 1e-9 * (2 - far).clamp(min=0)) * allowed
    best, cells = align.topk(min(_CELLS, align.shape[1]), dim=1)  # (m, k)
    chosen = torch.zeros_like(align).scatter_(1, cells, (best > 0).float()) > 0
    # A cell that several faces want answers for the one it fits best.
    face = torch.where(chosen, fit + 1e-6, 0.0).argmax(dim=0)  # (A,)
    taken = chosen.any(dim=0)
    mine = chosen & (torch.arange(len(faces))[:, None] == face)
    align, fit = align * mine, fit * mine
    top_align = align.amax(dim=1, keepdim=True).clamp(min=1e-12)
    wanted = (align / top_align * fit.amax(dim=1, keepdim=True)).amax(dim=0)
    return torch.where(taken, face, -1), torch.where(taken, wanted, 0.0)


def inside(centres: Tensor, boxes: Tensor) -> Tensor:
    """Whether cells' centres (A, 2) lie in boxes (m, 4): (m, A) bool."""
    low, high = centres > boxes[:, None, :2], centres < boxes[:, None, 2:]
    return (low & high).all(dim=-1)


def pairwise_iou(some: Tensor, others: Tensor) -> Tensor:
    """Intersection over union of boxes (m, 4) with boxes (A, 4): (m, A)."""
    low = torch.maximum(some[:, None, :2], others[None, :, :2])
    high = torch.minimum(some[:, None, 2:], others[None, :, 2:])
    both = (high - low).clamp(min=0).prod(dim=-1)
    union = _area(some)[:, None] + _area(others)[None] - both
    return both / union.clamp(min=1e-6)


def generalised_iou(some: Tensor, others: Tensor) -> Tensor:
    """Generalised IoU (Rezatofighi et al. 2019) of boxes (n, 4) with boxes (n, 4): (n,), > -1."""
    low = torch.maximum(some[:, :2], others[:, :2])
    high = torch.minimum(some[:, 2:], others[:, 2:])
    both = (high - low).clamp(min=0).prod(dim=-1)
    union = (_area(some) + _area(others) - both).clamp(min=1e-6)
    hull = torch.maximum(some[:, 2:], others[:, 2:]) - torch.minimum(some[:, :2], others[:, :2])
    around = hull.prod(dim=-1).clamp(min=1e-6)
    return both / union - (around - union) / around


def _area(boxes: Tensor) -> Tensor:
    return (boxes[..., 2:] - boxes[..., :2]).clamp(min=0).prod(dim=-1)
