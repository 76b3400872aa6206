"""How often each row is drawn when no group may have more than a share of the draws."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def capped_chances(
    weights: Sequence[float], groups: Sequence[str], max_share: float
) -> NDArray[np.float64]:
    """The chance of each row, (N,) float64 with sum 1, when no group has more than `max_share`.

    A group whose rows weigh more gets `max_share`, and what that frees goes to the other groups
    by their weights; within a group, rows keep their weights' ratio. Where the groups are too few
    for `max_share` (two can't both have a tenth), all have the same.

    Args:
        weights: of the N rows, above 0.
        groups: of the N rows.
        max_share: above 0, up to 1.
    """
    names, numbers = np.unique(list(groups), return_inverse=True)
    rows = np.asarray(weights, np.float64)
    totals = np.bincount(numbers, rows)
    shares = np.full(len(names), 1 / len(names))
    if max_share * len(names) > 1:
        capped = np.zeros(len(names), np.bool_)
        while True:  # each round caps at least one more group, or is the last
            free = 1 - max_share * capped.sum()
            shares = np.where(capped, max_share, free * totals / totals[~capped].sum())
            above = shares > max_share * (1 + 1e-12)
            if not above.any():
                break
            capped |= above
    return np.asarray(shares[numbers] * rows / totals[numbers])
