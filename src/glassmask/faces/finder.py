"""Propose what may be faces in a photo."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.errors import NetworkError
from glassmask.faces.crop import cut_to
from glassmask.faces.face import Face
from glassmask.faces.nms import suppress
from glassmask.faces.tiles import FAINT, MAX_TILES, SHARED, SMALL, choose_tiles, finer_scales
from glassmask.networks.engines import as_network_error, open_engine
from glassmask.networks.manifest import NetworkCard, card_fields, load_network_file

SHIPPED: Final = "finder.onnx"

MIN_FACE: Final = 8.0
"""Default: faces with a shorter side under this, in photo pixels, are left out."""

MOST_ENLARGED: Final = 2.0
"""A small photo is enlarged by no more than this: enlarging further adds no detail."""

UPRIGHT: Final = 50.0
"""Degrees that a face may lean and still be looked at as it stands."""

STEP: Final = 32  # the network takes sides that are multiples of this
SPARE: Final = 1.5  # a photo reduced to this many of the largest faces' sides is the last level


@dataclass(frozen=True, slots=True)
class FinderManifest(NetworkCard):
    """What a finder is.

    Attributes:
        score: what has a lower score is not proposed.
        overlap: of two with an IoU above this, the weaker is dropped.
        side: the longer side, in pixels, that a photo is scaled to, for its smallest faces.
        largest: the longer side of the largest face that the network sees, in pixels of what
            it is given. Larger ones are searched in the photo reduced, and reduced again.
        reduction: by how much each time.
    """

    score: float
    overlap: float
    side: int
    largest: float
    reduction: int

    def __post_init__(self) -> None:
        if not (0 <= self.score <= 1 and 0 <= self.overlap <= 1):
            raise ValueError("score or overlap is out of range")
        if self.side < STEP or not self.largest >= STEP:
            raise ValueError(f"side and largest are {STEP} or more")
        if not 2 <= self.reduction <= 8:
            raise ValueError("reduction is 2 to 8")


class Finder:
    """Proposes faces.

    Runs in ONNX Runtime, whatever the engine of the wear network: so every engine judges the
    same faces, and photos of all shapes need no recompiling.

    Attributes:
        manifest: what the network is.
    """

    def __init__(
        self, path: str | os.PathLike[str] | None = None, *, threads: int | None = None
    ) -> None:
        """Load a finder (None: the shipped one).

        Args:
            path: ONNX file with its manifest beside it.
            threads: how many it may use for one call, 1 or more; None: about one per core.

        Raises:
            NetworkError: the file is missing, not what its manifest says, or no finder.
        """
        content, self.manifest = load_network_file(path, SHIPPED, _parse)
        with as_network_error(f"onnxruntime can't load the finder {self.manifest}"):
            self._run = open_engine(content, threads=threads)
            self._cells(np.zeros((STEP, 2 * STEP, 3), np.uint8))

    def propose(
        self,
        photo: NDArray[np.uint8],
        *,
        min_face: float = MIN_FACE,
        min_score: float | None = None,
        tiles: bool = True,
    ) -> tuple[Face, ...]:
        """Propose the faces of a photo: every face that it sees, and a few that are none.

        The photo is scaled so that its longer side is `manifest.side`, enlarged by at most
        `MOST_ENLARGED`, and reduced until no face can be too large in it; where faces are small
        in it, it is looked at in tiles at finer scales.

        Args:
            photo: RGB uint8 (H, W, 3), of any size from 1 x 1.
            min_face: leave out faces whose box, cut to the photo, has a shorter side under
                this, in photo pixels.
            min_score: leave out what has a lower score; None: the manifest's.
            tiles: look again, in tiles, where faces are small: see `faces.tiles`.

        Returns:
            Candidates from left to right by the middle of their boxes (of equals, from top to
            bottom), without landmarks; how they lie is a first guess. Boxes lie inside the photo.
        """
        min_score = self.manifest.score if min_score is None else min_score
        found = self._search_levels(photo, min_score)
        if tiles:
            found = _join([found, *self._search_tiles(photo, min_score, found)])
        found = found.chosen(found.scores >= min_score)
        found = found.chosen(suppress(found.boxes, found.scores, self.manifest.overlap))
        faces = []
        turns = quarter_turns(found.points).tolist()
        for (x, y, w, h), score, turn in zip(
            found.boxes.tolist(), found.scores.tolist(), turns, strict=True
        ):
            box = cut_to(photo, (x, y, w, h))
            if min(box[2:]) >= max(min_face, 1e-6):
                faces.append(Face(box, min(1.0, score), turn=turn))
        return tuple(sorted(faces, key=reading_order))

    def _search_levels(self, photo: NDArray[np.uint8], min_score: float) -> _Found:
        """What may be faces, or faintly so, in the whole photo at each of its levels."""
        parts = []
        for level, last in search_levels(photo, self.manifest):
            found = self._search(level, min_score)
            if not last:
                found = found.chosen(found.longer <= self.manifest.largest)
            parts.append(
                found.placed(photo.shape[1] / level.shape[1], photo.shape[0] / level.shape[0])
            )
        return _join(parts)

    def _search_tiles(
        self, photo: NDArray[np.uint8], min_score: float, found: _Found
    ) -> Iterator[_Found]:
        """What may be small faces, in the tiles of the photo where faint ones lie."""
        shape, budget = photo.shape[:2], MAX_TILES
        scale = first_scale(photo, self.manifest)
        for finer in finer_scales(scale):
            small = found.chosen((found.longer * scale <= SMALL) & (found.scores >= FAINT))
            tiles = choose_tiles(shape, finer, small.centres, small.scores, budget)
            budget, scale = budget - len(tiles), finer
            parts = []
            for tile in tiles:
                part = tile.of(photo)
                size = max(1, round(tile.width * finer)), max(1, round(tile.height * finer))
                seen = self._search(_resized(part, size), min_score)
                seen = seen.chosen(seen.longer <= SHARED)
                seen = seen.placed(tile.width / size[0], tile.height / size[1], tile.left, tile.top)
                parts.append(seen.chosen(~tile.cuts(seen.boxes, shape)))
            if not parts:
                return
            found = _join(parts)
            yield found

    def _search(self, picture: NDArray[np.uint8], min_score: float) -> _Found:
        """What may be faces, or faintly so, in a picture, RGB uint8 (H, W, 3), in its pixels."""
        boxes, scores, points = self._cells(pad_to_canvas(picture))
        likely = scores >= min(min_score, FAINT)
        found = _Found(boxes[likely].astype(np.float64), scores[likely], points[likely])
        finite = np.isfinite(found.boxes).all(axis=1)
        return found.chosen(np.asarray(finite & (found.boxes[:, 2:] > 0).all(axis=1), np.bool_))

    def _cells(
        self, canvas: NDArray[np.uint8]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """Boxes (A, 4) x, y, w, h, scores (A,), points (A, 5, 2), in pixels of the canvas."""
        outputs = self._run({"photo": canvas[None]})
        boxes, scores, points = outputs["boxes"], outputs["scores"], outputs["points"]
        count = len(scores)
        shapes = (boxes.shape, scores.shape, points.shape)
        if shapes != ((count, 4), (count,), (count, 5, 2)):
            raise NetworkError(f"boxes, scores, points are (A, 4), (A,), (A, 5, 2), got {shapes}")
        return boxes, scores, points


@dataclass(frozen=True, slots=True)
class _Found:
    """What may be faces: boxes (N, 4) x, y, w, h, scores (N,), and five points each (N, 5, 2).

    The points stay in pixels of what was searched: they only say how a face lies.
    """

    boxes: NDArray[np.float64]
    scores: NDArray[np.float32]
    points: NDArray[np.float32]

    @property
    def longer(self) -> NDArray[np.float64]:
        """The longer sides of the boxes, (N,)."""
        return np.asarray(self.boxes[:, 2:].max(axis=1, initial=0.0), np.float64)

    @property
    def centres(self) -> NDArray[np.float64]:
        """The middles of the boxes, (N, 2)."""
        return self.boxes[:, :2] + self.boxes[:, 2:] / 2

    def chosen(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> _Found:
        """Some of them, by a mark for each or by their places."""
        return _Found(self.boxes[which], self.scores[which], self.points[which])

    def placed(self, across: float, down: float, left: float = 0.0, top: float = 0.0) -> _Found:
        """The same in a photo: its pixels to one of theirs, and where theirs begin in it.

        Across and down apart: the sides of what was searched were rounded.
        """
        boxes = self.boxes * (across, down, across, down) + (left, top, 0.0, 0.0)
        return _Found(boxes, self.scores, self.points)


def _join(parts: Sequence[_Found]) -> _Found:
    return _Found(
        np.concatenate([part.boxes for part in parts]),
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.points for part in parts]),
    )


def quarter_turns(points: NDArray[np.floating]) -> NDArray[np.int64]:
    """By how many quarter turns clockwise faces lie, (N,), 0 to 3, by their five points (N, 5, 2).

    Those that lean by up to `UPRIGHT` stand upright, and so do those whose points say nothing.
    """
    exact = np.asarray(points, np.float64)  # as the page has them
    eyes, mouth = exact[:, :2], exact[:, 3:]
    with np.errstate(invalid="ignore"):  # infinite points say nothing
        along = eyes[:, 1] - eyes[:, 0]
        # Where the top of the head is, twice: from the mouth to the eyes, and across their line.
        up = eyes.mean(axis=1) - mouth.mean(axis=1) + np.stack([along[:, 1], -along[:, 0]], axis=1)
    up[~np.isfinite(up).all(axis=1)] = 0
    degrees = np.rad2deg(np.arctan2(up[:, 0], 0 - up[:, 1]))  # clockwise; not -0
    turns = np.floor(degrees / 90 + 0.5).astype(np.int64) % 4
    return np.where(np.abs(degrees) <= UPRIGHT, 0, turns)


def first_scale(photo: NDArray[np.uint8], manifest: FinderManifest) -> float:
    """Pixels to one of a photo, (H, W, 3), at which the whole of it is searched."""
    longer: int = max(photo.shape[:2])
    return min(manifest.side / longer, MOST_ENLARGED)


def search_levels(
    photo: NDArray[np.uint8], manifest: FinderManifest
) -> Iterator[tuple[NDArray[np.uint8], bool]]:
    """A photo, RGB uint8 (H, W, 3), at every size that it is searched at, and which is the last."""
    height, width = photo.shape[:2]
    scale = first_scale(photo, manifest)
    last = False
    while not last:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        photo = _resized(photo, size)  # from the level before: a photo of many pixels is read once
        last = max(size) <= SPARE * manifest.largest
        yield photo, last
        scale /= manifest.reduction


def pad_to_canvas(level: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What the network sees of a level: black right of and below it, to multiples of 32."""
    height, width = level.shape[:2]
    canvas = np.zeros((-(-height // STEP) * STEP, -(-width // STEP) * STEP, 3), np.uint8)
    canvas[:height, :width] = level
    return canvas


def _resized(photo: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """A photo at another size (width, height): by area where it is reduced."""
    if size == photo.shape[1::-1]:
        return photo
    how = cv2.INTER_AREA if size[0] * size[1] < photo[..., 0].size else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(photo, size, interpolation=how), np.uint8)


def reading_order(face: Face) -> tuple[float, float]:
    """From left to right by the middle of the box, and of equals from top to bottom."""
    x, y, w, h = face.box
    return x + w / 2, y + h / 2


def _parse(fields: Mapping[str, Any]) -> FinderManifest:
    return FinderManifest(
        **card_fields(fields),
        score=float(fields["score"]),
        overlap=float(fields["overlap"]),
        side=int(fields["side"]),
        largest=float(fields["largest"]),
        reduction=int(fields["reduction"]),
    )
