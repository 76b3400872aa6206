"""Pictures to train the face finder with: parts of scenes, and faces pasted into them.

Faces are of all sizes that the finder answers for (`LARGEST` in canvas.py), and some lie on their
side or stand on their top.

View number k depends on the seed and on k alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from glassmask.errors import SamplingError
from glassmask.faces.crop import Box
from glassmask.faces.points import FacePoints
from glassmask.lab.datasets.cache import PictureCache
from glassmask.lab.datasets.landmark_faces import LandmarkFace
from glassmask.lab.datasets.scenes import Scene
from glassmask.lab.tasks.finder.canvas import MIN_VISIBLE, Canvas
from glassmask.lab.tasks.finder.loss import FACE, IGNORED
from glassmask.lab.training.geometry import (
    reduce_photo,
    rotation_about,
    transform_box,
    transform_points,
    warp_photo,
)

_FACE_SIDES: Final = (8.0, 150.0)  # longer side of the face that a view is cut around
_MIN_FILL: Final = (1.0, 0.4)  # of the side is at least filled by the longer side of the scene
_TILTED: Final = 0.3  # views that are turned a little, as a camera is held
_LYING: Final = 0.25  # views that are turned by any angle


@dataclass(frozen=True, slots=True)
class Portrait:
    """A picture of one face, to be pasted.

    Attributes:
        path: the picture's file.
        box: (x, y, w, h) of the face in pixels of the file.
        points: its five points (5, 2), None where they are not known.
        close: the face fills at least this share of what is pasted: others may be beside it.
    """

    path: Path
    box: Box
    points: NDArray[np.float64] | None
    close: float = 0.0

    @classmethod
    def from_landmarks(cls, face: LandmarkFace) -> Portrait:
        """That of a face whose landmarks are known."""
        return cls(face.path, face.record.box, five_points(FacePoints(face.points)))


class FinderViews(torch.utils.data.Dataset[tuple[torch.Tensor, ...]]):
    """View k: picture RGB uint8 (S, S, 3), boxes (M, 4), kinds (M,), points (M, 5, 2), pointed."""

    def __init__(
        self,
        scenes: Sequence[Scene],
        portraits: Sequence[Portrait],
        cache: PictureCache,
        size: int,
        length: int,
        seed: int,
    ) -> None:
        """Take scenes and portraits.

        Args:
            scenes: to cut parts from; each has a face or more.
            portraits: to paste.
            cache: holds the pictures of both.
            size: S, side of a view in pixels.
            length: how many views.
            seed: of all chance.

        Raises:
            SamplingError: there are no scenes, or no portraits.
        """
        for kind, there in (("scene", scenes), ("portrait", portraits)):
            if not there:
                raise SamplingError(f"no train {kind} to learn from: give the folder of one too")
        self._scenes, self._portraits, self._cache = scenes, portraits, cache
        self._size, self._length, self._seed = size, length, seed

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, number: int) -> tuple[torch.Tensor, ...]:
        rng = np.random.default_rng([self._seed, number])
        draw = rng.random()
        if draw < 0.70:
            canvas = self._cut_scene(self._size, rng)
        elif draw < 0.85:
            canvas = self._make_mosaic(rng)
        else:
            canvas = self._make_crowd(rng)
        if rng.random() < 0.3:
            self._paste_portraits(canvas, rng)
        return canvas.finish(rng)

    def _cut_scene(self, size: int, rng: np.random.Generator) -> Canvas:
        """A part of a scene, cut so that one of its faces has a side drawn at random."""
        scene = self._scenes[int(rng.integers(len(self._scenes)))]
        target = scene.faces[int(rng.integers(len(scene.faces)))].box
        side = float(np.exp(rng.uniform(*np.log(_FACE_SIDES))))
        # Seldom so small that the picture is mostly empty.
        filled = _MIN_FILL[int(rng.random() < 0.3)] * size
        scale = float(np.clip(side / max(target[2:]), filled / max(scene.size), 3.0))
        turn = _draw_turn(rng)
        middle = (target[0] + target[2] / 2, target[1] + target[3] / 2)
        # The face lies anywhere; where the scene is large enough, it fills the picture.
        reach = max(0.5 * size - 0.3 * scale * max(target[2:]), 0.1 * size)
        at = size / 2 + rng.uniform(-reach, reach, 2)
        if rng.random() < 0.85:
            low = size - (np.array(scene.size) - middle) * scale
            high = np.array(middle) * scale
            at = np.clip(at, np.minimum(low, high), np.maximum(low, high))
        place = (float(at[0]), float(at[1]))
        photo, matrix = reduce_photo(self._cache[scene], scale)
        whole = rotation_about(middle, place, scale, turn)
        canvas = Canvas(warp_photo(photo, whole @ matrix, size, rng))
        for face in scene.faces:
            kind = FACE if face.clear else IGNORED
            canvas.add_visible(transform_box(face.box, whole), kind, None)
        for box in scene.unlabelled:
            canvas.add_visible(transform_box(box, whole), IGNORED, None)
        return canvas

    def _make_mosaic(self, rng: np.random.Generator) -> Canvas:
        """Four scenes side by side: more small faces, and edges that mean nothing."""
        half = self._size // 2
        canvas = Canvas(np.zeros((self._size, self._size, 3), np.uint8))
        for row in (0, half):
            for column in (0, half):
                part = self._cut_scene(half, rng)
                canvas.picture[row : row + half, column : column + half] = part.picture
                for box, kind, points in zip(part.boxes, part.kinds, part.points, strict=True):
                    shift = np.array([column, row], np.float64)
                    canvas.add(
                        np.clip(box, 0, half) + np.tile(shift, 2),
                        kind,
                        None if points is None else points + shift,
                    )
        return canvas

    def _make_crowd(self, rng: np.random.Generator) -> Canvas:
        """Portraits beside each other, as in a gallery or a crowd."""
        size = self._size
        canvas = Canvas(np.zeros((size, size, 3), np.uint8))
        tiles = int(rng.choice([2, 3, 4, 6, 8], p=[0.35, 0.3, 0.2, 0.1, 0.05]))
        step = size / tiles
        for row in range(tiles):
            for column in range(tiles):
                x0, y0 = round(column * step), round(row * step)
                x1, y1 = round((column + 1) * step), round((row + 1) * step)
                self._lay_portrait(canvas, (x0, y0, x1, y1), rng, fill=rng.uniform(0.35, 1.0))
        return canvas

    def _paste_portraits(self, canvas: Canvas, rng: np.random.Generator) -> None:
        """Lay portraits over parts of the picture where no face is."""
        size = self._size
        for _ in range(int(rng.integers(1, 4))):
            side = float(np.exp(rng.uniform(np.log(20), np.log(0.6 * size))))
            x, y = rng.uniform(-0.1 * side, size - 0.9 * side, 2)
            rectangle = (
                int(max(x, 0)),
                int(max(y, 0)),
                int(min(x + side, size)),
                int(min(y + side, size)),
            )
            if rectangle[2] - rectangle[0] < 16 or rectangle[3] - rectangle[1] < 16:
                continue
            if any(_overlap_area(box, rectangle) > 0 for box in canvas.boxes):
                continue
            self._lay_portrait(canvas, rectangle, rng, fill=rng.uniform(0.4, 1.1))

    def _lay_portrait(
        self,
        canvas: Canvas,
        rectangle: tuple[int, int, int, int],
        rng: np.random.Generator,
        fill: float,
    ) -> None:
        """Fill a rectangle of the canvas with a portrait whose face fills `fill` of its side."""
        face = self._portraits[int(rng.integers(len(self._portraits)))]
        x0, y0, x1, y1 = rectangle
        side = min(x1 - x0, y1 - y0)
        box = face.box
        scale = min(max(fill, face.close) * side / max(box[2:]), 3.0)
        turn = _draw_turn(rng)
        middle = (box[0] + box[2] / 2, box[1] + box[3] / 2)
        at = (
            (x1 - x0) / 2 + rng.normal(0, 0.08) * side,
            (y1 - y0) / 2 + rng.normal(0, 0.08) * side,
        )
        photo, shrink = reduce_photo(self._cache[face], scale)
        whole = rotation_about(middle, at, scale, turn)
        tile = warp_photo(photo, whole @ shrink, max(x1 - x0, y1 - y0), rng)
        canvas.picture[y0:y1, x0:x1] = tile[: y1 - y0, : x1 - x0]
        shift = np.array([x0, y0])
        points = None if face.points is None else transform_points(face.points, whole) + shift
        moved = transform_box(box, whole)
        area = float(np.prod(moved[2:] - moved[:2]))
        moved = np.clip(moved, 0, (x1 - x0, y1 - y0) * 2)
        visible_share = float(np.prod(moved[2:] - moved[:2])) / area
        kind = FACE if visible_share > MIN_VISIBLE else IGNORED
        canvas.add_visible(moved + np.tile(shift, 2), kind, points)


def _draw_turn(rng: np.random.Generator) -> float:
    """By how many degrees a view is turned."""
    draw = rng.random()
    if draw < _LYING:
        return float(rng.uniform(-180, 180))
    return float(rng.normal(0, 9)) if draw < _LYING + _TILTED else 0.0


def five_points(points: FacePoints) -> NDArray[np.float64]:
    """Centres of the eyes, tip of the nose, corners of the mouth: (5, 2), left as in the photo."""
    lips = points.part("lips")
    return np.stack(
        [
            points.part("left_eye").mean(axis=0),
            points.part("right_eye").mean(axis=0),
            points.part("bridge")[-1],
            lips[0],
            lips[10],
        ]
    )


def _overlap_area(box: NDArray[np.float64], rectangle: tuple[int, int, int, int]) -> float:
    low, high = np.maximum(box[:2], rectangle[:2]), np.minimum(box[2:], rectangle[2:])
    return float(np.clip(high - low, 0, None).prod())
