"""Order statistics by hand."""

from __future__ import annotations

import numpy as np
import pytest

from glassmask.painter.rank import rank


def test_rank_is_a_value_of_the_sorted_ones() -> None:
    values = np.array([[5.0, 1.0, 4.0], [2.0, 3.0, 0.0]])
    assert [rank(values, share) for share in (0.0, 0.2, 0.5, 1.0)] == [0.0, 1.0, 2.0, 5.0]
    assert rank(np.array([7], np.uint8), 0.3) == 7.0


def test_nothing_has_no_rank() -> None:
    with pytest.raises(ValueError, match="no values"):
        rank(np.zeros(0), 0.5)
