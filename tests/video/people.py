"""People in films that nobody has drawn: who is where is told by a frame's number in its pixels."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from glassmask import Checker, Part, Wear
from glassmask.checked import Networks
from glassmask.faces.face import Face
from glassmask.faces.regions import REGIONS
from glassmask.labels import PARTS, QUESTIONS, Question
from glassmask.verdict import Answer, Reply, UnsureReason, Verdict
from glassmask.video.events import Event
from glassmask.video.moment import Moment, Tracked
from glassmask.video.source import Frame, Gap
from glassmask.video.state import State

NETWORKS = Networks("wear 1", "finder 1", "landmarks 1", "onnxruntime", "f32")

STATES = {
    "none": State(Wear.NONE, (), 0.98, unsure=False),
    "correct": State(Wear.CORRECT, (), 0.97, unsure=False),
    "nose": State(Wear.INCORRECT, (Part.NOSE,), 0.9, unsure=False),
    "chin": State(Wear.INCORRECT, (Part.CHIN,), 0.9, unsure=False),
    "nose_and_mouth": State(Wear.INCORRECT, (Part.NOSE, Part.MOUTH), 0.9, unsure=False),
    "unsure": State(Wear.CORRECT, (), 0.55, unsure=True),
}


def face(x: float, y: float, size: float = 40.0) -> Face:
    """A face whose middle is there."""
    return Face(box=(x - size / 2, y - size / 2, size, size), score=0.99)


def verdict(
    word: str, where: Face | None = None, *, sure: float = 0.98, unsure: UnsureReason | None = None
) -> Verdict:
    """A verdict that a mask is worn so, of that probability; the rest is shared by the others."""
    state = STATES[word]
    assert state.wear is not None
    rest = (1 - sure) / 2
    bare = PARTS if state.wear is Wear.NONE else state.uncovered
    yes = {Question.MASK: state.wear is not Wear.NONE} | {Question(p): p in bare for p in PARTS}
    shares = dict.fromkeys(REGIONS, 1 / len(REGIONS))
    return Verdict(
        face=where or face(50, 50),
        wear=state.wear,
        uncovered=state.uncovered,
        answers={
            q: Answer(Reply.YES if yes[q] else Reply.NO, sure if yes[q] else 1 - sure, 1, 0, shares)
            for q in QUESTIONS
        },
        probabilities={wear: sure if wear is state.wear else rest for wear in Wear},
        unsure_reason=unsure,
        prediction_set=(state.wear,),
        shares=shares,
        optional_evidence=None,
    )


@dataclass(frozen=True)
class Person:
    """Where somebody is in a frame, and how the mask is worn."""

    x: float
    y: float
    size: float = 40.0
    word: str = "correct"
    is_turned: bool = False  # so that only following sees the face
    is_dim: bool = False  # so that only looking closer finds it
    is_gone: bool = False  # from the sight of all


World: TypeAlias = Callable[[float], Sequence[Person]]
"""Who is there at a time, in seconds."""


def pixels_of(number: int, width: int = 64, height: int = 48) -> NDArray[np.uint8]:
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[0, 0] = number >> 16, number >> 8 & 255, number & 255
    return pixels


class StandIn:
    """A checker that knows who is there; its boxes tremble, differently in each frame."""

    networks = NETWORKS

    def __init__(
        self, world: World, rate: float = 25.0, *, slow: float = 0.0, tremble: float = 0.5
    ) -> None:
        self.world, self.rate, self.slow, self.tremble = world, rate, slow, tremble
        self.calls: list[tuple[str, float]] = []
        self.fails_at = math.inf

    def find(
        self, pixels: NDArray[np.uint8], *, min_face: float = 8, tiles: bool = True
    ) -> tuple[Face, ...]:
        when = self._when("find", pixels)
        there = [p for p in self._people(when) if not p.is_turned and (tiles or not p.is_dim)]
        return tuple(sorted((self._face(p, when) for p in there), key=lambda one: one.box[0]))

    def follow(
        self, pixels: NDArray[np.uint8], faces: Sequence[Face], *, min_face: float = 8
    ) -> tuple[Face | None, ...]:
        when = self._when("follow", pixels)
        near = (self._nearest(when, one) for one in faces)
        return tuple(None if person is None else self._face(person, when) for person in near)

    def judge(self, pixels: NDArray[np.uint8], faces: Sequence[Face]) -> tuple[Verdict, ...]:
        when = self._when("judge", pixels)
        near = [self._nearest(when, one) for one in faces]
        return tuple(
            verdict("correct" if person is None else person.word, one)
            for person, one in zip(near, faces, strict=True)
        )

    def _when(self, name: str, pixels: NDArray[np.uint8]) -> float:
        if self.slow:
            time.sleep(random.random() * self.slow)
        red, green, blue = (int(value) for value in pixels[0, 0])
        when = ((red << 16) + (green << 8) + blue) / self.rate
        self.calls.append((name, when))
        if name != "follow" and when >= self.fails_at:
            raise ValueError("the network fell over")
        return when

    def _people(self, when: float) -> list[Person]:
        return [person for person in self.world(when) if not person.is_gone]

    def _face(self, person: Person, when: float) -> Face:
        sway = self.tremble * math.sin(1000 * when + person.x)
        return face(person.x + sway, person.y - sway, person.size)

    def _nearest(self, when: float, one: Face) -> Person | None:
        x, y = one.box[0] + one.box[2] / 2, one.box[1] + one.box[3] / 2
        near = [
            (far, person)
            for person in self._people(when)
            if (far := math.hypot(person.x - x, person.y - y)) < person.size / 2
        ]
        return min(near, key=lambda pair: pair[0])[1] if near else None


def checker(
    world: World, rate: float = 25.0, *, slow: float = 0.0, tremble: float = 0.5
) -> tuple[Checker, StandIn]:
    """A stand-in, as what takes a checker wants it, and as it is."""
    stand_in = StandIn(world, rate, slow=slow, tremble=tremble)
    return cast(Checker, stand_in), stand_in


class Reel:
    """A source of frames and gaps that a test has made."""

    name = "reel"

    def __init__(self, items: Iterable[Frame | Gap], *, is_live: bool = False) -> None:
        self.items, self.is_live = items, is_live

    def __iter__(self) -> Iterator[Frame | Gap]:
        yield from self.items

    def close(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


def frames(seconds: float, rate: float = 25.0, start: float = 0.0) -> list[Frame]:
    """Frames of which each tells its number; at times of that rate."""
    numbers = range(round(start * rate), round((start + seconds) * rate))
    return [Frame(number / rate, pixels_of(number)) for number in numbers]


def tracked(number: int, x: float, y: float = 50.0, word: str = "correct", **more: Any) -> Tracked:
    """A track at a moment, seen, with a face 40 pixels wide."""
    one = Tracked(
        number, face(x, y), is_seen=True, state=STATES[word], verdict=None, judged_at=None
    )
    return replace(one, **more)


def moment(when: float, *people: Tracked, events: Sequence[Event] = ()) -> Moment:
    """A moment with a frame."""
    return Moment(when, Frame(when, pixels_of(0)), None, people, tuple(events))
