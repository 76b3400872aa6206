from __future__ import annotations

import numpy as np
import pytest

from glassmask.painter import draw_wearing
from glassmask.painter.wearing import WAYS, Wearing


@pytest.mark.parametrize("way", WAYS)
def test_wearings_lie_where_their_way_says(way: str) -> None:
    limits = {
        "correct": (2.2, 3.5, 7.8, 8.7),
        "nose": (4.5, 5.8, 8.0, 9.0),
        "chin": (2.0, 3.1, 7.0, 7.5),
        "nose_and_mouth": (7.0, 9.0, 8.0, 10.6),
        "elsewhere": (-0.6, 1.0, 0.0, 4.1),
    }[way]
    for seed in range(100):
        worn = draw_wearing(way, np.random.default_rng(seed))
        assert limits[0] <= worn.top <= limits[1]
        assert limits[2] <= worn.bottom <= limits[3]


def test_wrong_wearings() -> None:
    with pytest.raises(ValueError, match="no way 'ear' of wearing"):
        draw_wearing("ear", np.random.default_rng(0))
    with pytest.raises(ValueError, match="no way 'ear' of wearing"):
        Wearing("ear", 1, 2, 1, 2)
    with pytest.raises(ValueError, match="upper edge lies above"):
        Wearing("nose", 5, 4, 1, 2)
