"""What the wear network is asked for: right answers, and evidence that lies where the parts are."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor

from glassmask.combinations import OCCURRING, wear_of
from glassmask.lab.training.losses import allowed_loss

ANSWERS_SHARE: Final = 0.5
"""What the answers weigh in the loss, beside the wear, which weighs 1."""

_SEEN: Final = 0.3
"""Cells: of a part that covers less of the map, nothing is asked."""


def combination_scores(logits: Tensor) -> Tensor:
    """The score of each combination of `OCCURRING`, (N, K): the sum of its yeses' logits (N, 4)."""
    return logits @ torch.tensor(OCCURRING, dtype=logits.dtype, device=logits.device).T


def question_loss(logits: Tensor, allowed: Tensor, smoothing: float = 0.0) -> Tensor:
    """Negative log likelihood of the label: of its answers, and of the wear they amount to.

    An answer that a label leaves open takes no part: every combination with it is as welcome.

    Args:
        logits: (N, 4), in the order of `QUESTIONS`.
        allowed: bool (N, K), of `OCCURRING`, those that a label allows; what wears they amount to
            is asked for besides.
        smoothing: see `allowed_loss`.
    """
    scores = combination_scores(logits)
    wears = [wear_of(combination) for combination in OCCURRING]
    alike = torch.tensor([[one is other for other in wears] for one in wears]).to(allowed.device)
    of_wear = (allowed.float() @ alike.float()) > 0  # (N, K)
    answers = allowed_loss(scores, allowed, smoothing)
    return ANSWERS_SHARE * answers + allowed_loss(scores, of_wear, smoothing)


def pointing_loss(evidence: Tensor, where: Tensor, signs: Tensor) -> Tensor:
    """The share of what speaks for a painted face's true answers that lies astray of their part.

    In the manner of "right for the right reasons" (Ross, Hughes, Doshi-Velez 2017), but of the
    evidence itself: what a cell gives is the explanation, so no gradient of a gradient is needed.
    Mean over faces and questions of which a part is marked; 0 where there are none, or nothing
    speaks for the answer.

    Args:
        evidence: (N, 4, h, w), in the order of `QUESTIONS`.
        where: (N, 4, h, w), 0 to 1: the share of each cell that belongs to the question's part.
        signs: (N, 4): 1 where the answer is yes, -1 for no, 0 where it is open.
    """
    asked = (signs != 0) & (where.sum(dim=(2, 3)) > _SEEN)  # (N, 4)
    if not asked.any():
        return evidence.sum() * 0
    speaking = (evidence * signs[:, :, None, None]).float()[asked].relu()  # (M, h, w)
    astray = (speaking * (1 - where[asked])).sum(dim=(1, 2))
    return (astray / speaking.sum(dim=(1, 2)).clamp(min=1e-6)).mean()
