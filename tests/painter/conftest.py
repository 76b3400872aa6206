from __future__ import annotations

import numpy as np
import pytest

from glassmask.painter import demo_portrait
from glassmask.painter.canvas import Canvas
from glassmask.painter.frame import Frame
from glassmask.painter.sheet import Window


@pytest.fixture
def canvas() -> Canvas:
    """The demo portrait, all of it, as a canvas."""
    photo, points = demo_portrait()
    window = Window(0, 0, photo.shape[1], photo.shape[0])
    white = np.full(3, 250, np.float32)
    return Canvas(photo, Frame.of(points), window, white, np.random.default_rng(0))
