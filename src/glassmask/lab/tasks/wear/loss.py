"""Evidence supervision: painted pairs say which pixels make a label true; the evidence lies there.

In the manner of "right for the right reasons" (Ross, Hughes, Doshi-Velez 2017), but of the
evidence itself: what a cell gives is the explanation, so no gradient of a gradient is needed.
"""

from __future__ import annotations

from typing import Final

from torch import Tensor

NO_RIVAL: Final = -1
"""In the place of a rival's class: the face is of no pair."""


def pointing_loss(evidence: Tensor, allowed: Tensor, where: Tensor, rival: Tensor) -> Tensor:
    """The share of the positive evidence for a pair's class, not its rival's, that lies astray.

    Mean over the members of pairs; 0 where there are none, or none has positive evidence.

    Args:
        evidence: (N, C, h, w).
        allowed: (N, C) bool; members of pairs have one class.
        where: (N, h, w), 0 to 1: the share of each cell that lies right.
        rival: (N,) int64, -1 for what is of no pair.
    """
    rows = (rival != NO_RIVAL).nonzero()[:, 0]
    if not len(rows):
        return evidence.sum() * 0
    own = allowed[rows].float().argmax(dim=1)
    contrast = evidence[rows, own] - evidence[rows, rival[rows]]  # (M, h, w)
    positive = contrast.float().relu()
    total = positive.sum(dim=(1, 2))
    astray = (positive * (1 - where[rows])).sum(dim=(1, 2))
    return (astray / total.clamp(min=1e-6)).mean()
