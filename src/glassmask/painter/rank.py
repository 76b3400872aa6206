"""Order statistics, without the interpolation that makes NumPy's quantiles slow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def rank(values: NDArray[np.generic], share: float) -> float:
    """The value that a share, from 0 to 1, of the others lies below.

    Raises:
        ValueError: no values.
    """
    flat = values.ravel()
    if not flat.size:
        raise ValueError("there are no values to rank")
    place = round(share * (flat.size - 1))
    return float(np.partition(flat, place)[place])
