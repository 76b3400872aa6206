"""Random views to learn landmarks from: a crop, the true points in it, and what is in it.

View number k depends on the seed and on k alone, so a run gives the same views for any number of
workers, and goes on after a stop exactly where it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Final, TypeAlias

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import Dataset

from glassmask.faces.crop import Box, Square, crop
from glassmask.faces.points import rows_of
from glassmask.lab.datasets import DatasetError, PictureCache
from glassmask.lab.datasets.landmark_faces import MIRRORED, LandmarkFace
from glassmask.lab.training.augmentation import light, spoil
from glassmask.lab.training.candidates import Candidate

Points: TypeAlias = NDArray[np.float64]
Picture: TypeAlias = NDArray[np.uint8]

TURN: Final = 35.0
"""Degrees that a face may lean to either side."""

OFF: Final = 0.12
"""How far a face finder's box may lie off the face, over the box's longer side."""

SCALE: Final = 1.2
"""By what factor a face finder's box may be too large or too small."""


class Shown(IntEnum):
    """What a view shows, and so what is known of it."""

    POINTED = 0
    """A face, and its points are known."""

    FACE = 1
    """A face; its points are not known."""

    ASKEW = 2
    """A face that no one should place points on: on its side, on its head."""

    NO_FACE = 3
    """Something else, or too small a part of a face."""


class LandmarkViews(Dataset[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]):
    """View number k: RGB uint8 (S, S, 3), points float32 (109, 2) in crop pixels, `Shown` int64 ().

    The points are zeros where they are not known.

    Args:
        faces: to draw from.
        candidates: boxes in other pictures, of faces and of what was taken for one.
        cache: of their pictures.
        size: side of the crops.
        margin: side of the crop over the longer side of the face finder's box.
        painted: share of the faces that are painted ones.
        negatives: share of the views that are made to be no face, or one that lies wrong.
        proposed: share of the views that are candidates, half of them faces.
        length: number of views.
        seed: of all chance.

    Raises:
        DatasetError: no face or no candidate to draw from.
    """

    def __init__(
        self,
        faces: Sequence[LandmarkFace],
        candidates: Sequence[Candidate],
        cache: PictureCache,
        *,
        size: int,
        margin: float,
        painted: float,
        negatives: float,
        proposed: float,
        length: int,
        seed: int,
    ) -> None:
        self._pools = [[f for f in faces if not f.painted], [f for f in faces if f.painted]]
        for pool, share, name in zip(
            self._pools, (1 - painted, painted), ("bare", "painted"), strict=True
        ):
            if share > 0 and not pool:
                raise DatasetError(f"no {name} faces to train on, but the recipe asks for them")
        self._candidates = [[c for c in candidates if c.face is face] for face in (False, True)]
        if proposed > 0 and not all(self._candidates):
            raise DatasetError(
                "no candidates to train on, but the recipe asks for them: give a folder of scenes"
            )
        self._cache, self._size, self._margin = cache, size, margin
        self._painted, self._negatives, self._proposed = painted, negatives, proposed
        self._length, self._seed = length, seed

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, number: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        rng = np.random.default_rng([self._seed, number])
        truth = np.zeros((109, 2))
        draw = rng.random()
        if draw < self._proposed:
            pool = self._candidates[int(rng.random() < 0.5)]
            candidate = pool[int(rng.integers(len(pool)))]
            shown = Shown.FACE if candidate.face else Shown.NO_FACE
            view = random_candidate(
                self._cache[candidate], candidate.box, self._size, self._margin, rng
            )
        else:
            face = self._face(rng)
            photo = self._cache[face]
            if draw < self._proposed + self._negatives:
                view, shown = negative(photo, face.points, self._size, rng)
            else:
                view, truth = random_face(photo, face.points, self._size, self._margin, rng)
                shown = Shown.POINTED
        return (
            torch.from_numpy(np.ascontiguousarray(view)),
            torch.from_numpy(truth.astype(np.float32)),
            torch.tensor(int(shown)),
        )

    def _face(self, rng: np.random.Generator) -> LandmarkFace:
        pool = self._pools[int(rng.random() < self._painted)]
        one, other = (pool[int(row)] for row in rng.integers(len(pool), size=2))
        # Turned faces more often: portraits have few, the street has many.
        return max(one, other, key=lambda f: f.turned) if rng.random() < 0.5 else one


def finder_box(points: Points, rng: np.random.Generator) -> Box:
    """A box as a face finder would give it: from brows or hairline to the chin, and sloppy.

    Args:
        points: (109, 2), all of the face's points.
        rng: the only source of chance.
    """
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    if rng.random() < 0.5:  # the outline begins at the hairline, many a finder at the brows
        brows = points[rows_of("left_brow").start : rows_of("right_brow").stop, 1].min()
        top += rng.random() * (brows - top)
    longer = max(right - left, bottom - top)
    x, y = np.clip(rng.normal(0, OFF / 2, 2), -OFF, OFF) * longer + (
        (left + right) / 2,
        (top + bottom) / 2,
    )
    factor = np.exp(rng.uniform(-np.log(SCALE), np.log(SCALE)))
    w, h = (right - left) * factor, (bottom - top) * factor
    return float(x - w / 2), float(y - h / 2), float(w), float(h)


def random_face(
    photo: Picture, points: Points, size: int, margin: float, rng: np.random.Generator
) -> tuple[Picture, Points]:
    """Draw one view of a face, turned, framed, covered and spoiled by chance.

    Args:
        photo: RGB uint8 (H, W, 3).
        points: (109, 2) in photo pixels.
        size: side of the crop in pixels.
        margin: side of the crop over the longer side of the box.
        rng: the only source of chance.

    Returns:
        The crop, RGB uint8 (size, size, 3), and the points in it, (109, 2).
    """
    flip = bool(rng.random() < 0.5)
    turn = float(rng.uniform(-TURN, TURN)) if rng.random() < 0.7 else 0.0
    placed = _place(points, flip, turn)
    square = Square.around(finder_box(placed, rng), margin)
    view = look(photo, square, size, flip=flip, turn=turn, rng=rng)
    truth = square.to_crop(placed[MIRRORED] if flip else placed, size)
    if rng.random() < 0.25:
        view = _cover(view, rng)
    face_px = float(np.ptp(truth, axis=0).max())
    return spoil(light(view, rng), face_px, rng), truth


def random_candidate(
    photo: Picture, box: Box, size: int, margin: float, rng: np.random.Generator
) -> Picture:
    """Draw one view of a box, a little off, turned and spoiled: RGB uint8 (size, size, 3)."""
    flip = bool(rng.random() < 0.5)
    turn = float(rng.uniform(-15, 15)) if rng.random() < 0.4 else 0.0
    x, y, w, h = box
    middle = _place(np.array([[x + w / 2, y + h / 2]]), flip, turn)[0]
    longer = max(w, h)
    middle += np.clip(rng.normal(0, 0.04, 2), -0.1, 0.1) * longer
    side = margin * longer * float(np.exp(rng.uniform(-0.1, 0.1)))
    square = Square(float(middle[0] - side / 2), float(middle[1] - side / 2), side)
    view = look(photo, square, size, flip=flip, turn=turn, rng=rng)
    return spoil(light(view, rng), size / margin, rng)


def negative(
    photo: Picture, points: Points, size: int, rng: np.random.Generator
) -> tuple[Picture, Shown]:
    """Draw a view whose points no one should trust: RGB uint8 (size, size, 3), and what it is.

    Background, a face mostly outside the crop, on its side or head, far too near or too small,
    or in shuffled pieces.
    """
    extent = float(np.ptp(points, axis=0).max())
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    kind = rng.choice(["beside", "fallen", "near", "far", "pieces"], p=[0.4, 0.25, 0.1, 0.1, 0.15])
    turn, side, away = float(rng.uniform(-TURN, TURN)), 1.4 * extent, 0.1
    if kind == "beside":
        side, away = extent * rng.uniform(0.3, 1.6), rng.uniform(0.8, 1.3)
        away = max(away, 0.5 * side / extent + 0.25)  # half of the face at most is in it
    elif kind == "fallen":
        turn = float(rng.uniform(80, 280))
    elif kind == "near":
        side, away = extent * rng.uniform(0.12, 0.45), rng.uniform(0, 0.35)
    elif kind == "far":
        side, away = extent * rng.uniform(3.5, 7), rng.uniform(0, 1.0)
    placed = _place(middle[None], False, turn)[0]
    angle = rng.uniform(0, 2 * np.pi)
    x, y = placed + away * extent * np.array([np.cos(angle), np.sin(angle)])
    square = Square(float(x - side / 2), float(y - side / 2), float(side))
    view = look(photo, square, size, flip=False, turn=turn, rng=rng)
    if kind == "pieces":
        view = _shuffled(view, int(rng.integers(2, 6)), rng)
    shown = Shown.ASKEW if kind == "fallen" else Shown.NO_FACE
    return spoil(light(view, rng), size / 1.4, rng), shown


def _place(points: Points, flip: bool, turn: float) -> Points:
    """Photo points in the turned (first mirrored) picture; both are about the photo's origin."""
    flipped = points * (-1.0, 1.0) if flip else points
    return np.asarray(flipped @ _rotation(turn).T, np.float64)


def _rotation(degrees: float) -> NDArray[np.float64]:
    cos, sin = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return np.array([[cos, -sin], [sin, cos]])


def look(
    photo: Picture, square: Square, size: int, *, flip: bool, turn: float, rng: np.random.Generator
) -> Picture:
    """The crop of a square of the mirrored and turned photo, RGB uint8 (size, size, 3)."""
    filled = rng.random() < 0.15  # letter boxes instead of the repeated border
    if not (flip or turn or filled):
        return crop(photo, square, size)
    # Turned at about the photo's own resolution, then reduced, by OpenCV: three times as fast
    # as `crop`, and a crop need not be the same to the last digit to learn from.
    between = int(np.clip(np.ceil(square.side), size, 2 * size))
    # Pixel centres lie at + 0.5: (x, y) of the photo = back @ ((i + 0.5) * scale + start).
    scale = square.side / between
    back = np.diag([-1.0 if flip else 1.0, 1.0]) @ _rotation(turn).T
    start = back @ (np.array([square.x, square.y]) + 0.5 * scale) - 0.5
    turned = cv2.warpAffine(
        photo,
        np.column_stack([back * scale, start]),
        (between, between),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT if filled else cv2.BORDER_REPLICATE,
        borderValue=rng.integers(0, 256, 3).tolist(),
    )
    return np.asarray(cv2.resize(turned, (size, size), interpolation=cv2.INTER_AREA), np.uint8)


def _cover(view: Picture, rng: np.random.Generator) -> Picture:
    """Lay one or two rectangles over a view: of one colour, or another piece of it."""
    view, size = view.copy(), len(view)
    for _ in range(int(rng.integers(1, 3))):
        w, h = (rng.uniform(0.1, 0.45, 2) * size).astype(int)
        x, y, from_x, from_y = (rng.random(4) * (size - np.array([w, h, w, h]))).astype(int)
        piece = view[from_y : from_y + h, from_x : from_x + w].copy()
        if rng.random() < 0.6:
            piece[:] = rng.integers(0, 256, 3)
        view[y : y + h, x : x + w] = piece
    return view


def _shuffled(view: Picture, pieces: int, rng: np.random.Generator) -> Picture:
    """The view cut into `pieces` x `pieces` and laid together in another order."""
    side = len(view) // pieces
    tiles = [
        view[r * side : (r + 1) * side, c * side : (c + 1) * side]
        for r in range(pieces)
        for c in range(pieces)
    ]
    order = np.roll(rng.permutation(len(tiles)), 1)
    rows = [
        np.concatenate([tiles[i] for i in order[r * pieces : (r + 1) * pieces]], axis=1)
        for r in range(pieces)
    ]
    whole = cv2.resize(np.concatenate(rows), view.shape[:2], interpolation=cv2.INTER_LINEAR)
    return np.asarray(whole, np.uint8)
