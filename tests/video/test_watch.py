"""Everyone followed at a pace: the same results on every machine, and nothing left behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from glassmask import Checker, Wear
from glassmask.video.events import EventKind
from glassmask.video.loop import watch
from glassmask.video.moment import Moment
from glassmask.video.pace import PACES, Pace
from glassmask.video.source import Frame, Gap, GapKind
from glassmask.video.tracks import PATIENCE
from video.people import Person, Reel, StandIn, World, checker, frames, pixels_of

Told = list[tuple[float, EventKind, int, Wear | None]]


def told(moments: Sequence[Moment]) -> Told:
    return [
        (round(event.time, 6), event.kind, event.track, event.state.wear)
        for moment in moments
        for event in moment.events
    ]


def run(
    world: World,
    items: Sequence[Frame | Gap],
    pace: Pace = PACES["normal"],
    rate: float = 25.0,
    *,
    slow: float = 0.0,
) -> tuple[list[Moment], StandIn]:
    faked, stand_in = checker(world, rate, slow=slow)
    return list(watch(Reel(items), faked, pace=pace)), stand_in


def workers() -> int:
    return sum(thread.name.startswith("glassmask find") for thread in threading.enumerate())


def street(now: float) -> list[Person]:
    """One walks through, one puts a mask on at 2 s, one comes at 1 s and goes at 3 s."""
    people = [Person(20 + 60 * now, 50), Person(300, 200, word="none" if now < 2 else "correct")]
    return [*people, Person(100, 200, word="nose")] if 1 <= now < 3 else people


def facts(moments: Sequence[Moment]) -> list[Any]:
    return [
        (
            moment.time,
            [(t.track, t.face.box, t.is_seen, t.state, t.judged_at) for t in moment.tracks],
            [(e.time, e.kind, e.track, e.state) for e in moment.events],
        )
        for moment in moments
    ]


def test_the_story_of_a_street() -> None:
    moments, _ = run(street, frames(4.0))
    assert len(moments) == 101
    assert (moments[-1].frame, moments[-1].tracks) == (None, ())
    events = told(moments)
    assert {(kind, track, wear) for _, kind, track, wear in events} == {
        (EventKind.ENTERED, 1, Wear.CORRECT),
        (EventKind.ENTERED, 2, Wear.NONE),
        (EventKind.ENTERED, 3, Wear.INCORRECT),
        (EventKind.PUT_ON, 2, Wear.CORRECT),
        (EventKind.LEFT, 1, Wear.CORRECT),
        (EventKind.LEFT, 2, Wear.CORRECT),
        (EventKind.LEFT, 3, Wear.INCORRECT),
    }
    assert len(events) == 7
    when = {(kind, track): time for time, kind, track, _ in events}
    assert 2.0 < when[EventKind.PUT_ON, 2] <= 2.8
    assert 1.0 < when[EventKind.ENTERED, 3] <= 1.8
    assert when[EventKind.LEFT, 3] == pytest.approx(2.96)  # when it was seen last
    gone = next(m.time for m in moments if any(e.kind is EventKind.LEFT for e in m.events))
    assert gone == pytest.approx(4.0 - 0.04)  # the end: patience is longer


@pytest.mark.parametrize(
    ("pace", "rate"),
    [("normal", 5.0), ("normal", 25.0), ("normal", 60.0), ("light", 5.0), ("light", 60.0),
     ("exact", 5.0), ("exact", 15.0)],
)  # fmt: skip
def test_the_story_is_the_same_at_every_rate_and_pace(pace: Any, rate: float) -> None:
    moments, _ = run(street, frames(6.0, rate), PACES[pace], rate)
    events = told(moments)
    story = sorted((track, kind, wear) for _, kind, track, wear in events if track == 2)
    assert story == [
        (2, EventKind.ENTERED, Wear.NONE),
        (2, EventKind.LEFT, Wear.CORRECT),
        (2, EventKind.PUT_ON, Wear.CORRECT),
    ]
    assert {track for _, _, track, _ in events} == {1, 2, 3}
    (put_on,) = (time for time, kind, _, _ in events if kind is EventKind.PUT_ON)
    assert 2.0 < put_on <= 3.5
    gone = next(m for m in moments if any(e.kind is EventKind.LEFT for e in m.events))
    assert PATIENCE - 0.6 <= gone.time - 3.0 <= PATIENCE + 0.6  # the third one


def test_exact_is_find_and_judge_on_every_frame() -> None:
    moments, _ = run(street, frames(3.0), PACES["exact"])
    faked, alone = checker(street)
    for moment in moments[:-1]:
        assert moment.frame is not None
        faces = alone.find(moment.frame.pixels)
        seen = sorted((t for t in moment.tracks if t.is_seen), key=lambda t: t.face.box[0])
        assert [t.face for t in seen] == list(faces)
        assert {t.judged_at for t in seen} == {moment.time}
        verdicts = faked.judge(moment.frame.pixels, faces)
        assert [t.verdict.wear for t in seen if t.verdict] == [v.wear for v in verdicts]


def test_how_often_is_looked_at_each_pace() -> None:
    """Of 100 frames in 4 s, with one person who stands."""
    counts = {}
    for name, pace in PACES.items():
        _, stand_in = run(lambda _now: [Person(50, 50)], frames(4.0), pace)
        what = [call for call, _ in stand_in.calls]
        counts[name] = what.count("find"), what.count("follow"), what.count("judge")
    assert counts["exact"] == (100, 0, 100)
    find, follow, judge = counts["normal"]
    assert find == 20
    assert 48 <= follow <= 52  # every other frame: the first that is 0.05 s after the last
    assert 14 <= judge <= 16  # each 0.3 s, in whole frames; and twice as often at first
    find, follow, judge = counts["light"]
    assert find == 8
    assert 32 <= follow <= 34
    assert 7 <= judge <= 9


@pytest.mark.parametrize("pace", ["normal", "light"])
def test_results_of_films_do_not_depend_on_the_speed_of_the_machine(pace: Any) -> None:
    runs = [run(street, frames(2.5), PACES[pace], slow=slow)[0] for slow in (0.0, 0.02, 0.02)]
    assert facts(runs[0]) == facts(runs[1]) == facts(runs[2])


def test_who_turns_away_from_the_finder_is_followed_and_stays_who_it_is() -> None:
    def world(now: float) -> list[Person]:
        return [Person(50 + 10 * now, 50, is_turned=1.0 < now < 2.8)]

    moments, _ = run(world, frames(5.0))
    assert {t.track for m in moments for t in m.tracks} == {1}
    assert [kind for _, kind, _, _ in told(moments)] == [EventKind.ENTERED, EventKind.LEFT]


def test_a_small_face_that_only_a_closer_look_finds_is_one_person() -> None:
    moments, _ = run(lambda now: [Person(50 + 5 * now, 50, 12, is_dim=True)], frames(6.0))
    assert {t.track for m in moments for t in m.tracks} == {1}
    assert all(t.is_seen for m in moments[1:] for t in m.tracks)
    assert [kind for _, kind, _, _ in told(moments)] == [EventKind.ENTERED, EventKind.LEFT]


def test_who_is_lost_is_looked_for_at_once() -> None:
    def world(now: float) -> list[Person]:
        return [Person(50, 50, is_gone=1.02 < now < 1.5)]

    moments, stand_in = run(world, frames(3.0), replace(PACES["normal"], find=1.0))
    finds = [when for call, when in stand_in.calls if call == "find"]
    assert finds[1] == pytest.approx(1.0)
    assert any(1.04 <= when <= 1.2 for when in finds)
    assert {t.track for m in moments for t in m.tracks} == {1}


def test_who_is_found_late_is_where_the_face_is_now() -> None:
    def world(now: float) -> list[Person]:
        return [Person(50 + 150 * now, 50)] if now >= 0.5 else []

    moments, _ = run(world, frames(1.5))
    for moment in moments[:-1]:
        for one in moment.tracks:
            x = one.face.box[0] + one.face.box[2] / 2
            assert abs(x - (50 + 150 * moment.time)) < 2


def test_a_change_of_size_ends_all_tracks() -> None:
    small = frames(1.0)
    large = [Frame(f.time, pixels_of(round(f.time * 25), 128, 96)) for f in frames(2.0, start=1.0)]
    moments, _ = run(lambda _now: [Person(30, 20)], [*small, *large])
    left = [event for event in told(moments) if event[1] is EventKind.LEFT]
    assert [(track, when) for when, _, track, _ in left] == [(1, 0.96), (2, 2.96)]
    changed = moments[25]
    assert changed.time == 1.0
    assert [event.kind for event in changed.events] == [EventKind.LEFT]


@pytest.mark.parametrize(
    ("kind", "ends"),
    [(GapKind.DAMAGED, False), (GapKind.LOST, True), (GapKind.CUT_OFF, True),
     (GapKind.GIVEN_UP, True), (GapKind.BACK, False)],
)  # fmt: skip
def test_gaps(kind: GapKind, ends: bool) -> None:
    gap = Gap(1.0, kind, "nothing to see")
    items: list[Frame | Gap] = [*frames(1.0), gap, *frames(1.0, start=1.2)]
    moments, _ = run(lambda _now: [Person(30, 20)], items)
    there = next(moment for moment in moments if moment.gap is not None)
    assert (there.gap, there.frame, there.time) == (gap, None, 1.0)
    assert (len(there.tracks), len(there.events)) == ((0, 1) if ends else (1, 0))
    assert not any(one.is_seen for one in there.tracks)
    assert {t.track for m in moments for t in m.tracks} == ({1, 2} if ends else {1})


def test_a_gap_that_is_longer_than_patience_ends_tracks() -> None:
    items: list[Frame | Gap] = [
        *frames(1.0),
        Gap(1.0, GapKind.DAMAGED, "damaged"),
        *frames(1.0, start=9.0),
    ]
    moments, _ = run(lambda _now: [Person(30, 20)], items)
    assert [(kind, track) for _, kind, track, _ in told(moments)] == [
        (EventKind.ENTERED, 1),
        (EventKind.LEFT, 1),
        (EventKind.ENTERED, 2),
        (EventKind.LEFT, 2),
    ]


def test_corrupt_frames_do_not_vote() -> None:
    def world(now: float) -> list[Person]:
        return [Person(30, 20, word="none" if now >= 1 else "correct")]

    items = [replace(f, is_corrupt=f.time >= 1) for f in frames(3.0)]
    moments, _ = run(world, items)
    assert [kind for _, kind, _, _ in told(moments)] == [EventKind.ENTERED, EventKind.LEFT]


def test_nobody_and_nothing() -> None:
    assert run(lambda _now: [], [])[0][0].time == 0.0
    moments, _ = run(lambda _now: [], frames(1.0))
    assert not any(moment.tracks or moment.events for moment in moments)


@pytest.mark.parametrize("pace", ["normal", "exact"])
def test_an_error_of_the_networks_reaches_the_caller_once_and_leaves_no_thread(pace: Any) -> None:
    faked, stand_in = checker(lambda _now: [Person(50, 50)])
    stand_in.fails_at = 0.5
    moments = watch(Reel(frames(2.0)), faked, pace=PACES[pace])
    with pytest.raises(ValueError, match="the network fell over"):
        list(moments)
    assert list(moments) == []
    assert workers() == 0


def test_an_error_of_the_source_reaches_the_caller_and_leaves_no_thread() -> None:
    def items() -> Iterator[Frame]:
        yield from frames(0.5)
        raise OSError("the disk is gone")

    faked, _ = checker(lambda _now: [Person(50, 50)])
    with pytest.raises(OSError, match="the disk is gone"):
        list(watch(Reel(items()), faked))
    assert workers() == 0


def test_an_iterator_that_is_left_leaves_no_thread() -> None:
    faked, _ = checker(lambda _now: [Person(50, 50)])
    moments = watch(Reel(frames(2.0)), faked)
    for moment in moments:
        if moment.time > 0.5:
            break
    assert workers() == 1
    del moments
    assert workers() == 0


class Slow(StandIn):
    """Its finds and looks end when the test says so."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.go = threading.Event()

    def find(self, pixels: NDArray[np.uint8], **options: Any) -> Any:
        if pixels[0, 0].any():  # the first find is waited for
            assert self.go.wait(20)
        return super().find(pixels, **options)

    def judge(self, pixels: NDArray[np.uint8], faces: Any) -> Any:
        assert self.go.wait(20)
        return super().judge(pixels, faces)


def test_live_results_count_when_they_are_there_and_work_does_not_pile_up() -> None:
    slow: Any = Slow(lambda _now: [Person(50, 50)])

    def items() -> Iterator[Frame]:
        for frame in frames(4.0):
            if frame.time == 2.0:
                slow.go.set()
                end = time.monotonic() + 20
                while not any(name == "judge" for name, _ in slow.calls):
                    assert time.monotonic() < end
                    time.sleep(0.001)
                time.sleep(0.02)  # from its last line to its being done
            if frame.time > 2.0:
                time.sleep(0.005)  # no camera is faster than what goes on beside
            yield frame

    moments = list(watch(Reel(items(), is_live=True), slow))
    before = [m for m in moments if m.time < 2.0]
    assert all(one.judged_at is None and one.is_seen for m in before for one in m.tracks)
    after = next(m for m in moments if m.time >= 2.0)
    assert [one.judged_at for one in after.tracks] == [0.0]  # the one look that was asked for
    asked = [when for name, when in slow.calls if name == "judge"]
    assert asked[:2] == [0.0, 2.08]  # the next frame in which they are looked for
    assert [kind for _, kind, _, _ in told(moments)][-1] is EventKind.LEFT


def test_live_and_exact_waits_for_every_look() -> None:
    faked, _ = checker(lambda _now: [Person(50, 50)], slow=0.002)
    moments = list(watch(Reel(frames(0.4), is_live=True), faked, pace=PACES["exact"]))
    assert all(one.judged_at == m.time for m in moments for one in m.tracks)


@pytest.mark.parametrize("wrong", [{"find": -1.0}, {"judge": float("nan")}, {"late": float("inf")}])
def test_a_pace_is_in_seconds(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="a pace is in seconds, 0 or more"):
        Pace(**wrong)


def test_which_paces_are_exact() -> None:
    assert [name for name, pace in PACES.items() if pace.is_exact] == ["exact"]
    assert not Pace(judge=0.0, find=0.0).is_exact  # it does not look closer each time


@pytest.mark.heavy
def test_exact_gives_the_verdicts_of_check_on_the_same_pixels(
    demo: dict[str, NDArray[np.uint8]],
) -> None:
    """With the shipped networks, on the demo portrait that moves and slips its mask."""
    real = Checker(engine="onnxruntime", threads=1)
    items = []
    for number, name in enumerate(["correct", "correct", "nose", "nose", "none", "chin"]):
        canvas = np.full((300, 320, 3), 90, np.uint8)
        canvas[20 : 20 + 220, 10 + 9 * number : 220 + 9 * number] = demo[name]
        items.append(Frame(number / 25, canvas))
    seen = 0
    for moment in watch(Reel(items), real, pace=PACES["exact"]):
        if moment.frame is None:
            continue
        checked = real.check(moment.frame.pixels)
        there = sorted((t for t in moment.tracks if t.is_seen), key=lambda t: t.face.box[0])
        assert [t.face.box for t in there] == [v.face.box for v in checked]
        for one, verdict in zip(there, checked, strict=True):
            assert one.verdict is not None
            assert (one.verdict.wear, one.verdict.uncovered) == (verdict.wear, verdict.uncovered)
            assert one.verdict.probabilities == verdict.probabilities
            seen += 1
    assert seen >= len(items)
