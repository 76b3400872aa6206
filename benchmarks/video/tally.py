"""How two ways of watching a film agree, and how each agrees with what the film shows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from benchmarks.figures import Figures
from benchmarks.video.films import RATE, Truth
from benchmarks.video.watched import STEP, Seen, Watched, boxes_of, pairs
from glassmask.lab.metrics.detection import iou

LEAST: Final = 48.0
"""Pixels of a face's shorter side from which on it counts."""

_WHOLE: Final = 0.95  # a known face of which less lies inside the film need not be found
_FALSE: Final = 0.3  # a box that overlaps nothing by more shows no face
_GAP: Final = 1.0  # seconds after which a known face that is seen again may have a new number


@dataclass(slots=True)
class Share:
    """Hits out of a count, in faces or in seconds."""

    hits: float = 0.0
    count: float = 0.0

    def add(self, is_hit: bool, weight: float = 1.0) -> None:
        """Count one more."""
        self.hits += weight * is_hit
        self.count += weight

    def figures(self) -> Figures:
        """Its value, None where there was nothing to count."""
        return {
            "value": self.hits / self.count if self.count else None,
            "hits": round(self.hits, 2),
            "count": round(self.count, 2),
        }


SHARES: Final = {
    "faces": "faces of exact that a seen track covers",
    "told": "faces of exact that a track covers, seen in this frame or not",
    "known": "known faces that a seen track covers",
    "sure": "seconds in which exact is sure that this pace is sure, too",
    "states": "seconds in which both are sure that they say the same",
    "wears": "likewise, of the wear alone",
    "true_states": "seconds in which this pace is sure that what it says is true",
}


@dataclass(slots=True)
class Tally:
    """Figures of some films at one pace.

    Attributes:
        shares: see `SHARES`.
        seconds: of film.
        tracks: that were at least `LEAST` large at some time.
        false_tracks: of these, those that mostly show no face.
        false_seconds: in which a track shows no face, summed over tracks.
        swaps: how often a track goes on as another known face.
        breaks: how often a known face goes on as another track.
    """

    shares: dict[str, Share] = field(default_factory=lambda: {name: Share() for name in SHARES})
    seconds: float = 0.0
    tracks: int = 0
    false_tracks: int = 0
    false_seconds: float = 0.0
    swaps: int = 0
    breaks: int = 0

    def note(self, mine: Watched, exact: Watched, truth: Truth | None) -> None:
        """Add a film.

        Args:
            mine: as it was watched at this pace.
            exact: as every frame was looked at.
            truth: what it shows; None where nobody knows.
        """
        self.seconds += len(mine.frames) * STEP
        waited = mine.waited or ((),) * len(mine.frames)
        for own, other, also in zip(mine.frames, exact.frames, waited, strict=True):
            self._agree(own, other)
            large = tuple(seen for seen in other if seen.side >= LEAST)
            found = pairs(boxes_of(large), boxes_of(own + also))
            for place in range(len(large)):
                self.shares["told"].add(place in found)
        if truth is not None:
            self._know(mine, truth)
        self._find_false(mine, exact, truth)

    def figures(self) -> Figures:
        """All of it; what nobody could count is left out."""
        shares = {name: share.figures() for name, share in self.shares.items() if share.count}
        return {
            **shares,
            "seconds": round(self.seconds, 2),
            "tracks": self.tracks,
            "false_tracks": self.false_tracks,
            "false_seconds": round(self.false_seconds, 2),
            "swaps": self.swaps,
            "breaks": self.breaks,
        }

    def _agree(self, own: tuple[Seen, ...], other: tuple[Seen, ...]) -> None:
        found = pairs(boxes_of(other), boxes_of(own))
        for place, theirs in enumerate(other):
            if theirs.side < LEAST:
                continue
            self.shares["faces"].add(place in found)
            if place not in found or theirs.state.unsure:
                continue
            ours = own[found[place]].state
            self.shares["sure"].add(not ours.unsure, STEP)
            if not ours.unsure:
                self.shares["states"].add(ours.says_the_same(theirs.state), STEP)
                self.shares["wears"].add(ours.wear is theirs.state.wear, STEP)

    def _know(self, mine: Watched, truth: Truth) -> None:
        shown = truth.shown()
        who: dict[int, int] = {}  # track -> the known face that it was last
        number: dict[int, tuple[int, int]] = {}  # known face -> frame and track likewise
        for frame, own in enumerate(mine.frames):
            there = [int(face) for face in np.flatnonzero(shown[frame] > 0.3)]
            boxes = np.array([truth.inside(frame, face) for face in there]).reshape(-1, 4)
            found = pairs(boxes, boxes_of(own))
            for place, face in enumerate(there):
                known = truth.faces[face]
                if known.counts and shown[frame, face] >= _WHOLE and min(boxes[place, 2:]) >= LEAST:
                    self.shares["known"].add(place in found)
                if place not in found:
                    continue
                seen = own[found[place]]
                if seen.side >= LEAST:
                    self._judge(seen, truth, frame, face)
                self.swaps += who.get(seen.track, face) != face
                before, track = number.get(face, (frame, seen.track))
                self.breaks += track != seen.track and frame - before <= _GAP * RATE
                who[seen.track], number[face] = face, (frame, seen.track)

    def _judge(self, seen: Seen, truth: Truth, frame: int, face: int) -> None:
        if seen.state.unsure:
            return
        wear = truth.faces[face].wear
        if wear is not None:
            self.shares["true_states"].add(seen.state.wear == wear, STEP)
        for span in truth.spans:
            if span.begin <= frame * STEP < span.end:
                is_true = span.allows(seen.state.wear, seen.state.uncovered)
                self.shares["true_states"].add(is_true, STEP)

    def _find_false(self, mine: Watched, exact: Watched, truth: Truth | None) -> None:
        """Without truth a box is false where every frame near it has no face there."""
        frames: defaultdict[int, list[bool]] = defaultdict(list)
        for frame, own in enumerate(mine.frames):
            large = tuple(seen for seen in own if seen.side >= LEAST)
            if not large:
                continue
            if truth is not None:
                boxes = [truth.inside(frame, face) for face in range(len(truth.faces))]
                others = np.array(boxes).reshape(-1, 4)
            else:
                near = exact.frames[max(0, frame - 5) : frame + 6]
                others = np.concatenate([boxes_of(seen) for seen in near])
            overlap = iou(boxes_of(large), others).max(axis=1, initial=0.0)
            for seen, most in zip(large, overlap, strict=True):
                frames[seen.track].append(bool(most < _FALSE))
        self.tracks += len(frames)
        self.false_tracks += sum(2 * sum(false) > len(false) for false in frames.values())
        self.false_seconds += STEP * sum(sum(false) for false in frames.values())
