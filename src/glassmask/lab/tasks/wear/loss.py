"""What the wear network is asked for: right answers, and evidence that lies where the parts are."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from glassmask.lab.tasks.wear.targets import OPEN
from glassmask.labels import QUESTIONS, WEARS, Question, Wear

_MASK: Final = QUESTIONS.index(Question.MASK)
_PARTS: Final = [place for place in range(len(QUESTIONS)) if place != _MASK]


def question_loss(
    logits: Tensor, targets: Tensor, *, answers: float, smoothing: float = 0.0
) -> Tensor:
    """Negative log likelihood of the label: of its answers, and of the wear they amount to.

    What a label leaves open takes no part.

    Args:
        logits: (N, 4), in the order of `QUESTIONS`.
        targets: int (N, 5), of `question_target`.
        answers: what the sum of the four answers' losses weighs, beside the wear's, which weighs 1.
        smoothing: this share of each loss asks for the uniform distribution instead.

    Returns:
        The mean over N.
    """
    logits = logits.float()
    yes, no = logsigmoid(logits), logsigmoid(-logits)  # (N, 4): log probabilities
    said = targets[:, : len(QUESTIONS)]
    right = torch.where(said == 1, yes, no)
    own = -(1 - smoothing) * right - smoothing * (yes + no) / 2
    single = torch.where(said == OPEN, torch.zeros_like(own), own).sum(dim=1)
    wears = wear_logs(logits)  # (N, 3)
    wear = targets[:, len(QUESTIONS)].long()
    chosen = wears.gather(1, wear.clamp(min=0)[:, None])[:, 0]
    whole = -(1 - smoothing) * chosen - smoothing * wears.mean(dim=1)
    whole = torch.where(wear == OPEN, torch.zeros_like(whole), whole)
    return (answers * single + whole).mean()


def wear_logs(logits: Tensor) -> Tensor:
    """Log probabilities (N, 3) of the wears, in the order of `WEARS`, by logits (N, 4).

    Of independent questions: *none* is no mask, *correct* a mask and nothing uncovered,
    *incorrect* the rest.
    """
    mask, bare = logsigmoid(logits[:, _MASK]), logsigmoid(-logits[:, _MASK])
    covered = logsigmoid(-logits[:, _PARTS]).sum(dim=1)  # log: nothing is uncovered
    some = torch.log(-torch.expm1(covered.clamp(max=-1e-6)))
    logs = {Wear.NONE: bare, Wear.CORRECT: mask + covered, Wear.INCORRECT: mask + some}
    return torch.stack([logs[wear] for wear in WEARS], dim=1)


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
    asked = (signs != 0) & (where.sum(dim=(2, 3)) > 0)  # (N, 4)
    if not asked.any():
        return evidence.sum() * 0
    speaking = (evidence * signs[:, :, None, None]).float()[asked].relu()  # (M, h, w)
    astray = (speaking * (1 - where[asked])).sum(dim=(1, 2))
    return (astray / speaking.sum(dim=(1, 2)).clamp(min=1e-6)).mean()
