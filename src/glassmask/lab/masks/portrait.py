"""The demo portrait: the astronaut Eileen Collins (NASA, public domain), from scikit-image."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.lab.masks.sketch import FacePoints

_LEFT, _TOP, _RIGHT, _BOTTOM = 122, 6, 332, 226  # of the head, in the portrait's pixels

_POINTS: Final = {
    "left_ear": (178.0, 117.0),
    "right_ear": (270.0, 121.0),
    "left_jaw": (183.0, 150.0),
    "right_jaw": (264.0, 153.0),
    "nose_bridge": (224.0, 104.0),
    "nose_base": (222.0, 131.0),
    "lip_bottom": (221.0, 154.0),
    "chin": (222.0, 179.0),
}


def demo_portrait() -> tuple[NDArray[np.uint8], FacePoints]:
    """The head of the demo portrait, RGB uint8 (220, 210, 3), and its points.

    Raises:
        ModuleNotFoundError: scikit-image is not installed (the extra `demo`).
    """
    from skimage import data

    portrait = np.asarray(data.astronaut(), np.uint8)[_TOP:_BOTTOM, _LEFT:_RIGHT]
    points = {name: (x - _LEFT, y - _TOP) for name, (x, y) in _POINTS.items()}
    return np.ascontiguousarray(portrait), FacePoints(**points)
