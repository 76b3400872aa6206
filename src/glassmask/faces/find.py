"""Find the faces of a photo: one network proposes, another looks closer, twice."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.faces.crop import Box, cut_to
from glassmask.faces.face import Face
from glassmask.faces.finder import MIN_FACE, Finder, reading_order
from glassmask.faces.landmarks import Landmarker
from glassmask.faces.nms import suppress
from glassmask.faces.points import FacePoints

OVERLAP: Final = 0.5
"""Of two faces with an IoU above this, the less sure one is dropped."""

WITHIN: Final = 0.7
"""Likewise of two that share more than this part of the smaller: eyes and nose of a large face
look like a small one."""

LOOKS: Final = 2
"""How often the landmark network looks, each time at the box that it gave before."""

SLACK: Final = 0.8
"""Until the last look, boxes may be smaller by this factor than the smallest face that is asked
for: the next look may give a larger one."""

EVEN: Final = 0.5
"""A lower joint score is not looked at again."""

TURNED: Final = 1.0
"""A face lies turned where the landmarks are surer of it set upright by that much in the logit of
their confidence, and not sure of it as it is. Of upright val faces with doubtful landmarks 1 in 100
would be taken for turned; of those turned by a quarter 1 in 20 for upright."""

WORTH_TURNING: Final = 0.1
"""What has a lower joint score after the first look is no face by any quarter. Of val faces turned
by 90 degrees none is lost by it, but by 0.25 one in fourteen; most candidates are no faces, and
three more looks at each of them were half of the time of a find."""

STANDING: Final = 0.2
"""Landmarks of this confidence, if not trusted, say all the same that a face is the right way up.
Of val faces turned by 45, 90 and 180 degrees none is lost by it."""

STAYS: Final = 0.3
"""A face that is followed is lost where a look gives less, however sure it was before. Of looks
beside the faces of a street, where none is, 1 in 100 give 0.23 or more."""

GRID: Final = 16
"""Boxes lie on sixteenths of a pixel. Another machine's last digit would else shift a crop by a
hair, and what 8-bit networks make of a hair is a quarter of a pixel."""

MIN_CHANCE: Final = 1e-6  # a score of 0 or 1 says no more than this


class FaceDetector:
    """Finds faces and their landmarks.

    The finder sees the whole photo in few pixels, and takes a patterned bag for a face now and
    then; the landmark network sees each of its candidates in full. A face is what both believe,
    and its box is what the second says, which sees it best, and looks again at where it says
    the face is. Heads that lie, or stand on their top, it sees set upright: turned as the finder
    takes them to lie, and by each other quarter where the landmarks are doubtful so.

    Attributes:
        finder: proposes.
        landmarker: looks closer, and places the landmarks.
    """

    def __init__(
        self,
        finder: str | os.PathLike[str] | None = None,
        landmarks: str | os.PathLike[str] | None = None,
        *,
        threads: int | None = None,
    ) -> None:
        """Load the networks (None: the shipped ones).

        Args:
            finder: ONNX file with its manifest beside it.
            landmarks: likewise.
            threads: how many each may use for one call, 1 or more; None: about one per core.

        Raises:
            NetworkError: a file is missing, not what its manifest says, or no such network.
        """
        self.finder = Finder(finder, threads=threads)
        self.landmarker = Landmarker(landmarks, threads=threads)

    def find(
        self,
        photo: NDArray[np.uint8],
        *,
        min_face: float = MIN_FACE,
        max_faces: int | None = None,
        tiles: bool = True,
    ) -> tuple[Face, ...]:
        """Find the faces of a photo.

        Args:
            photo: RGB uint8 (H, W, 3), of any size from 1 x 1.
            min_face: leave out faces whose box, cut to the photo, has a shorter side under
                this, in photo pixels.
            max_faces: keep the largest ones only, so many at most, 1 or more; None: all.
            tiles: look again, in tiles, where faces are small: see `faces.tiles`.

        Returns:
            Faces from left to right by the middle of their boxes (of equals, from top to
            bottom). Boxes lie inside the photo.

        Raises:
            ValueError: `min_face` is no length, or `max_faces` no count.
        """
        _require_length(min_face)
        if max_faces is not None and max_faces < 1:
            raise ValueError(f"max_faces is 1 or more, or None for all, got {max_faces}")
        proposed = self.finder.propose(photo, min_face=SLACK * min_face, tiles=tiles)
        candidates = [
            _Candidate(_on_grid(f.box), (_logit(_score(f)),), turn=f.turn) for f in proposed
        ]
        candidates = [c for c in candidates if min(c.box[2:]) > 0]  # the grid leaves none of a hair
        for look in range(LOOKS):
            smallest = min_face if look == LOOKS - 1 else SLACK * min_face
            seen = self._look_closer(photo, candidates)
            if look == 0:
                seen = self._set_upright(photo, candidates, seen)
            candidates = _distinct([c for c in seen if c.may_be_face(smallest)])
        faces = [c.face for c in candidates if c.score >= self.landmarker.manifest.score]
        largest = sorted(faces, key=_area, reverse=True)[:max_faces]
        return tuple(sorted(largest, key=reading_order))

    def follow(
        self, photo: NDArray[np.uint8], faces: Sequence[Face], *, min_face: float = MIN_FACE
    ) -> tuple[Face | None, ...]:
        """Look again for faces near where they were, by the landmark network alone, once.

        It moves a box to where the face is now, as long as the face is still in its crop. That
        costs a small part of `find`, and finds nobody new. A face's score is the mean, in logits,
        of what it was and of what this look gives: a doubtful look alone does not lose a face, one
        that says no does.

        Args:
            photo: RGB uint8 (H, W, 3), for instance the next frame.
            faces: where they were, in pixels of this photo.
            min_face: as for `find`.

        Returns:
            One per face, in the order given; None where it is lost, and for the less sure of two
            that are now one.
        """
        _require_length(min_face)
        start = [
            _Candidate(_on_grid(cut_to(photo, face.box)), _known(face), turn=face.turn)
            for face in faces
        ]
        inside = [number for number, c in enumerate(start) if min(c.box[2:]) > 0]
        closer = self._look_closer(photo, [start[number] for number in inside])
        kept = [
            (number, c)
            for number, c in zip(inside, closer, strict=True)
            if c.may_be_face(min_face)
            and c.score >= self.landmarker.manifest.score
            and c.logits[-1] >= _logit(STAYS)
        ]
        followed: list[Face | None] = [None] * len(faces)
        for place in _distinct_places([c for _, c in kept]):
            number, candidate = kept[place]
            followed[number] = candidate.face
        return tuple(followed)

    def _look_closer(
        self, photo: NDArray[np.uint8], candidates: Sequence[_Candidate]
    ) -> list[_Candidate]:
        """What the landmark network says of boxes, one per candidate."""
        boxes, turns = [c.box for c in candidates], [c.turn for c in candidates]
        places = self.landmarker.place(photo, boxes, turns)
        return [
            _Candidate(
                _on_grid(cut_to(photo, place.box)),
                (*c.logits, _logit(place.face_score)),
                place.points,
                place.box,
                c.turn,
                place.confidence,
            )
            for c, place in zip(candidates, places, strict=True)
        ]

    def _set_upright(
        self,
        photo: NDArray[np.uint8],
        candidates: Sequence[_Candidate],
        seen: Sequence[_Candidate],
    ) -> list[_Candidate]:
        """What the landmark network says of doubtful ones turned, where it is surer of them so.

        Args:
            photo: RGB uint8 (H, W, 3).
            candidates: as they were looked at.
            seen: what was seen of them, as many.
        """
        best = list(seen)
        doubtful = [number for number, c in enumerate(seen) if c.may_lie]
        lying = [
            replace(candidates[number], turn=(candidates[number].turn + turn) % 4)
            for number in doubtful
            for turn in (1, 2, 3)
        ]
        turned = self._look_closer(photo, lying)
        for place, number in enumerate(doubtful):
            surest = max(turned[3 * place : 3 * place + 3], key=lambda c: c.confidence)
            if _logit(surest.confidence) > _logit(seen[number].confidence) + TURNED:
                best[number] = surest
        return best


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A box that may frame a face: the logits of all who looked, and what they saw there."""

    box: Box
    logits: tuple[float, ...]
    points: FacePoints | None = None
    extent: Box | None = None
    turn: int = 0
    confidence: float = 0.0

    @property
    def score(self) -> float:
        """The joint score: the logistic of the mean of the logits."""
        return 1 / (1 + math.exp(-sum(self.logits) / len(self.logits)))

    @property
    def face(self) -> Face:
        return Face(self.box, self.score, self.points, self.extent, self.turn)

    @property
    def may_lie(self) -> bool:
        """Whether it is worth a look by the other quarters."""
        unsure = self.points is None and self.confidence < STANDING
        return unsure and self.score >= WORTH_TURNING

    def may_be_face(self, min_face: float) -> bool:
        return self.score >= EVEN and min(self.box[2:]) >= max(min_face, 1e-6)


def _require_length(min_face: float) -> None:
    if not 0 <= min_face < math.inf:
        raise ValueError(f"min_face is a finite number of pixels, 0 or more, got {min_face}")


def _area(face: Face) -> float:
    return face.box[2] * face.box[3]


def _distinct(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """Of two that are one face, the surer."""
    return [candidates[place] for place in _distinct_places(candidates)]


def _distinct_places(candidates: Sequence[_Candidate]) -> list[int]:
    boxes = np.array([c.box for c in candidates], np.float64).reshape(-1, 4)
    scores = np.array([c.score for c in candidates], np.float64)
    return [int(place) for place in suppress(boxes, scores, OVERLAP, WITHIN)]


def _on_grid(box: Box) -> Box:
    """The box with its edges on the grid; it stays inside the photo."""
    x, y, w, h = box
    left, top, right, bottom = (math.floor(v * GRID + 0.5) / GRID for v in (x, y, x + w, y + h))
    return left, top, right - left, bottom - top


def _known(face: Face) -> tuple[float, ...]:
    """The logit of what was known of a face: its next score is the mean with that."""
    return () if face.score is None else (_logit(face.score),)


def _score(face: Face) -> float:
    return EVEN if face.score is None else face.score


def _logit(chance: float) -> float:
    chance = min(max(chance, MIN_CHANCE), 1 - MIN_CHANCE)
    return math.log(chance / (1 - chance))
