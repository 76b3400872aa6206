"""The regions of a face in a crop: forehead, eyes, nose, mouth, chin, cheeks, outside.

Until landmarks are found in the photo itself, the regions come from the mean mesh: the mean
position of the 468 FaceMesh points over the training faces, each placed in the crop of its
whole picture. So a region says *about* where that part of a face is.
"""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

REGIONS: Final = ("forehead", "eyes", "nose", "mouth", "chin", "cheeks", "outside")
"""The regions; their positions here are the values of a region map."""

MEAN_POLYGONS: Final = MappingProxyType(
    {
        "forehead": (
            (0.493, 0.169),
            (0.580, 0.172),
            (0.653, 0.183),
            (0.721, 0.208),
            (0.765, 0.247),
            (0.792, 0.296),
            (0.725, 0.309),
            (0.681, 0.296),
            (0.624, 0.300),
            (0.560, 0.307),
            (0.426, 0.307),
            (0.362, 0.300),
            (0.306, 0.297),
            (0.262, 0.309),
            (0.198, 0.297),
            (0.224, 0.247),
            (0.267, 0.209),
            (0.334, 0.183),
            (0.407, 0.172),
        ),
        "eyes": (
            (0.198, 0.297),
            (0.262, 0.309),
            (0.306, 0.297),
            (0.362, 0.300),
            (0.426, 0.307),
            (0.560, 0.307),
            (0.624, 0.300),
            (0.681, 0.296),
            (0.725, 0.309),
            (0.792, 0.296),
            (0.806, 0.349),
            (0.810, 0.415),
            (0.722, 0.435),
            (0.707, 0.447),
            (0.678, 0.456),
            (0.641, 0.456),
            (0.606, 0.450),
            (0.562, 0.433),
            (0.519, 0.428),
            (0.493, 0.421),
            (0.467, 0.428),
            (0.425, 0.432),
            (0.381, 0.450),
            (0.346, 0.456),
            (0.309, 0.456),
            (0.281, 0.447),
            (0.265, 0.435),
            (0.180, 0.415),
            (0.184, 0.349),
        ),
        "nose": (
            (0.493, 0.421),
            (0.519, 0.428),
            (0.537, 0.444),
            (0.556, 0.463),
            (0.555, 0.491),
            (0.557, 0.518),
            (0.564, 0.543),
            (0.582, 0.554),
            (0.587, 0.566),
            (0.582, 0.581),
            (0.574, 0.598),
            (0.529, 0.610),
            (0.493, 0.611),
            (0.457, 0.610),
            (0.412, 0.598),
            (0.404, 0.581),
            (0.399, 0.565),
            (0.403, 0.554),
            (0.421, 0.543),
            (0.429, 0.517),
            (0.431, 0.491),
            (0.430, 0.463),
            (0.449, 0.444),
            (0.467, 0.428),
        ),
        "mouth": (
            (0.412, 0.598),
            (0.457, 0.610),
            (0.493, 0.611),
            (0.529, 0.610),
            (0.574, 0.598),
            (0.614, 0.650),
            (0.647, 0.693),
            (0.625, 0.723),
            (0.602, 0.747),
            (0.531, 0.758),
            (0.494, 0.761),
            (0.457, 0.758),
            (0.387, 0.747),
            (0.363, 0.723),
            (0.341, 0.693),
            (0.373, 0.650),
        ),
        "chin": (
            (0.363, 0.723),
            (0.387, 0.747),
            (0.457, 0.758),
            (0.494, 0.761),
            (0.531, 0.758),
            (0.602, 0.747),
            (0.625, 0.723),
            (0.669, 0.759),
            (0.669, 0.824),
            (0.633, 0.851),
            (0.595, 0.875),
            (0.551, 0.893),
            (0.494, 0.899),
            (0.437, 0.893),
            (0.393, 0.875),
            (0.355, 0.851),
            (0.320, 0.824),
            (0.319, 0.759),
        ),
        "face": (
            (0.493, 0.169),
            (0.580, 0.172),
            (0.653, 0.183),
            (0.721, 0.208),
            (0.765, 0.247),
            (0.792, 0.296),
            (0.806, 0.349),
            (0.810, 0.415),
            (0.806, 0.477),
            (0.802, 0.541),
            (0.793, 0.610),
            (0.773, 0.683),
            (0.744, 0.741),
            (0.711, 0.785),
            (0.669, 0.824),
            (0.633, 0.851),
            (0.595, 0.875),
            (0.551, 0.893),
            (0.494, 0.899),
            (0.437, 0.893),
            (0.393, 0.875),
            (0.355, 0.851),
            (0.320, 0.824),
            (0.278, 0.785),
            (0.245, 0.741),
            (0.216, 0.683),
            (0.197, 0.610),
            (0.188, 0.542),
            (0.184, 0.478),
            (0.180, 0.415),
            (0.184, 0.349),
            (0.198, 0.297),
            (0.224, 0.247),
            (0.267, 0.209),
            (0.334, 0.183),
            (0.407, 0.172),
        ),
    }
)
"""Outlines in units of the crop's side, origin top-left. Of the face, what no other covers is
cheek; the order of drawing settles overlaps."""


@lru_cache(maxsize=8)
def mean_regions(size: int) -> NDArray[np.uint8]:
    """The region map of a crop by the mean mesh.

    Args:
        size: side of the crop in pixels.

    Returns:
        uint8 (size, size), read-only: position in `REGIONS`. Every pixel has exactly one.
    """
    regions = np.full((size, size), REGIONS.index("outside"), np.uint8)
    for name in ("face", "forehead", "eyes", "mouth", "chin", "nose"):
        value = REGIONS.index("cheeks" if name == "face" else name)
        # Pixel i has its centre at i + 0.5; fillPoly counts centres as whole numbers.
        points = np.array(MEAN_POLYGONS[name]) * size - 0.5
        fixed = np.round(points * 256).astype(np.int32)
        cv2.fillPoly(regions, [fixed], value, lineType=cv2.LINE_8, shift=8)
    regions.setflags(write=False)
    return regions
