"""A face set upright: the coordinates in which masks are cut and hung.

Origin between the eyes, y down along the face, x to the right as seen in the photo; the unit is
a photo pixel. Heights on the face are told in *levels*, which are the same for every face.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.faces.points import FacePoints

LEVELS: Final = (
    "forehead",  # 0: the hair line
    "brows",  # 1: between the brows
    "bridge",  # 2: between the eyes
    "nose",  # 3: the middle of the nose
    "tip",  # 4: the tip of the nose
    "base",  # 5: where the nose meets the upper lip
    "lip",  # 6: the upper edge of the upper lip
    "below",  # 7: the lower edge of the lower lip
    "chin",  # 8: the lowest point of the chin
    "throat",  # 9: as far below the chin as the base of the nose is above it
)
"""Level i is the height of the thing named; 4.5 lies half-way between tip and base."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A face's upright coordinates.

    Attributes:
        points: where the face is in the photo.
        origin: (2,) of the upright coordinates, in photo pixels.
        turn: (2, 2); `turn @ (p - origin)` sets a photo point upright.
        heights: (10,) y of each level, increasing.
        axis: (10,) x of the middle of the face at each level.
        outline: (36, 2) the face's outline, upright.
        width: of the face, in pixels: the yardstick for everything that is drawn.
    """

    points: FacePoints
    origin: NDArray[np.float64]
    turn: NDArray[np.float64]
    heights: NDArray[np.float64]
    axis: NDArray[np.float64]
    outline: NDArray[np.float64]
    width: float

    @classmethod
    def of(cls, points: FacePoints) -> Frame:
        """The upright frame of a face.

        Raises:
            ValueError: the points do not make a face: it has no extent.
        """
        left, right = points.part("left_eye").mean(0), points.part("right_eye").mean(0)
        mouth = points.part("lips").mean(0)
        origin = points.part("bridge")[0]
        # Eyes say what is level and, since they come together in a profile, the mouth what is
        # below: the mean of both directions.
        across = right - left
        down = mouth - (left + right) / 2
        level = _unit(across + np.array([down[1], -down[0]]))
        turn = np.array([[level[0], level[1]], [-level[1], level[0]]])

        def upright(part: NDArray[np.float64]) -> NDArray[np.float64]:
            moved: NDArray[np.float64] = (part - origin) @ turn.T
            return moved

        bridge, lips = upright(points.part("bridge")), upright(points.part("lips"))
        outline, base = upright(points.part("outline")), upright(points.part("nostrils"))[4]
        brows = (upright(points.part("left_brow"))[-1] + upright(points.part("right_brow"))[0]) / 2
        chin = outline[18]
        middle = np.stack(
            [
                outline[0],
                brows,
                bridge[0],
                bridge[3],
                bridge[5],
                base,
                lips[5],
                lips[15],
                chin,
                chin + (chin - base),
            ]
        )
        spread = np.ptp(outline, axis=0)
        if spread.min() < 4:
            raise ValueError(f"a face of {spread[0]:.1f} x {spread[1]:.1f} px is too small")
        # A face that looks up or down folds its levels together; they stay in order.
        gaps = np.maximum(np.diff(middle[:, 1]), 0.01 * spread[1])
        heights = np.concatenate([[0.0], np.cumsum(gaps)])
        heights += middle[2, 1] - heights[2]
        width = float(max(spread[0], 0.75 * spread[1]))  # a profile is no smaller a face
        return cls(points, origin, turn, heights, middle[:, 0], outline, width)

    def part(self, name: str) -> NDArray[np.float64]:
        """The points of a part, (n, 2), upright."""
        return self.upright(self.points.part(name))

    def upright(self, photo_points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Photo points (..., 2), set upright."""
        turned: NDArray[np.float64] = (photo_points - self.origin) @ self.turn.T
        return turned

    def to_photo(self, upright_points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Upright points (..., 2), in photo pixels."""
        turned: NDArray[np.float64] = upright_points @ self.turn + self.origin
        return turned

    def height(self, level: float) -> float:
        """The y of a level; levels beyond the list go on at the pace of its ends."""
        last = len(LEVELS) - 1
        inside = float(np.interp(level, np.arange(last + 1), self.heights))
        below = min(level, 0.0) * (self.heights[1] - self.heights[0])
        beyond = max(level - last, 0.0) * (self.heights[-1] - self.heights[-2])
        return inside + float(below + beyond)

    def side(self, right: bool) -> NDArray[np.float64]:
        """The outline's side from the brow down to the chin, (n, 2), y increasing.

        It is the silhouette: where nose or lips stand out beyond the outline, in a profile,
        they are the side.
        """
        half = self.outline[4:19] if right else self.outline[18:33][::-1]
        inner = self.inner()
        sign = 1.0 if right else -1.0
        rows = np.linspace(half[0, 1], self.heights[8], 24)
        order = np.argsort(half[:, 1])
        edge = sign * np.interp(rows, half[order, 1], half[order, 0])
        near = np.abs(rows[:, None] - inner[:, 1]) < 0.06 * self.width  # (24, n)
        edge = np.maximum(edge, np.where(near, sign * inner[:, 0], -np.inf).max(axis=1))
        return np.stack([sign * edge, rows], axis=1)

    def inner(self) -> NDArray[np.float64]:
        """Nose and lips, which stand out in a profile: (n, 2), upright."""
        points = self.points
        return self.upright(
            np.concatenate([points.part(name) for name in ("bridge", "nostrils", "lips")])
        )


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    length = float(np.linalg.norm(vector))
    if length < 1e-6:
        raise ValueError("the eyes of the face are at one place")
    return vector / length
