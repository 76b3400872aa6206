"""Propose what may be faces in a photo."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.errors import NetworkError
from glassmask.faces.crop import cut_to
from glassmask.faces.face import Face
from glassmask.faces.nms import suppress
from glassmask.networks.engines import as_network_error, open_engine
from glassmask.networks.manifest import NetworkCard, card_fields, load_network_file

SHIPPED: Final = "finder.onnx"

MIN_FACE: Final = 12.0
"""Default: faces with a shorter side under this, in photo pixels, are left out."""

MOST_ENLARGED: Final = 2.0
"""A small photo is enlarged by no more than this: enlarging further adds no detail."""

UPRIGHT: Final = 50.0
"""Degrees that a face may lean and still be looked at as it stands."""

STEP: Final = 32  # the network takes sides that are multiples of this
SPARE: Final = 1.5  # a face is smaller than its photo, at the last level too


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
            self._candidates(np.zeros((STEP, 2 * STEP, 3), np.uint8))

    def propose(
        self,
        photo: NDArray[np.uint8],
        *,
        min_face: float = MIN_FACE,
        min_score: float | None = None,
    ) -> tuple[Face, ...]:
        """Propose the faces of a photo: every face that it sees, and a few that are none.

        The photo is scaled so that its longer side is `manifest.side`, enlarged by at most
        `MOST_ENLARGED`, and reduced until no face can be too large in it; faces that are a few
        pixels in all of them are not found.

        Args:
            photo: RGB uint8 (H, W, 3), of any size from 1 x 1.
            min_face: leave out faces whose box, cut to the photo, has a shorter side under
                this, in photo pixels.
            min_score: leave out what has a lower score; None: the manifest's.

        Returns:
            Candidates from left to right by the middle of their boxes (of equals, from top to
            bottom), without landmarks; how they lie is a first guess. Boxes lie inside the photo.
        """
        height, width = photo.shape[:2]
        min_score = self.manifest.score if min_score is None else min_score
        searched = [
            self._search(level, (height, width), min_score, last=last)
            for level, last in search_levels(photo, self.manifest)
        ]
        boxes, scores, turns = (np.concatenate(parts) for parts in zip(*searched, strict=True))
        faces = []
        for number in suppress(boxes, scores, self.manifest.overlap):
            x, y, w, h = boxes[number].tolist()
            box = cut_to(photo, (x, y, w, h))
            if min(box[2:]) >= max(min_face, 1e-6):
                score, turn = min(1.0, float(scores[number])), int(turns[number])
                faces.append(Face(box, score, turn=turn))
        return tuple(sorted(faces, key=reading_order))

    def _search(
        self, level: NDArray[np.uint8], shape: tuple[int, int], min_score: float, *, last: bool
    ) -> tuple[NDArray[np.float64], NDArray[np.float32], NDArray[np.int64]]:
        """What may be faces in the photo of this shape (height, width) at one of its levels.

        Returns:
            Boxes (N, 4) x, y, w, h in photo pixels, scores (N,), and quarter turns (N,).
        """
        height, width = level.shape[:2]
        boxes, scores, points = self._candidates(pad_to_canvas(level))
        likely = scores >= min_score
        if not last:
            likely &= boxes[:, 2:].max(axis=1, initial=0.0) <= self.manifest.largest
        across, down = shape[1] / width, shape[0] / height  # apart: both sides were rounded
        placed = boxes[likely] * (across, down, across, down)
        return placed, scores[likely], quarter_turns(points[likely])

    def _candidates(
        self, canvas: NDArray[np.uint8]
    ) -> tuple[NDArray[np.float64], NDArray[np.float32], NDArray[np.float32]]:
        """Boxes (N, 4) x, y, w, h, scores (N,), points (N, 5, 2), in pixels of the canvas."""
        outputs = self._run({"photo": canvas[None]})
        boxes, scores, points = outputs["boxes"], outputs["scores"], outputs["points"]
        count = len(scores)
        shapes = (boxes.shape, scores.shape, points.shape)
        if shapes != ((count, 4), (count,), (count, 5, 2)):
            raise NetworkError(f"boxes, scores, points are (A, 4), (A,), (A, 5, 2), got {shapes}")
        usable = np.isfinite(boxes).all(axis=1) & (boxes[:, 2:] > 0).all(axis=1)
        return boxes[usable].astype(np.float64), scores[usable], points[usable]


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


def search_levels(
    photo: NDArray[np.uint8], manifest: FinderManifest
) -> Iterator[tuple[NDArray[np.uint8], bool]]:
    """A photo, RGB uint8 (H, W, 3), at every size that it is searched at, and which is the last."""
    height, width = photo.shape[:2]
    scale = min(manifest.side / max(height, width), MOST_ENLARGED)
    last = False
    while not last:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        # From the level before: a photo of many pixels is read once.
        photo = photo if size == photo.shape[1::-1] else _resized(photo, size, how)
        last = max(size) <= SPARE * manifest.largest
        yield photo, last
        scale /= manifest.reduction


def pad_to_canvas(level: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What the network sees of a level: black right of and below it, to multiples of 32."""
    height, width = level.shape[:2]
    canvas = np.zeros((-(-height // STEP) * STEP, -(-width // STEP) * STEP, 3), np.uint8)
    canvas[:height, :width] = level
    return canvas


def _resized(photo: NDArray[np.uint8], size: tuple[int, int], how: int) -> NDArray[np.uint8]:
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
        reduction=int(fields.get("reduction", 2)),
    )
