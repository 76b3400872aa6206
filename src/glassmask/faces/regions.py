"""The regions of a face in a crop: forehead, eyes, nose, mouth, chin, cheeks, neck, background.

Drawn from the face's own landmarks. Where there are none, from those of an average face: the
mean of each point over the training faces. Regions of an average face say *about* where a part
of a face is.
"""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.faces.crop import Box, Square, turn_points
from glassmask.faces.points import MESH_INDICES, FacePoints
from glassmask.labels import Part

REGIONS: Final = ("forehead", "eyes", "nose", "mouth", "chin", "cheeks", "neck", "background")
"""The regions; their positions here are the values of a region map."""

# fmt: off
OUTLINES: Final = MappingProxyType({
    "forehead": (
        10, 338, 297, 332, 284, 251, 293, 334, 296, 336, 107, 66, 105, 63, 21, 54, 103, 67, 109,
    ),
    "eyes": (
        21, 63, 105, 66, 107, 336, 296, 334, 293, 251, 389, 356, 261, 448, 449, 450, 451, 453,
        351, 6, 122, 233, 231, 230, 229, 228, 31, 127, 162,
    ),
    "mouth": (98, 97, 2, 326, 327, 322, 287, 273, 335, 314, 17, 84, 106, 43, 57, 92),
    "chin": (
        43, 106, 84, 17, 314, 335, 273, 430, 379, 378, 400, 377, 152, 148, 176, 149, 150, 210,
    ),
    "nose": (
        6, 351, 412, 343, 437, 420, 360, 279, 331, 294, 327, 326, 2, 97, 98, 64, 102, 49, 131, 198,
        217, 114, 188, 122,
    ),
})
"""Region -> the FaceMesh indices of its outline, in the order of drawing, which settles
overlaps. What none of them covers of the face is cheek."""

MIXES: Final = MappingProxyType({
    261: (263, 338, -0.16), 31: (33, 109, -0.16),
    448: (390, 10, -0.15), 228: (163, 10, -0.15),
    449: (390, 379, 0.11), 229: (163, 150, 0.11),
    450: (374, 379, 0.09), 230: (145, 150, 0.09),
    451: (374, 40, 0.12), 231: (145, 270, 0.12),
    453: (362, 37, 0.09), 233: (133, 267, 0.09),
    351: (197, 332, 0.11), 122: (197, 103, 0.11),
    412: (195, 362, 0.46), 188: (195, 133, 0.46),
    343: (4, 381, 0.65), 114: (4, 154, 0.65),
    437: (279, 109, 0.16), 217: (49, 338, 0.16),
    420: (279, 6, 0.28), 198: (49, 6, 0.28),
    360: (279, 288, -0.09), 131: (49, 58, -0.09),
    331: (279, 365, 0.05), 102: (49, 136, 0.05),
    294: (327, 148, -0.06), 64: (98, 377, -0.06),
    322: (270, 389, 0.09), 92: (40, 162, 0.09),
    287: (375, 17, -0.34), 57: (146, 17, -0.34),
    273: (375, 365, 0.16), 43: (146, 136, 0.16),
    335: (321, 379, 0.18), 106: (91, 150, 0.18),
    430: (375, 365, 0.41), 210: (146, 136, 0.41),
})
"""What the outlines need and `FacePoints` lacks: mesh index -> (from, to, share of the way).

The pair that comes closest over the training faces, 0.3 to 1.6 % of the face's length away; a
cell of the evidence is six times as wide."""

MEAN_FACE: Final = (
    (0.493, 0.169), (0.580, 0.172), (0.653, 0.183), (0.721, 0.208), (0.765, 0.247), (0.792, 0.296),
    (0.806, 0.349), (0.810, 0.415), (0.806, 0.477), (0.802, 0.541), (0.793, 0.610), (0.773, 0.683),
    (0.744, 0.741), (0.711, 0.785), (0.669, 0.824), (0.633, 0.851), (0.595, 0.875), (0.551, 0.893),
    (0.494, 0.899), (0.437, 0.893), (0.393, 0.875), (0.355, 0.851), (0.320, 0.824), (0.278, 0.785),
    (0.245, 0.741), (0.216, 0.683), (0.197, 0.610), (0.188, 0.542), (0.184, 0.478), (0.180, 0.415),
    (0.184, 0.349), (0.198, 0.297), (0.224, 0.247), (0.267, 0.209), (0.334, 0.183), (0.407, 0.172),
    (0.235, 0.334), (0.262, 0.309), (0.306, 0.297), (0.362, 0.300), (0.426, 0.307), (0.560, 0.307),
    (0.624, 0.300), (0.681, 0.296), (0.725, 0.309), (0.753, 0.334), (0.287, 0.400), (0.302, 0.390),
    (0.342, 0.379), (0.390, 0.389), (0.414, 0.408), (0.395, 0.413), (0.351, 0.419), (0.309, 0.412),
    (0.572, 0.409), (0.596, 0.389), (0.645, 0.379), (0.684, 0.391), (0.700, 0.400), (0.678, 0.412),
    (0.636, 0.419), (0.592, 0.413), (0.493, 0.385), (0.493, 0.421), (0.493, 0.454), (0.493, 0.484),
    (0.493, 0.517), (0.493, 0.556), (0.403, 0.554), (0.396, 0.566), (0.412, 0.598), (0.457, 0.610),
    (0.493, 0.611), (0.529, 0.610), (0.574, 0.598), (0.590, 0.566), (0.582, 0.554), (0.368, 0.694),
    (0.377, 0.685), (0.395, 0.680), (0.419, 0.672), (0.456, 0.666), (0.493, 0.671), (0.530, 0.666),
    (0.568, 0.672), (0.592, 0.679), (0.611, 0.685), (0.620, 0.694), (0.607, 0.710), (0.589, 0.727),
    (0.563, 0.745), (0.531, 0.758), (0.494, 0.761), (0.457, 0.758), (0.424, 0.745), (0.399, 0.727),
    (0.381, 0.710), (0.385, 0.693), (0.439, 0.692), (0.493, 0.696), (0.548, 0.692), (0.604, 0.693),
    (0.551, 0.713), (0.494, 0.719), (0.437, 0.713), (0.494, 0.787), (0.494, 0.816), (0.494, 0.852),
    (0.494, 0.880),
)
# fmt: on
"""The average face in the order of `MESH_INDICES`: each training face in the crop of its whole
picture, in units of the crop's side, origin top-left."""

JAW: Final = (397, 172)
"""FaceMesh indices of the jaw, right and left of the chin: the neck is as wide as from one to the
other."""

NECK: Final = 0.5
"""The neck reaches this share of the face's length (forehead to chin) below them, along the face's
own axis: about to where a collar begins."""

HAIRLINE: Final = 0.095
"""A face's box begins this share of its height above the landmarks, which end on the forehead."""

_PLACE: Final = {index: place for place, index in enumerate(MESH_INDICES)}


@lru_cache(maxsize=8)
def mean_regions(size: int) -> NDArray[np.uint8]:
    """The region map of the crop of a whole picture, by the average face.

    Args:
        size: side of the crop in pixels.

    Returns:
        uint8 (size, size), read-only: position in `REGIONS`. Every pixel has exactly one.
    """
    regions = _draw(np.array(MEAN_FACE) * size, size)
    regions.setflags(write=False)
    return regions


def face_regions(points: FacePoints, square: Square, size: int) -> NDArray[np.uint8]:
    """The region map of a crop by the face's landmarks.

    Args:
        points: landmarks in photo pixels.
        square: what of the photo the crop shows.
        size: side of the crop in pixels.

    Returns:
        uint8 (size, size): position in `REGIONS`. Every pixel has exactly one.
    """
    return _draw(square.to_crop(points.xy, size), size)


def mean_points(box: Box, turn: int = 0) -> FacePoints:
    """The points of the average face, put into a face's box.

    Args:
        box: (x, y, w, h) in photo pixels.
        turn: quarter turns clockwise by which the face lies in it.
    """
    mean = np.array(MEAN_FACE)
    low, high = mean.min(axis=0), mean.max(axis=0)
    x, y, w, h = box
    upright = (mean - low) / (high - low) * (1, 1 - HAIRLINE) + (0, HAIRLINE)  # of a unit box
    return FacePoints(turn_points(upright, 4 - turn, 1.0) * (w, h) + (x, y))


def _draw(points: NDArray[np.float64], size: int) -> NDArray[np.uint8]:
    """The region map of points (109, 2) in crop pixels."""
    # Wild points could leave the range of the drawing's whole numbers.
    near = np.clip(points, -4.0 * size, 5.0 * size)
    places = _outline_places(near)
    regions = np.full((size, size), REGIONS.index("background"), np.uint8)
    right, left = (near[_PLACE[index]] for index in JAW)
    down = (near[_PLACE[152]] - near[_PLACE[10]]) * NECK  # from the forehead to the chin
    _fill(regions, np.array([right, right + down, left + down, left]), REGIONS.index("neck"))
    # The hull: in a profile the far side of the outline folds back over the near one.
    hull = np.asarray(cv2.convexHull(near.astype(np.float32))[:, 0], np.float64)
    _fill(regions, hull, REGIONS.index("cheeks"))
    for name, outline in OUTLINES.items():
        _fill(regions, np.array([places[index] for index in outline]), REGIONS.index(name))
    return regions


def outline_outside(points: FacePoints, part: Part, width: int, height: int) -> float:
    """The share of a part's outline that lies outside a photo.

    Args:
        points: landmarks in photo pixels.
        part: of the face.
        width: of the photo, in pixels.
        height: likewise.

    Returns:
        In [0, 1]: points of the outline that lie outside, of all of them.
    """
    places = _outline_places(points.xy)
    outline = np.array([places[index] for index in OUTLINES[part]])
    inside = ((outline >= 0) & (outline <= (width, height))).all(axis=1)
    return float(1 - inside.mean())


def _outline_places(points: NDArray[np.float64]) -> dict[int, NDArray[np.float64]]:
    """FaceMesh index -> place, of all that the outlines need, mixed ones too."""
    places = {index: points[place] for index, place in _PLACE.items()}
    for index, (start, end, share) in MIXES.items():
        places[index] = points[_PLACE[start]] * (1 - share) + points[_PLACE[end]] * share
    return places


def _fill(regions: NDArray[np.uint8], outline: NDArray[np.float64], value: int) -> None:
    # Pixel i has its centre at i + 0.5; fillPoly counts centres as whole numbers.
    fixed = np.round((outline - 0.5) * 256).astype(np.int32)
    cv2.fillPoly(regions, [fixed], value, lineType=cv2.LINE_8, shift=8)
