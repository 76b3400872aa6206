"""The points of a face: a named subset of the 468-point FaceMesh, listed once, here.

Left and right are as seen in the photo. Whatever gives landmarks, a mesh or a network, gives
these points in this order; whatever needs landmarks asks for them by the name of a part.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

MESH_POINTS: Final = 468
"""How many points the full FaceMesh has."""

# fmt: off
MESH_OF_PART: Final = MappingProxyType({
    # Clockwise from the middle of the forehead.
    "outline": (
        10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
        152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
    ),
    "left_brow": (70, 63, 105, 66, 107),  # from left to right
    "right_brow": (336, 296, 334, 293, 300),
    "left_eye": (33, 161, 159, 157, 133, 154, 145, 163),  # clockwise from the left corner
    "right_eye": (362, 384, 386, 388, 263, 390, 374, 381),
    "bridge": (168, 6, 197, 195, 5, 4),  # from between the eyes down to the tip of the nose
    "nostrils": (49, 129, 98, 97, 2, 326, 327, 358, 279),  # from left to right, round below
    "lips": (  # the outer edge, clockwise from the left corner
        61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146,
    ),
    "mouth": (78, 81, 13, 311, 308, 402, 14, 178),  # the inner edge, clockwise likewise
    "chin": (18, 200, 199, 175),  # from under the lip down, above the outline's lowest point
})
# fmt: on
"""Part -> the indices of its points in the FaceMesh."""

CHIN_POINT: Final = 18
"""The chin's lowest point in the outline; the first is the middle of the forehead."""

PARTS: Final = tuple(MESH_OF_PART)

MESH_INDICES: Final = tuple(index for part in MESH_OF_PART.values() for index in part)
"""The FaceMesh index of each point, in order."""

_ENDS = np.cumsum([len(points) for points in MESH_OF_PART.values()])
_SLICES: Final = {
    part: slice(int(end) - len(points), int(end))
    for (part, points), end in zip(MESH_OF_PART.items(), _ENDS, strict=True)
}


def part_rows(part: str) -> slice:
    """Which of the points are of a part.

    Raises:
        KeyError: no such part; `PARTS` lists them.
    """
    return _SLICES[part]


@dataclass(frozen=True, slots=True, eq=False)
class FacePoints:
    """The points of one face.

    Attributes:
        xy: float64 (109, 2), read-only: x, y in photo pixels, in the order of `MESH_INDICES`.
            Points may lie outside the photo.
    """

    xy: NDArray[np.float64]

    def __post_init__(self) -> None:
        points = np.array(self.xy, np.float64)  # a copy: nobody else writes into it
        if points.shape != (len(MESH_INDICES), 2):
            raise ValueError(f"face points are ({len(MESH_INDICES)}, 2), got {points.shape}")
        if not np.isfinite(points).all():
            raise ValueError("face points must be finite numbers")
        points.setflags(write=False)
        object.__setattr__(self, "xy", points)

    @classmethod
    def from_mesh(cls, mesh: NDArray[np.floating]) -> FacePoints:
        """Take the points out of a full FaceMesh (468, 2), x and y in photo pixels."""
        if mesh.shape != (MESH_POINTS, 2):
            raise ValueError(f"a FaceMesh is ({MESH_POINTS}, 2), got {mesh.shape}")
        return cls(mesh[list(MESH_INDICES)].astype(np.float64))

    def part(self, name: str) -> NDArray[np.float64]:
        """The points of a part, (n, 2), read-only.

        Raises:
            KeyError: no such part; `PARTS` lists them.
        """
        return self.xy[part_rows(name)]

    def moved(self, dx: float, dy: float) -> FacePoints:
        """The points moved by (dx, dy) pixels."""
        return FacePoints(self.xy + np.array([dx, dy]))
