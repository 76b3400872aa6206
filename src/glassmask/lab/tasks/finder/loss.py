"""What the finder's cells should say: which cells answer for a face, and the loss.

Cells are assigned by how well they already do (task alignment: Feng et al. 2021, TOOD): a face
takes the cells inside it that give it the best score and box together, and each is asked for a
score as high as its box is good. So scores rank boxes, and one threshold suffices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import torch
from torch import Tensor, nn

from glassmask.lab.tasks.finder.network import cell_grid, decode_boxes, decode_points

NOTHING, FACE, IGNORED = 0, 1, 2
"""What a row of the targets is: padding, a face, or a place that counts for nothing."""

_MAX_CELLS: Final = 9  # cells a face takes at most
_SCORE_POWER: Final = 0.5
_BOX_POWER: Final = 4.0
_BACKGROUND: Final = 0.75  # weight of cells without a face


@dataclass(frozen=True, slots=True)
class Targets:
    """What is in a batch of pictures.

    Attributes:
        boxes: (N, M, 4) left, top, right, bottom in pixels.
        kinds: (N, M) of `NOTHING`, `FACE`, `IGNORED`.
        points: (N, M, 5, 2) in pixels.
        has_points: (N, M) bool: whether the points are known.
    """

    boxes: Tensor
    kinds: Tensor
    points: Tensor
    has_points: Tensor


def finder_loss(outputs: Tensor, targets: Targets, height: int, width: int) -> Tensor:
    """The mean loss of what cells say, (N, A, 15): scores, boxes, points.

    Args:
        outputs: of `FinderNetwork.cells`.
        targets: what is there.
        height: of the pictures, in pixels.
        width: of the pictures.
    """
    grid = cell_grid(height, width).to(outputs.device)
    with torch.no_grad():
        sure = outputs[..., 0].sigmoid()
        picture, row = (targets.kinds == FACE).nonzero().unbind(1)  # (F,) each
        assignment = assign(
            sure, decode_boxes(outputs, grid), targets.boxes[picture, row], picture, grid
        )
        wanted = torch.zeros_like(sure)
        wanted[assignment.picture, assignment.cell] = assignment.score
        place, spot = (targets.kinds == IGNORED).nonzero().unbind(1)
        ignored = torch.zeros_like(sure).index_add_(
            0, place, inside(grid, targets.boxes[place, spot]).float()
        )
        counted = (ignored == 0) | (wanted > 0)
    # Varifocal loss (Zhang et al. 2021, eq. 2): cells with a face count in full, by how good
    # they should be; the many without count little where they know it already.
    entropy = nn.functional.binary_cross_entropy_with_logits(
        outputs[..., 0], wanted, reduction="none"
    )
    weight = torch.where(wanted > 0, wanted, _BACKGROUND * sure**2) * counted
    score_loss = (weight * entropy).sum()

    picture, row = picture[assignment.face], row[assignment.face]
    own, at = outputs[assignment.picture, assignment.cell], grid[assignment.cell]
    weight = assignment.score
    total = weight.sum().clamp(min=1.0)
    true_boxes = targets.boxes[picture, row]
    box_loss = (weight * (1 - generalised_iou(decode_boxes(own, at), true_boxes))).sum()

    known = weight * targets.has_points[picture, row]
    side = (true_boxes[:, 2:] - true_boxes[:, :2]).amax(dim=1)[:, None, None]
    off = (decode_points(own, at) - targets.points[picture, row]) / side
    far = nn.functional.smooth_l1_loss(off, torch.zeros_like(off), beta=0.02, reduction="none")
    point_loss = (known * far.mean(dim=(1, 2))).sum()
    return (score_loss + 2.0 * box_loss + 4.0 * point_loss) / total


class Assignment(NamedTuple):
    """Which cells answer for which faces, D pairs: pictures, cells, faces, all int64 (D,).

    `score` (D,) float32 is what the cell shall say, in (0, 1].
    """

    picture: Tensor
    cell: Tensor
    face: Tensor
    score: Tensor


@torch.no_grad()
def assign(
    scores: Tensor, boxes: Tensor, faces: Tensor, picture: Tensor, grid: Tensor
) -> Assignment:
    """Which cells answer for each face, and the scores that they shall give.

    Args:
        scores: (N, A) in [0, 1], what the cells give now.
        boxes: (N, A, 4) left, top, right, bottom, what they give now.
        faces: (F, 4) what is there; F may be 0.
        picture: (F,) int64: in which picture.
        grid: (A, 3) of `cell_grid`.
    """
    fit = _iou(faces[:, None], boxes[picture])  # (F, A)
    align = scores[picture] ** _SCORE_POWER * fit**_BOX_POWER
    # At the start every box is bad: a cell near the middle is a little better than none.
    side = (faces[:, 2:] - faces[:, :2]).amax(dim=1, keepdim=True)
    far = torch.cdist((faces[:, :2] + faces[:, 2:]) / 2, grid[:, :2]) / side
    align = (align + 1e-9 * (2 - far).clamp(min=0)) * inside(grid, faces)
    align, cell = align.topk(min(_MAX_CELLS, align.shape[1]), dim=1)  # (F, k)
    fit = fit.gather(1, cell) * (align > 0)
    # A cell that several faces want answers for the one it fits best; of equals, the first.
    flat = cell + picture[:, None] * scores.shape[1]
    claim = fit + 1 - 1e-6 * torch.arange(len(faces), device=faces.device)[:, None]
    claim = claim * (align > 0)  # of a face with few cells inside, the rest claims nothing
    best = claim.new_zeros(scores.numel())
    best.scatter_reduce_(0, flat.flatten(), claim.flatten(), "amax")
    mine = (align > 0) & (claim >= best[flat])
    align, fit = align * mine, fit * mine
    share = align / align.amax(dim=1, keepdim=True).clamp(min=1e-12)
    # The square root: a box that is good enough is nearly a sure face.
    score = share * fit.amax(dim=1, keepdim=True).clamp(min=1e-4).sqrt()
    face, column = (score > 0).nonzero().unbind(1)
    return Assignment(picture[face], cell[face, column], face, score[face, column])


def inside(grid: Tensor, boxes: Tensor) -> Tensor:
    """Whether the centres of cells (A, 3) lie in boxes (m, 4): (m, A) bool."""
    centres = grid[:, :2]
    low, high = centres > boxes[:, None, :2], centres < boxes[:, None, 2:]
    return (low & high).all(dim=-1)


def _iou(some: Tensor, others: Tensor) -> Tensor:
    """Intersection over union of boxes (..., 4) with boxes (..., 4): (...)."""
    low = torch.maximum(some[..., :2], others[..., :2])
    high = torch.minimum(some[..., 2:], others[..., 2:])
    both = (high - low).clamp(min=0).prod(dim=-1)
    return both / (_area(some) + _area(others) - both).clamp(min=1e-6)


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
