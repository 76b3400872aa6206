"""How what is said of a film is held against every frame, and against what it shows: by hand."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest

pytest.importorskip("av", reason="films need PyAV: pip install 'glassmask[video]'")

from benchmarks.video.events import Count, match
from benchmarks.video.films import KnownFace, Span, Truth
from benchmarks.video.scripts import Change
from benchmarks.video.tally import Tally
from benchmarks.video.watched import Seen, Told, Watched, pairs
from glassmask.faces.crop import Box
from glassmask.labels import Part, Wear
from glassmask.video.events import Event, EventKind
from glassmask.video.state import State

CORRECT = State(Wear.CORRECT, (), 0.9, unsure=False)
BARE = State(Wear.NONE, (), 0.9, unsure=False)
NOSE = State(Wear.INCORRECT, (Part.NOSE,), 0.9, unsure=False)
MOUTH = State(Wear.INCORRECT, (Part.NOSE, Part.MOUTH), 0.9, unsure=False)
LEFT, RIGHT = (100.0, 100.0, 60.0, 60.0), (300.0, 100.0, 60.0, 60.0)
NOWHERE, SMALL = (500.0, 300.0, 60.0, 60.0), (100.0, 300.0, 30.0, 30.0)


def seen(*who: tuple[int, Box, State]) -> tuple[Seen, ...]:
    return tuple(Seen(*one) for one in who)


def told(time: float, kind: EventKind, state: State, known: float | None = None) -> Told:
    event = Event(time, kind, 1, state, None, state, cast(Any, None))
    return Told(event, time if known is None else known)


def test_boxes_go_together_by_overlap_each_once() -> None:
    ones = np.array([[0, 0, 10, 10], [2, 0, 10, 10]], np.float64)
    others = np.array([[1, 0, 10, 10], [50, 0, 10, 10]], np.float64)
    assert pairs(ones, others) == {0: 0}
    assert pairs(ones[::-1].copy(), ones) == {0: 1, 1: 0}
    assert pairs(ones, np.empty((0, 4))) == {}


def test_faces_and_states_against_every_frame() -> None:
    exact = Watched(
        (
            seen((1, LEFT, CORRECT), (2, RIGHT, NOSE), (3, SMALL, BARE)),
            seen((1, LEFT, CORRECT), (2, RIGHT, NOSE)),
        ),
        (),
    )
    mine = Watched(
        (
            seen((1, LEFT, CORRECT), (2, RIGHT, MOUTH)),
            seen((1, LEFT, State()), (4, NOWHERE, BARE)),
        ),
        (),
        ((), seen((2, RIGHT, NOSE))),
    )
    tally = Tally()
    tally.note(mine, exact, None)
    shares = {name: (share.hits, share.count) for name, share in tally.shares.items()}
    assert shares["faces"] == (3, 4)  # the small one does not count
    assert shares["told"] == (4, 4)
    assert shares["sure"] == pytest.approx((0.08, 0.12))
    assert shares["states"] == pytest.approx((0.04, 0.08))
    assert shares["wears"] == pytest.approx((0.08, 0.08))
    assert shares["known"] == (0, 0)
    assert (tally.tracks, tally.false_tracks) == (3, 1)
    assert tally.false_seconds == pytest.approx(0.04)


def test_who_follows_whom_against_known_faces() -> None:
    boxes = np.array([[LEFT, RIGHT]] * 4, np.float64)
    truth = Truth((KnownFace("correct"), KnownFace("none")), boxes, (640, 480))
    frames = (
        seen((1, LEFT, CORRECT), (2, RIGHT, BARE)),
        seen((1, LEFT, CORRECT), (2, RIGHT, CORRECT)),
        seen((2, LEFT, CORRECT), (3, RIGHT, BARE)),  # 2 goes on as the left one; 3 is new
        seen((2, LEFT, CORRECT)),
    )
    mine = Watched(frames, ())
    tally = Tally()
    tally.note(mine, mine, truth)
    assert (tally.swaps, tally.breaks) == (1, 2)
    assert (tally.shares["known"].hits, tally.shares["known"].count) == (7, 8)
    true = tally.shares["true_states"]
    assert (true.hits, true.count) == pytest.approx((0.24, 0.28))


def test_states_against_the_spans_of_a_painted_film() -> None:
    spans = (Span(0, 0.04, "correct"), Span(0.04, 0.12, "incorrect", ("nose",)))
    truth = Truth((KnownFace(None),), np.array([[LEFT]] * 3), (640, 480), spans)
    states = (CORRECT, CORRECT, NOSE)
    mine = Watched(tuple(seen((1, LEFT, state)) for state in states), ())
    tally = Tally()
    tally.note(mine, mine, truth)
    true = tally.shares["true_states"]
    assert (true.hits, true.count) == pytest.approx((0.08, 0.12))


def test_each_change_is_told_once() -> None:
    bare, correct = Span(0, 5, "none"), Span(5, 9, "correct")
    nose = Span(9, 20, "incorrect", ("nose",))
    changes = [
        Change(0, "entered", bare),
        Change(5, "put_on", correct),
        Change(9, "became_incorrect", nose),
        Change(20, "left", nose),
    ]
    found = match(
        changes,
        [
            told(0.3, EventKind.ENTERED, BARE),
            told(5.1, EventKind.PUT_ON, NOSE),  # a false state on the way
            told(5.4, EventKind.BECAME_CORRECT, CORRECT),
            told(9.2, EventKind.BECAME_INCORRECT, NOSE, known=9.4),
            told(9.8, EventKind.BECAME_INCORRECT, NOSE),
            told(18.0, EventKind.LEFT, NOSE),  # too early
        ],
    )
    assert [change.kind for change, _ in found.pairs] == ["entered", "became_incorrect"]
    assert found.pairs[1][1].event.time == 9.2
    assert [change.kind for change in found.missed] == ["put_on", "left"]
    assert [one.event.time for one in found.doubled] == [9.8]
    assert [one.event.time for one in found.false] == [5.1, 5.4, 18.0]

    count = Count()
    count.note("film", found, 20.0)
    figures = cast(dict[str, Any], count.figures())
    assert figures["told"]["hits"] == 2
    assert figures["told"]["count"] == 4
    assert (figures["false"], figures["doubled"]) == (3, 1)
    assert figures["false_in_ten_minutes"] == pytest.approx(90)
    assert figures["delay"]["longest"] == pytest.approx(0.3)
    assert figures["known_after"]["longest"] == pytest.approx(0.4)
