"""Find the faces of a photo."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.engines import open_engine, told_of
from glassmask.faces.face import Face
from glassmask.faces.nms import suppress
from glassmask.manifest import NetworkCard, NetworkError, card_fields, load_checked

SHIPPED: Final = "finder.onnx"

MIN_FACE: Final = 12.0
"""Default: faces with a shorter side under this, in photo pixels, are left out."""

MOST_ENLARGED: Final = 2.0
"""A small photo is enlarged by no more than this: enlarging further adds no detail."""

_STEP: Final = 32  # the network takes sides that are multiples of this


@dataclass(frozen=True, slots=True)
class FinderManifest(NetworkCard):
    """What a finder is.

    Attributes:
        score: candidates under this score are no faces.
        overlap: of two with an IoU above this, the weaker is dropped.
        sides: the longer sides, in pixels, that a photo is scaled to; it is searched at each,
            the larger for small faces, the smaller for those that fill the photo.
    """

    score: float
    overlap: float
    sides: tuple[int, ...]

    def __post_init__(self) -> None:
        if not (0 <= self.score <= 1 and 0 <= self.overlap <= 1):
            raise ValueError("score or overlap is out of range")
        if not self.sides or min(self.sides) < _STEP:
            raise ValueError(f"sides are {self.sides}: at least one, each of {_STEP} or more")


class Finder:
    """Finds faces.

    Runs in ONNX Runtime, whatever the engine of the wear network: so every engine judges the
    same faces, and photos of all shapes need no recompiling.

    Attributes:
        manifest: what the network is.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        """Load a finder (None: the shipped one).

        Args:
            path: ONNX file with its manifest beside it.

        Raises:
            NetworkError: the file is missing, not what its manifest says, or no finder.
        """
        content, self.manifest = load_checked(path, SHIPPED, _parse)
        with told_of(f"onnxruntime can't load the finder {self.manifest}"):
            self._run = open_engine(content)
            self._candidates(np.zeros((_STEP, 2 * _STEP, 3), np.uint8))

    def find(self, photo: NDArray[np.uint8], *, min_face: float = MIN_FACE) -> tuple[Face, ...]:
        """Find the faces of a photo.

        The photo is scaled so that its longer side is each of `manifest.sides`, enlarged by at
        most `MOST_ENLARGED`; faces that are a few pixels in all of them are not found.

        Args:
            photo: RGB uint8 (H, W, 3), of any size from 1 x 1.
            min_face: leave out faces whose box, cut to the photo, has a shorter side under
                this, in photo pixels.

        Returns:
            Faces from left to right by the middle of their boxes (of equals, from top to
            bottom), without landmarks. Boxes lie inside the photo.
        """
        height, width = photo.shape[:2]
        scales = (min(side / max(height, width), MOST_ENLARGED) for side in self.manifest.sides)
        searched = [self._search(photo, scale) for scale in dict.fromkeys(scales)]
        boxes, scores = (np.concatenate(parts) for parts in zip(*searched, strict=True))
        faces = []
        for number in suppress(boxes, scores, self.manifest.overlap):
            left, top, across, down = map(float, boxes[number])
            score = scores[number]
            x, y = max(0.0, left), max(0.0, top)
            w, h = min(width, left + across) - x, min(height, top + down) - y
            if min(w, h) >= max(min_face, 1e-6):
                faces.append(Face((x, y, w, h), min(1.0, float(score))))
        return tuple(sorted(faces, key=_reading_order))

    def _search(
        self, photo: NDArray[np.uint8], scale: float
    ) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """What may be faces in the photo at one scale.

        The network sees the photo with black right of and below it, to multiples of 32.

        Returns:
            Boxes (N, 4) x, y, w, h in photo pixels, and scores (N,).
        """
        height, width = photo.shape[:2]
        size = max(1, round(width * scale)), max(1, round(height * scale))
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        scaled = photo if scale == 1 else cv2.resize(photo, size, interpolation=how)
        canvas = np.zeros((-(-size[1] // _STEP) * _STEP, -(-size[0] // _STEP) * _STEP, 3), np.uint8)
        canvas[: size[1], : size[0]] = scaled
        boxes, scores = self._candidates(canvas)
        across, down = width / size[0], height / size[1]  # apart: both sides were rounded
        return boxes * (across, down, across, down), scores

    def _candidates(
        self, canvas: NDArray[np.uint8]
    ) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """Boxes (N, 4) x, y, w, h in canvas pixels, and scores (N,), of those that may be faces."""
        outputs = self._run({"photo": canvas[None]})
        boxes, scores, points = outputs["boxes"], outputs["scores"], outputs["points"]
        count = len(scores)
        shapes = (boxes.shape, scores.shape, points.shape)
        if shapes != ((count, 4), (count,), (count, 5, 2)):
            raise NetworkError(f"boxes, scores, points are (A, 4), (A,), (A, 5, 2), got {shapes}")
        likely = (
            (scores >= self.manifest.score)
            & np.isfinite(boxes).all(axis=1)
            & (boxes[:, 2:] > 0).all(axis=1)
        )
        return boxes[likely].astype(np.float64), scores[likely]


def _reading_order(face: Face) -> tuple[float, float]:
    x, y, w, h = face.box
    return x + w / 2, y + h / 2


def _parse(fields: Mapping[str, Any]) -> FinderManifest:
    return FinderManifest(
        **card_fields(fields),
        score=float(fields["score"]),
        overlap=float(fields["overlap"]),
        sides=tuple(int(side) for side in fields["sides"]),
    )
