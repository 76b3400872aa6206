"""One face in a photo."""

from __future__ import annotations

import math
from dataclasses import dataclass

from glassmask.faces.crop import Box
from glassmask.faces.points import CHIN_POINT, FacePoints


@dataclass(frozen=True, slots=True)
class Face:
    """One face in a photo.

    Attributes:
        box: (x, y, w, h) in photo pixels, after EXIF rotation, origin top-left.
        score: how sure both networks are, in [0, 1]; None where the whole picture is the face.
        landmarks: its points in photo pixels; None where none could be trusted.
        extent: the box of the whole face, of which `box` is the part inside the photo; where the
            whole picture is the face, that of the only face found in it. None where nobody said
            more than `box`.
        turn: quarter turns clockwise by which its head lies in the photo, 0 to 3: 1 where the top
            of the head points right, 2 where it points down. What is made of the face is made of
            it set upright by as many.
    """

    box: Box
    score: float | None = None
    landmarks: FacePoints | None = None
    extent: Box | None = None
    turn: int = 0

    def __post_init__(self) -> None:
        for box in (self.box, self.extent or self.box):
            if len(box) != 4 or not all(map(math.isfinite, box)) or min(box[2:]) <= 0:
                raise ValueError(
                    f"a box is four finite numbers x, y, w, h with w, h > 0, got {box}"
                )
        if self.turn not in range(4):
            raise ValueError(f"quarter turns are 0 to 3, got {self.turn}")
        if self.score is not None and not 0 <= self.score <= 1:
            raise ValueError(f"a score is in [0, 1] or None, got {self.score}")
        if self.landmarks is not None and not isinstance(self.landmarks, FacePoints):
            raise TypeError(f"landmarks are FacePoints, got {type(self.landmarks).__name__}")

    @property
    def angle(self) -> float:
        """By how many degrees its head is turned clockwise in the photo, in [0, 360).

        From the forehead to the chin by the landmarks; without them, the quarter turns.
        """
        if self.landmarks is None:
            return 90.0 * self.turn
        outline = self.landmarks.part("outline")
        x, y = outline[CHIN_POINT] - outline[0]
        return math.degrees(math.atan2(-x, y)) % 360.0 % 360.0  # of -1e-17 the first gives 360

    @property
    def is_whole(self) -> bool:
        """Whether the whole picture was taken as this one face, which nobody looked for."""
        return self.score is None
