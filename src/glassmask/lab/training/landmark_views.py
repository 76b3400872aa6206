"""Random views to learn landmarks from: a crop, the true points and box in it, and what it shows.

View number k depends on the seed and on k alone, so a run gives the same views for any number of
workers, and goes on after a stop exactly where it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
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
from glassmask.lab.training.candidates import Candidate, Framing, framing

Points: TypeAlias = NDArray[np.float64]
Picture: TypeAlias = NDArray[np.uint8]

TURN: Final = 35.0
"""Degrees that a face may lean to either side."""

OFF: Final = 0.12
"""How far a face finder's box may lie off the face, over the box's longer side."""

SCALE: Final = 1.2
"""By what factor a face finder's box may be too large or too small."""

_TRIES: Final = 8  # to draw a box of which it is known whether a face is in it


class Shown(IntEnum):
    """What a view shows, and so what is known of it."""

    POINTED = 0
    """A face, and its points are known."""

    FACE = 1
    """A face, framed well or badly; its points are not known."""

    ASKEW = 2
    """A face that no one should place points on: on its side, on its head."""

    NO_FACE = 3
    """Something else, or too small a part of a face."""


@dataclass(frozen=True, slots=True)
class View:
    """What a view shows, and what is known of it.

    Attributes:
        picture: RGB uint8 (S, S, 3).
        shown: what it shows.
        quality: how well it frames a face, in [0, 1].
        points: (109, 2) in crop pixels; zeros where they are not known.
        box: left, top, right, bottom in crop pixels; zeros where it is not known.
    """

    picture: Picture
    shown: Shown
    quality: float = 0.0
    points: Points = field(default_factory=lambda: np.zeros((109, 2)))
    box: Points = field(default_factory=lambda: np.zeros(4))

    def tensors(self) -> tuple[torch.Tensor, ...]:
        """As `LandmarkViews` gives them."""
        return (
            torch.from_numpy(np.ascontiguousarray(self.picture)),
            torch.from_numpy(self.points.astype(np.float32)),
            torch.from_numpy(self.box.astype(np.float32)),
            torch.tensor(self.quality, dtype=torch.float32),
            torch.tensor(int(self.shown)),
        )


class LandmarkViews(Dataset[tuple[torch.Tensor, ...]]):
    """View number k, as tensors.

    RGB uint8 (S, S, 3); points float32 (109, 2) and box float32 (4,) in crop pixels, see `View`;
    quality float32 (); `Shown` int64 ().

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
        self._candidates: tuple[list[Candidate], list[Candidate]] = [], []
        for candidate in candidates:
            self._candidates[candidate.is_face].append(candidate)
        if proposed > 0 and not all(self._candidates):
            raise DatasetError(
                "no candidates to train on, but the recipe asks for them: give a folder of scenes"
            )
        self._cache, self._size, self._margin = cache, size, margin
        self._painted, self._negatives, self._proposed = painted, negatives, proposed
        self._length, self._seed = length, seed

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, number: int) -> tuple[torch.Tensor, ...]:
        return self.view(number).tensors()

    def view(self, number: int) -> View:
        """View number k."""
        rng = np.random.default_rng([self._seed, number])
        draw = rng.random()
        if draw < self._proposed:
            pool = self._candidates[int(rng.random() < 0.5)]
            candidate = pool[int(rng.integers(len(pool)))]
            photo = self._cache[candidate]
            return random_candidate(photo, candidate, self._size, self._margin, rng)
        face = self._face(rng)
        photo = self._cache[face]
        if draw < self._proposed + self._negatives:
            return negative(photo, face.points, self._size, self._margin, rng)
        view, truth = random_face(photo, face.points, self._size, self._margin, rng)
        return View(view, Shown.POINTED, 1.0, truth)

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
    photo: Picture, candidate: Candidate, size: int, margin: float, rng: np.random.Generator
) -> View:
    """Draw one view of a candidate, turned and spoiled.

    Its box is drawn a little off; that of a labelled face often far off, so that the corners of
    a face's box are learnt from afar, and what frames it too badly to be called one.
    """
    box, framed = _off(candidate, rng)
    flip = bool(rng.random() < 0.5)
    turn = float(rng.uniform(-12, 12)) if rng.random() < 0.3 else 0.0
    x, y, w, h = box
    middle = _place(np.array([[x + w / 2, y + h / 2]]), flip, turn)[0]
    side = margin * max(w, h)
    square = Square(float(middle[0] - side / 2), float(middle[1] - side / 2), side)
    view = look(photo, square, size, flip=flip, turn=turn, rng=rng)
    view = spoil(light(view, rng), size / margin, rng)
    shown = Shown.FACE if framed.quality > 0 else Shown.NO_FACE
    if framed.face is None:
        return View(view, shown, framed.quality)
    # A box turns about its middle and stays upright, as a person would draw the turned face's.
    x, y, w, h = framed.face
    middle = square.to_crop(_place(np.array([[x + w / 2, y + h / 2]]), flip, turn), size)[0]
    half = np.array([w, h]) * (size / side / 2)
    return View(view, shown, framed.quality, box=np.concatenate([middle - half, middle + half]))


def _off(candidate: Candidate, rng: np.random.Generator) -> tuple[Box, Framing]:
    """A box off the candidate's, and how it frames the picture's faces."""
    x, y, w, h = candidate.box
    labelled = candidate.box in candidate.faces
    for _ in range(_TRIES):
        far = labelled and rng.random() < 0.6
        off, scale = (0.2, 0.7) if far else (0.04, 0.1)
        dx, dy = np.clip(rng.normal(0, off, 2), -3 * off, 3 * off) * max(w, h)
        across, down = np.exp(rng.uniform(-scale, scale) + rng.uniform(-0.1, 0.1, 2)) * (w, h)
        box = (
            float(x + w / 2 + dx - across / 2),
            float(y + h / 2 + dy - down / 2),
            float(across),
            float(down),
        )
        framed = framing(box, candidate.faces, candidate.unsure)
        if framed:
            return box, framed
    return candidate.box, candidate.framed


def negative(
    photo: Picture, points: Points, size: int, margin: float, rng: np.random.Generator
) -> View:
    """Draw a view whose points no one should trust.

    Background, a face mostly outside the box that the crop is made around, on its side or head,
    far too near or too small, or in shuffled pieces.
    """
    extent = float(np.ptp(points, axis=0).max())
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    kind = rng.choice(["beside", "fallen", "near", "far", "pieces"], p=[0.4, 0.25, 0.1, 0.1, 0.15])
    turn, scale, away = float(rng.uniform(-TURN, TURN)), 1.0, 0.1  # of the box, over the face
    if kind == "beside":
        scale = rng.uniform(0.25, 1.2)
        away = max(rng.uniform(0.6, 1.2), 0.5 * scale + 0.25)  # half of the face at most is in it
    elif kind == "fallen":
        turn = float(rng.uniform(80, 280))
    elif kind == "near":
        scale, away = rng.uniform(0.1, 0.5), rng.uniform(0, 0.35)
    elif kind == "far":
        scale, away = rng.uniform(2.2, 5), rng.uniform(0, 1.0)
    side = margin * scale * extent
    placed = _place(middle[None], False, turn)[0]
    angle = rng.uniform(0, 2 * np.pi)
    x, y = placed + away * extent * np.array([np.cos(angle), np.sin(angle)])
    square = Square(float(x - side / 2), float(y - side / 2), float(side))
    view = look(photo, square, size, flip=False, turn=turn, rng=rng)
    if kind == "pieces":
        view = _shuffled(view, int(rng.integers(2, 6)), rng)
    shown = Shown.ASKEW if kind == "fallen" else Shown.NO_FACE
    return View(spoil(light(view, rng), size / margin, rng), shown)


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
    ring = rng.permutation(len(tiles))  # each tile takes the place of the one before it
    order = np.empty_like(ring)
    order[ring] = np.roll(ring, 1)
    rows = [
        np.concatenate([tiles[i] for i in order[r * pieces : (r + 1) * pieces]], axis=1)
        for r in range(pieces)
    ]
    whole = cv2.resize(np.concatenate(rows), view.shape[:2], interpolation=cv2.INTER_LINEAR)
    return np.asarray(whole, np.uint8)
