"""A track's state: calm, never contradicting itself, and the same as any other implementation's."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from glassmask.labels import Part, Wear
from glassmask.verdict import UnsureReason, Verdict
from glassmask.video.events import History
from glassmask.video.state import CHANGE, LOOKS, SPAN, STALE, SUREST, Smoother, State
from video.people import verdict

SEQUENCES = json.loads(Path(__file__).with_name("sequences.json").read_text(encoding="utf-8"))

EVERY = 0.3  # seconds between two looks, as at the pace `normal`


def smoothed(*looks: Verdict, every: float = EVERY) -> tuple[Smoother, float]:
    """After looks one after another; and the time of the last."""
    smoother = Smoother()
    for number, look in enumerate(looks):
        assert smoother.look(number * every, look)
    return smoother, (len(looks) - 1) * every


def after(*words: str, sure: float = 0.98, every: float = EVERY) -> State:
    smoother, time = smoothed(*(verdict(word, sure=sure) for word in words), every=every)
    return smoother.state(time)


def test_nothing_is_known_before_the_first_look() -> None:
    assert Smoother().state(0.0) == State(None, (), 0.0, unsure=True)


def test_three_looks_make_it_sure() -> None:
    told = [after(*["nose"] * looks) for looks in range(1, LOOKS + 2)]
    assert [state.unsure for state in told] == [True, True, False, False]
    assert {(state.wear, state.uncovered) for state in told} == {(Wear.INCORRECT, (Part.NOSE,))}


def test_the_mean_of_log_probabilities_by_hand() -> None:
    """Looks of 0.9 at 0.0 s, 0.6 at 0.5 s and 0.8 at 1.0 s weigh e^-2, e^-1 and 1."""
    smoother, time = smoothed(
        verdict("correct", sure=0.9), verdict("correct", sure=0.6), verdict("correct", sure=0.8),
        every=SPAN,
    )  # fmt: skip
    weights = [math.exp(-2), math.exp(-1), 1.0]
    logs = [
        sum(w * math.log(p) for w, p in zip(weights, chances, strict=True)) / sum(weights)
        for chances in ((0.9, 0.6, 0.8), (0.05, 0.2, 0.1), (0.05, 0.2, 0.1))
    ]
    wanted = math.exp(logs[0]) / sum(map(math.exp, logs))
    assert smoother.state(time).probability == pytest.approx(wanted, abs=1e-12)
    assert wanted == pytest.approx(0.7719, abs=1e-4)  # so that this test tells what it compares


def test_no_look_is_surer_than_the_surest() -> None:
    assert pytest.approx(0.98201, abs=1e-5) == SUREST
    probability = after("none", "none", "none", sure=1.0).probability
    rest = 1 - SUREST
    assert probability == pytest.approx(SUREST / (SUREST + 2 * rest))


@pytest.mark.parametrize("before", ["none", "correct", "nose", "chin", "nose_and_mouth"])
@pytest.mark.parametrize("now", ["none", "correct", "nose", "chin", "nose_and_mouth"])
def test_one_contrary_look_changes_nothing_and_two_do(before: str, now: str) -> None:
    steady = [before] * 8
    first, second = after(*steady, now), after(*steady, now, now)
    assert first.says_the_same(after(*steady))
    assert second.says_the_same(after(*[now] * 8))
    assert not second.unsure


@pytest.mark.parametrize("sure", [0.86, 0.9, 0.98])
def test_a_mask_that_is_put_on_is_never_half_worn(sure: float) -> None:
    """Nor one that is taken off, whatever comes in between."""
    for before, now in (("none", "correct"), ("correct", "none")):
        for contrary in range(8):
            state = after(*[before] * 8, *[now] * contrary, sure=sure)
            assert state.wear is not Wear.INCORRECT


def test_a_change_needs_its_likelihood() -> None:
    """Two looks `none` after a long time of 0.98: they weigh 0.6988 of all."""
    share = 1 - math.exp(-2 * EVERY / SPAN)
    assert share == pytest.approx(0.6988, abs=1e-4)
    for sure, changes in ((0.86, False), (0.95, True)):
        logs = [  # of none, correct, incorrect
            share * math.log(new) + (1 - share) * math.log(old)
            for new, old in ((sure, 0.01825), ((1 - sure) / 2, 0.98), ((1 - sure) / 2, 0.01825))
        ]
        chance = math.exp(logs[0]) / sum(map(math.exp, logs))
        smoother, time = smoothed(*[verdict("correct")] * 30)
        for number in (1, 2):
            smoother.look(time + number * EVERY, verdict("none", sure=sure))
        assert (chance >= CHANGE) == changes, chance
        assert (smoother.state(time + 2 * EVERY).wear is Wear.NONE) == changes


def test_what_is_uncovered_needs_it_too() -> None:
    steady = ["nose"] * 8
    assert after(*steady, "nose_and_mouth").uncovered == (Part.NOSE,)
    assert after(*steady, "nose_and_mouth", "nose").uncovered == (Part.NOSE,)
    assert after(*steady, *["nose_and_mouth"] * 2).uncovered == (Part.NOSE, Part.MOUTH)


def test_a_contrary_look_does_not_add_to_what_is_uncovered() -> None:
    """`none` says that all is uncovered: of the mask that is still believed in, it says nothing."""
    for contrary in ("none", "correct"):
        for looks in range(5):
            state = after(*["nose"] * 8, *[contrary] * looks, sure=0.9)
            assert state.uncovered in ((Part.NOSE,), ())


@pytest.mark.parametrize("reason", list(UnsureReason))
def test_unsure_verdicts_do_not_vote(reason: UnsureReason) -> None:
    smoother, time = smoothed(*[verdict("correct")] * 4)
    before = smoother.state(time)
    for number in range(1, 5):
        assert not smoother.look(time + number / 10, verdict("none", unsure=reason))
    assert smoother.state(time) == before
    assert not Smoother().look(0.0, verdict("none", unsure=reason))


def test_corrupt_frames_do_not_vote() -> None:
    smoother, time = smoothed(*[verdict("correct")] * 3)
    assert not smoother.look(time + 0.1, verdict("none"), is_corrupt=True)
    assert smoother.state(time + 0.1) == smoother.state(time)


def test_a_state_grows_stale_and_is_looked_at_anew() -> None:
    smoother, time = smoothed(*[verdict("correct")] * 4)
    assert not smoother.state(time + STALE).unsure
    stale = smoother.state(time + STALE + 0.01)
    assert (stale.wear, stale.unsure) == (Wear.CORRECT, True)
    later = time + STALE + 0.1
    told = []
    for number in range(LOOKS):
        smoother.look(later + number * EVERY, verdict("none"))
        told.append(smoother.state(later + number * EVERY).unsure)
    assert told == [True, True, False]


def test_looks_that_contradict_each_other_in_turn_change_nothing() -> None:
    """Each newest one outweighs those before it, and would change the state every time."""
    for words in (["correct", "none"], ["nose", "nose_and_mouth"], ["none", "nose"]):
        told = [after(*(words * 9)[:looks]) for looks in range(LOOKS, 18)]
        sure = [state for state in told if not state.unsure]
        assert all(state.says_the_same(sure[0]) for state in sure)


def test_even_looks_are_unsure() -> None:
    state = after(*["correct", "none", "nose"] * 4, every=0.01)
    assert (state.unsure, state.probability < 0.5) == (True, True)


def test_a_state_never_contradicts_itself() -> None:
    words = ["none", "correct", "nose", "chin", "nose_and_mouth"]
    for seed in range(50):
        looks = [words[(seed * 7 + n * n + seed // (n + 1)) % 5] for n in range(9)]
        state = after(*looks, sure=0.5 + (seed % 50) / 100)
        assert bool(state.uncovered) == (state.wear is Wear.INCORRECT)
        assert 0 <= state.probability <= 1


def test_a_long_film_is_not_remembered() -> None:
    smoother, _ = smoothed(*[verdict("correct")] * 500, every=0.04)
    assert len(smoother._looks) <= 6 * SPAN / 0.04 + 1


class Told:
    """A look of a table, as a verdict."""

    def __init__(self, look: dict[str, Any]) -> None:
        self.unsure = not look["votes"]
        self.probabilities = {Wear(word): p for word, p in look["wears"].items()}
        self.answers = {part: Answer(p) for part, p in look["uncovered"].items()}


class Answer:
    def __init__(self, probability: float) -> None:
        self.probability = probability


@pytest.mark.parametrize("sequence", SEQUENCES["sequences"], ids=lambda one: one["name"])
def test_the_table_of_sequences(sequence: dict[str, Any]) -> None:
    """Looks -> states and events: for each implementation, that of the page among them."""
    smoother, history = Smoother(), History(1)
    for look in sequence["looks"]:
        told: Any = Told(look)
        event = None
        if smoother.look(look["time"], told):
            event = history.note(look["time"], smoother.state(look["time"]), told)
        state, wanted = smoother.state(look["time"]), look["state"]
        assert (state.wear, list(state.uncovered)) == (wanted["wear"], wanted["uncovered"])
        assert state.unsure == wanted["unsure"]
        assert state.probability == pytest.approx(wanted["probability"], abs=1e-6)
        assert (None if event is None else event.kind) == look["event"]
    left, wanted = history.leave(99.0), sequence["left"]
    if left is None or wanted is None:
        assert left is wanted is None
        return
    for state, said in ((left.state, wanted["last"]), (left.worst, wanted["worst"])):
        assert (state.wear, list(state.uncovered)) == (said["wear"], said["uncovered"])


def test_the_table_names_what_it_was_made_with() -> None:
    made_with = {"span": SPAN, "looks": LOOKS, "change": CHANGE, "stale": STALE, "surest": SUREST}
    assert SEQUENCES["made_with"] == pytest.approx(made_with)
