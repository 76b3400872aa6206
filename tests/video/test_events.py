"""One event for each change of a track, from one sure state to the next; and breaches."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glassmask.labels import Part, Wear
from glassmask.video.breaches import Breach, Breaches
from glassmask.video.events import Event, EventKind, History
from glassmask.video.state import State
from glassmask.video.wording import breach_text, clock, event_text, state_text
from video.people import STATES, verdict

TABLE = [
    ("none", "correct", EventKind.PUT_ON),
    ("none", "nose", EventKind.PUT_ON),
    ("none", "chin", EventKind.PUT_ON),
    ("none", "nose_and_mouth", EventKind.PUT_ON),
    ("correct", "none", EventKind.TOOK_OFF),
    ("nose", "none", EventKind.TOOK_OFF),
    ("chin", "none", EventKind.TOOK_OFF),
    ("correct", "nose", EventKind.BECAME_INCORRECT),
    ("correct", "nose_and_mouth", EventKind.BECAME_INCORRECT),
    ("correct", "chin", EventKind.BECAME_INCORRECT),
    ("nose", "nose_and_mouth", EventKind.CHANGED),
    ("nose_and_mouth", "nose", EventKind.CHANGED),
    ("nose", "chin", EventKind.CHANGED),
    ("nose", "correct", EventKind.BECAME_CORRECT),
    ("chin", "correct", EventKind.BECAME_CORRECT),
    ("nose_and_mouth", "correct", EventKind.BECAME_CORRECT),
]


def events_of(*words: str, track: int = 3) -> list[Event]:
    """The events of states, one a second, and of leaving at 9 s."""
    history = History(track)
    told = [history.note(n, STATES[word], verdict("none")) for n, word in enumerate(words)]
    return [event for event in (*told, history.leave(9.0)) if event is not None]


@pytest.mark.parametrize("word", ["none", "correct", "nose", "chin", "nose_and_mouth"])
def test_the_first_sure_state_is_one_event(word: str) -> None:
    event, left = events_of("unsure", word, word)
    assert (event.kind, event.time, event.track) == (EventKind.ENTERED, 1, 3)
    assert (event.state, event.before, event.worst) == (STATES[word], None, STATES[word])
    assert left.kind is EventKind.LEFT


@pytest.mark.parametrize(("before", "after", "kind"), TABLE)
def test_each_change_is_one_event(before: str, after: str, kind: EventKind) -> None:
    for unsure in ((), ("unsure",), ("unsure",) * 3):
        words = (before, before, *unsure, after, after)
        _, event, left = events_of(*words)
        assert (event.kind, event.time) == (kind, 2 + len(unsure))
        assert (event.state, event.before) == (STATES[after], STATES[before])
        assert (left.kind, left.time, left.state) == (EventKind.LEFT, 9, STATES[after])


@pytest.mark.parametrize("word", ["none", "correct", "nose"])
def test_unsure_in_between_is_no_event(word: str) -> None:
    assert [event.kind for event in events_of(word, "unsure", word)] == ["entered", "left"]


def test_another_probability_is_no_event() -> None:
    history = History(1)
    assert history.note(0, STATES["nose"], verdict("nose")) is not None
    assert history.note(1, replace(STATES["nose"], probability=0.7), verdict("nose")) is None


def test_who_was_never_sure_has_no_events() -> None:
    assert events_of() == events_of("unsure", "unsure") == []


@pytest.mark.parametrize(
    ("words", "worst"),
    [
        (["correct", "nose", "correct"], "nose"),
        (["none", "correct"], "none"),
        (["nose", "nose_and_mouth", "nose"], "nose_and_mouth"),
        (["nose_and_mouth", "none", "chin"], "none"),
        (["nose", "chin"], "nose"),  # as bad: the first stays
        (["correct", "correct"], "correct"),
    ],
)
def test_left_tells_the_last_and_the_worst(words: list[str], worst: str) -> None:
    *_, left = events_of(*words)
    assert (left.state, left.worst) == (STATES[words[-1]], STATES[worst])


def test_an_event_carries_the_verdict_that_made_it() -> None:
    history, verdicts = History(1), [verdict("correct"), verdict("nose"), verdict("correct")]
    first = history.note(0, STATES["correct"], verdicts[0])
    second = history.note(1, STATES["nose"], verdicts[1])
    history.note(2, STATES["unsure"], verdicts[2])
    left = history.leave(3)
    assert first is not None
    assert second is not None
    assert left is not None
    assert [one.verdict for one in (first, second, left)] == [verdicts[0], verdicts[1], verdicts[1]]


def breaches_of(required: Wear, *people: list[Event]) -> tuple[Breaches, list[Breach]]:
    breaches = Breaches(required)
    told = [breaches.note(event) for events in people for event in events]
    return breaches, [breach for breach in told if breach is not None]


def test_a_breach_begins_once_and_ends_once() -> None:
    breaches, told = breaches_of(Wear.CORRECT, events_of("none", "nose", "chin", "correct", "nose"))
    assert [(b.time, b.begins, b.reason) for b in told] == [
        (0, True, None),
        (3, False, "fulfilled"),
        (4, True, None),
        (9, False, "left"),
    ]
    assert {breach.track for breach in told} == {3}
    assert [breach.state for breach in told[:2]] == [STATES["none"], STATES["correct"]]
    assert breaches.count == 2


def test_who_wears_it_as_required_breaks_nothing() -> None:
    for required, word in (
        (Wear.CORRECT, "correct"),
        (Wear.NONE, "none"),
        (Wear.INCORRECT, "chin"),
    ):
        breaches, told = breaches_of(required, events_of(word, "unsure", word))
        assert (breaches.count, told) == (0, [])


def test_breaches_are_of_each_person() -> None:
    breaches, told = breaches_of(
        Wear.CORRECT, events_of("none", track=1), events_of("nose", track=2)
    )
    assert [(b.track, b.begins) for b in told] == [(1, True), (1, False), (2, True), (2, False)]
    assert breaches.count == 2


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00.0"), (62.46, "1:02.5"), (59.96, "1:00.0"), (3599.99, "1:00:00.0"),
     (7262.5, "2:01:02.5")],
)  # fmt: skip
def test_a_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_a_state_in_words() -> None:
    assert state_text(State()) == "unsure"
    assert state_text(STATES["unsure"]) == "unsure: worn correctly?"
    assert state_text(STATES["nose_and_mouth"]) == "nose and mouth uncovered"
    assert state_text(State(Wear.INCORRECT, (Part.CHIN,), 0.9, unsure=False)) == "chin uncovered"


def test_events_in_words() -> None:
    lines = [event_text(event) for event in events_of("none", "correct", "nose", "correct")]
    assert lines == [
        "0:00.0  person 3 entered: no mask (98%)",
        "0:01.0  person 3 put the mask on: worn correctly (97%)",
        "0:02.0  person 3 mask slipped: nose uncovered (90%)",
        "0:03.0  person 3 mask put right: worn correctly (97%)",
        "0:09.0  person 3 left: worn correctly at the end, at worst no mask",
    ]
    assert event_text(events_of("none")[-1]).endswith("left: no mask at the end")


def test_breaches_in_words() -> None:
    _, told = breaches_of(Wear.CORRECT, events_of("nose", "correct", "none"))
    assert [breach_text(breach, Wear.CORRECT) for breach in told] == [
        "0:00.0  person 3: breach begins: nose uncovered; worn correctly is required",
        "0:01.0  person 3: breach ends: worn correctly",
        "0:02.0  person 3: breach begins: no mask; worn correctly is required",
        "0:09.0  person 3: breach ends: gone",
    ]
