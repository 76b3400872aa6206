"""Losses that several tasks share."""

from __future__ import annotations

import math

from torch import Tensor


def allowed_loss(logits: Tensor, allowed: Tensor, smoothing: float = 0.0) -> Tensor:
    """Negative log probability that the class is one of the allowed ones, mean over N.

    Args:
        logits: (N, C) float.
        allowed: (N, C) bool; several where a label only says *incorrect*.
        smoothing: this share of the loss asks for the uniform distribution instead.
    """
    logs = logits.float().log_softmax(dim=1)  # (N, C)
    label = -logs.masked_fill(~allowed, -math.inf).logsumexp(dim=1)
    return ((1 - smoothing) * label - smoothing * logs.mean(dim=1)).mean()
