from __future__ import annotations

import numpy as np
import pytest

from glassmask.painter import demo_portrait
from glassmask.painter.frame import Frame
from glassmask.painter.regions import Region, grown, part_outline


def test_parts_of_the_face() -> None:
    _, points = demo_portrait()
    frame = Frame.of(points)
    heights = {
        part: part_outline(frame, part)[:, 1].mean()
        for part in (Region.NOSE, Region.MOUTH, Region.CHIN)
    }
    assert heights[Region.NOSE] < heights[Region.MOUTH] < heights[Region.CHIN]
    with pytest.raises(ValueError, match="SKIN"):
        part_outline(frame, Region.SKIN)


def test_grown_outlines_hold_what_they_were() -> None:
    square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    larger = grown(square, 2)
    assert larger.min() == pytest.approx(-2, abs=0.1)
    assert larger.max() == pytest.approx(12, abs=0.1)
