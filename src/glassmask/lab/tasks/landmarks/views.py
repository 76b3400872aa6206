"""Random views to learn landmarks from: a crop, what it shows, its true points and box."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, TypeAlias

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from glassmask.faces.crop import Box, Square, coarse_crop
from glassmask.faces.points import part_rows
from glassmask.lab.datasets.landmark_faces import MIRRORED
from glassmask.lab.tasks.landmarks.candidates import BoxMatch, Candidate, match_box
from glassmask.lab.training.augmentation import degrade, vary_light
from glassmask.lab.training.geometry import rotation_about, transform_box, transform_points

Points: TypeAlias = NDArray[np.float64]
Picture: TypeAlias = NDArray[np.uint8]

TURN: Final = 35.0
"""Degrees that a face may lean to either side."""

OFF: Final = 0.12
"""How far a face finder's box may lie off the face, over the box's longer side."""

SCALE: Final = 1.2
"""By what factor a face finder's box may be too large or too small."""

_TRIES: Final = 8  # to draw a box of which it is known whether a face is in it


class ViewKind(IntEnum):
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
        kind: what it shows.
        quality: how well it frames a face, in [0, 1].
        points: (109, 2) in crop pixels; zeros where they are not known.
        box: left, top, right, bottom in crop pixels; zeros where it is not known.
    """

    picture: Picture
    kind: ViewKind
    quality: float = 0.0
    points: Points = field(default_factory=lambda: np.zeros((109, 2)))
    box: Points = field(default_factory=lambda: np.zeros(4))

    def tensors(self) -> tuple[torch.Tensor, ...]:
        """As `LandmarkViews` gives them, in this order."""
        return (
            torch.from_numpy(np.ascontiguousarray(self.picture)),
            torch.from_numpy(self.points.astype(np.float32)),
            torch.from_numpy(self.box.astype(np.float32)),
            torch.tensor(self.quality, dtype=torch.float32),
            torch.tensor(int(self.kind)),
        )


def finder_box(points: Points, rng: np.random.Generator) -> Box:
    """A box as a face finder would give it: from brows or hairline to the chin, and sloppy.

    Args:
        points: (109, 2), all of the face's points.
        rng: the only source of chance.
    """
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    if rng.random() < 0.5:  # the outline begins at the hairline, many a finder at the brows
        brows = points[part_rows("left_brow").start : part_rows("right_brow").stop, 1].min()
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
) -> View:
    """Draw one view of a face, turned, framed, covered and spoiled by chance.

    Args:
        photo: RGB uint8 (H, W, 3).
        points: (109, 2) in photo pixels.
        size: side of the crop in pixels.
        margin: side of the crop over the longer side of the box.
        rng: the only source of chance.
    """
    flip = bool(rng.random() < 0.5)
    turn = float(rng.uniform(-TURN, TURN)) if rng.random() < 0.7 else 0.0
    placed = transform_points(points, _turned(flip, turn))
    square = Square.around(finder_box(placed, rng), margin)
    view = crop_view(photo, square, size, flip=flip, turn=turn, rng=rng)
    truth = square.to_crop(placed[MIRRORED] if flip else placed, size)
    if rng.random() < 0.25:
        view = _cover_parts(view, rng)
    face_px = float(np.ptp(truth, axis=0).max())
    return View(degrade(vary_light(view, rng), face_px, rng), ViewKind.POINTED, 1.0, truth)


def random_candidate(
    photo: Picture, candidate: Candidate, size: int, margin: float, rng: np.random.Generator
) -> View:
    """Draw one view of a candidate, turned and spoiled.

    Its box is drawn a little off; that of a labelled face often far off, so that the corners of
    a face's box are learnt from afar, and what frames it too badly to be called one.
    """
    box, match = _jitter_box(candidate, rng)
    flip = bool(rng.random() < 0.5)
    turn = float(rng.uniform(-12, 12)) if rng.random() < 0.3 else 0.0
    turned = _turned(flip, turn)
    left, top, right, bottom = transform_box(box, turned).tolist()
    square = Square.around((left, top, right - left, bottom - top), margin)
    view = crop_view(photo, square, size, flip=flip, turn=turn, rng=rng)
    view = degrade(vary_light(view, rng), size / margin, rng)
    kind = ViewKind.FACE if match.quality > 0 else ViewKind.NO_FACE
    if match.face is None:
        return View(view, kind, match.quality)
    corners = square.to_crop(transform_box(match.face, turned).reshape(2, 2), size).ravel()
    return View(view, kind, match.quality, box=corners)


def _jitter_box(candidate: Candidate, rng: np.random.Generator) -> tuple[Box, BoxMatch]:
    """A box off the candidate's, and how it matches the picture's faces."""
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
        match = match_box(box, candidate.faces, candidate.unsure)
        if match:
            return box, match
    return candidate.box, candidate.match


def random_negative(
    photo: Picture, points: Points, size: int, margin: float, rng: np.random.Generator
) -> View:
    """Draw a view whose points no one should trust.

    Background, a face mostly outside the box that the crop is made around, on its side or head,
    far too near or too small, or in shuffled pieces.
    """
    extent = float(np.ptp(points, axis=0).max())
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    way = rng.choice(["beside", "fallen", "near", "far", "pieces"], p=[0.4, 0.25, 0.1, 0.1, 0.15])
    turn, scale, away = float(rng.uniform(-TURN, TURN)), 1.0, 0.1  # of the box, over the face
    if way == "beside":
        scale = rng.uniform(0.25, 1.2)
        away = max(rng.uniform(0.6, 1.2), 0.5 * scale + 0.25)  # half of the face at most is in it
    elif way == "fallen":
        turn = float(rng.uniform(80, 280))
    elif way == "near":
        scale, away = rng.uniform(0.1, 0.5), rng.uniform(0, 0.35)
    elif way == "far":
        scale, away = rng.uniform(2.2, 5), rng.uniform(0, 1.0)
    side = margin * scale * extent
    placed = transform_points(middle[None], _turned(False, turn))[0]
    angle = rng.uniform(0, 2 * np.pi)
    x, y = placed + away * extent * np.array([np.cos(angle), np.sin(angle)])
    square = Square(float(x - side / 2), float(y - side / 2), float(side))
    view = crop_view(photo, square, size, flip=False, turn=turn, rng=rng)
    if way == "pieces":
        view = _shuffle(view, int(rng.integers(2, 6)), rng)
    kind = ViewKind.ASKEW if way == "fallen" else ViewKind.NO_FACE
    return View(degrade(vary_light(view, rng), size / margin, rng), kind)


def _turned(flip: bool, turn: float) -> NDArray[np.float64]:
    """The map (3, 3) into the (first mirrored, then) turned picture, about the photo's origin."""
    origin = (0.0, 0.0)
    return rotation_about(origin, origin, 1.0, -turn) @ np.diag([-1.0 if flip else 1.0, 1.0, 1.0])


def crop_view(
    photo: Picture, square: Square, size: int, *, flip: bool, turn: float, rng: np.random.Generator
) -> Picture:
    """The crop of a square of the mirrored and turned photo, RGB uint8 (size, size, 3)."""
    filled = rng.random() < 0.15  # letter boxes instead of the repeated border
    if not (flip or turn or filled):
        return coarse_crop(photo, square, size)
    # Turned at about the photo's own resolution, then reduced, by OpenCV: three times as fast
    # as `crop`, and a crop need not be the same to the last digit to learn from.
    between = int(np.clip(np.ceil(square.side), size, 2 * size))
    # Pixel centres lie at + 0.5: (x, y) of the photo = back @ ((i + 0.5) * scale + start).
    scale = square.side / between
    back = _turned(flip, turn)[:2, :2].T
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


def _cover_parts(view: Picture, rng: np.random.Generator) -> Picture:
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


def _shuffle(view: Picture, pieces: int, rng: np.random.Generator) -> Picture:
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
