"""Who crossed a line, who was in a zone, and for how long masks were worn how."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

import pytest

from glassmask.video.counts import SEEN_FOR, Counts, Crossing
from glassmask.video.events import Event, EventKind
from glassmask.video.lines import BEYOND, Line, Point, Zone
from glassmask.video.moment import Moment
from glassmask.video.source import Frame, Gap, GapKind
from glassmask.video.wording import crossing_text, summary_text
from video.people import STATES, moment, pixels_of, tracked, verdict

DOWN = Line("door", (100, 0), (100, 100))
"""Who walks from the top to the bottom of it has the left of the picture at the right hand."""

RATE = 25


def walk(points: Iterable[Point], line: Line = DOWN, word: str = "correct") -> list[Crossing]:
    """One person with a face 40 pixels wide, in a place a frame."""
    counts, told = Counts([line]), []
    for number, (x, y) in enumerate(points):
        told += counts.note(moment(number / RATE, tracked(1, x, y, word)))
    assert sum(counts.crossings.values()) == len(told)
    return told


def along(*corners: Point, step: float = 3.0) -> list[Point]:
    """Places on the way through corners."""
    places: list[Point] = []
    for (x, y), (x1, y1) in pairwise(corners):
        count = max(1, round(math.dist((x, y), (x1, y1)) / step))
        places += [(x + (x1 - x) * n / count, y + (y1 - y) * n / count) for n in range(count)]
    return [*places, corners[-1]]


def ways(points: Iterable[Point], line: Line = DOWN) -> list[str]:
    return [crossing.way for crossing in walk(points, line)]


def test_both_ways() -> None:
    assert ways(along((150, 50), (50, 50))) == ["in"]
    assert ways(along((50, 50), (150, 50))) == ["out"]
    assert ways(along((50, 50), (150, 50), (50, 50), (150, 50))) == ["out", "in", "out"]
    assert ways(along((150, 50), (50, 50)), Line("turned", (100, 100), (100, 0))) == ["out"]
    assert ways(along((0, 0), (100, 100)), Line("leans", (0, 100), (100, 0))) == ["in"]


def test_in_one_step() -> None:
    assert ways([(150, 50), (50, 50)]) == ["in"]


def test_beside_the_ends_nothing_is_crossed() -> None:
    assert ways(along((150, 101), (50, 101))) == []
    assert ways(along((150, 99), (50, 99))) == ["in"]
    assert ways(along((150, -1), (50, -1))) == []
    assert ways(along((150, 1), (50, 1))) == ["in"]


def test_walking_along_it_is_no_crossing() -> None:
    assert ways(along((101, 0), (101, 100), (150, 100))) == []
    assert ways(along((150, 50), (101, 50), (101, 200), (50, 200))) == []  # and around its end
    assert ways([(100, y) for y in range(0, 100, 3)]) == []
    assert ways(along((120, 10), (99, 30), (101, 60), (99, 90), (121, 90))) == []


def test_who_stands_on_the_line_and_trembles_is_counted_once_or_not_at_all() -> None:
    sway = [(100 + BEYOND * 38 * math.sin(n), 50 + 3 * math.cos(7 * n)) for n in range(500)]
    assert ways(sway) == []
    assert ways([*along((150, 50), (100, 50)), *sway, *along((100, 50), (50, 50))]) == ["in"]
    assert ways([*along((150, 50), (100, 50)), *sway, *along((100, 50), (150, 50))]) == []
    assert ways([*sway, *along((100, 50), (50, 50))]) in (["in"], [])


def test_half_a_face_beyond_counts_and_less_does_not() -> None:
    """A face is 40 wide."""
    assert ways([(150, 50), (80.5, 50)]) == []
    (crossing,) = walk([(150, 50), (99, 50), (85, 50), (79.5, 50)], word="nose")
    assert crossing == Crossing(1 / RATE, "door", "in", 1, "incorrect")  # when it was crossed


def test_there_and_back_around_the_end_is_counted_where_it_was_certain() -> None:
    assert ways(along((150, 50), (50, 50), (50, 150), (150, 150))) == ["in"]
    assert ways(along((115, 90), (95, 90), (95, 105), (150, 105))) == []


def test_a_crossing_in_a_gap_counts() -> None:
    counts = Counts([DOWN])
    counts.note(moment(0.0, tracked(1, 150)))
    counts.note(moment(0.5, tracked(1, 150, is_seen=False)))
    assert [c.way for c in counts.note(moment(1.0, tracked(1, 50)))] == ["in"]


def test_several_lines_and_people_are_counted_each() -> None:
    counts = Counts([DOWN, Line("far", (200, 0), (200, 100))])
    for number, place in enumerate(along((250, 50), (50, 50))):
        other = tracked(2, 300 - place[0], 50, "none")
        counts.note(moment(number / RATE, tracked(1, *place), other))
    assert counts.crossings == {
        ("door", "in", "correct"): 1,
        ("far", "in", "correct"): 1,
        ("door", "out", "none"): 1,
        ("far", "out", "none"): 1,
    }


def test_a_line_and_a_zone_must_be_some() -> None:
    with pytest.raises(ValueError, match="the line door has no length"):
        Line("door", (1, 2), (1, 2))
    with pytest.raises(ValueError, match="the zone queue needs three corners"):
        Zone("queue", ((1, 2), (3, 4)))


@pytest.mark.parametrize(
    ("point", "is_inside"),
    [((5, 5), True), ((15, 5), False), ((-1, 5), False), ((5, 15), False), ((25, 12), True),
     ((25, 8), False)],
)  # fmt: skip
def test_a_zone_with_a_bay(point: Point, is_inside: bool) -> None:
    zone = Zone("bay", ((0, 0), (10, 0), (10, 10), (30, 10), (30, 20), (20, 20), (20, 14), (0, 14)))
    assert zone.holds(point) == is_inside


def happened(
    time: float, kind: EventKind, track: int, word: str, worst: str | None = None
) -> Event:
    state = STATES[word]
    return Event(time, kind, track, state, None, STATES[worst or word], verdict("none"))


def test_seconds_by_state_and_zone() -> None:
    counts = Counts(zones=[Zone("left", ((0, 0), (100, 0), (100, 100), (0, 100)))])
    for number in range(101):  # four seconds: two here, two there; one unsure, three correct
        now, x = number / RATE, 50 if number <= 50 else 150
        person = tracked(1, x, word="unsure" if number <= 25 else "correct")
        counts.note(moment(now, person, tracked(2, 250, word="none")))
    assert counts.seconds == pytest.approx({"unsure": 1.0, "correct": 3.0, "none": 4.0})
    assert counts.zone_seconds == pytest.approx({("left", "unsure"): 1.0, ("left", "correct"): 1.0})
    assert counts.frames == 101


def test_time_unseen_counts_and_a_gap_does_not() -> None:
    counts = Counts()
    counts.note(moment(0.0, tracked(1, 50)))
    counts.note(moment(0.6, tracked(1, 50, is_seen=False)))
    counts.note(moment(1.0, tracked(1, 50)))
    assert counts.seconds == pytest.approx({"correct": 1.0})
    counts.note(Moment(1.0, None, Gap(1.0, GapKind.DAMAGED, "damaged"), (tracked(1, 50),), ()))
    counts.note(moment(60.0, tracked(1, 50)))
    assert counts.seconds["correct"] < 3.0
    assert (counts.people(), counts.gaps) == (0, {"damaged": 1})  # still there


def test_people_by_last_and_worst() -> None:
    counts = Counts()
    people = [tracked(number, 100 * number) for number in range(1, 5)]
    entered = [
        happened(0, EventKind.ENTERED, 1, "none"),
        happened(0, EventKind.ENTERED, 2, "nose"),
        happened(0, EventKind.ENTERED, 3, "correct"),
    ]
    counts.note(moment(0.0, *people, events=entered))
    later = [happened(1, EventKind.PUT_ON, 1, "correct", "none")]
    counts.note(moment(SEEN_FOR, *people, events=later))
    assert counts.people() == 0
    counts.note(Moment(2.0, None, None, (), (happened(1, EventKind.LEFT, 3, "correct"),)))
    assert counts.by_last == {"correct": 2, "incorrect": 1, "unsure": 1}
    assert counts.by_worst == {"none": 1, "incorrect": 1, "correct": 1, "unsure": 1}
    assert counts.people() == 4


def test_what_becomes_known_at_the_very_end_counts() -> None:
    counts = Counts()
    counts.note(moment(0.0, tracked(1, 50)))
    events = (
        happened(0, EventKind.ENTERED, 1, "nose"),
        happened(0, EventKind.LEFT, 1, "nose"),
    )
    counts.note(Moment(0.1, None, None, (), events))
    assert counts.by_last == counts.by_worst == {"incorrect": 1}


def test_who_was_there_for_a_moment_and_never_sure_is_nobody() -> None:
    counts = Counts()
    counts.note(moment(0.0, tracked(1, 50, word="unsure")))
    counts.note(moment(SEEN_FOR - 0.01, tracked(1, 50, word="unsure")))
    counts.note(moment(5.0))
    assert counts.people() == 0


def test_frames_that_were_dropped_and_corrupt() -> None:
    counts = Counts()
    for number in range(3):
        frame = Frame(number, pixels_of(0), is_corrupt=number == 1, dropped=4)
        counts.note(Moment(number, frame, None, (), ()))
    assert (counts.frames, counts.dropped, counts.corrupt) == (3, 12, 1)


def test_counts_in_words() -> None:
    counts = Counts([DOWN], [Zone("queue", ((0, 0), (400, 0), (400, 100), (0, 100)))])
    assert summary_text(counts) == "0 people; over door 0 in, 0 out; in queue 0:00.0; 0 frames"
    events = [happened(0, EventKind.ENTERED, 1, "nose"), happened(0, EventKind.ENTERED, 2, "none")]
    counts.note(moment(0.0, tracked(1, 150), tracked(2, 150), events=events))
    counts.note(moment(1.0, tracked(1, 50), tracked(2, 150)))
    right = [happened(1, EventKind.BECAME_CORRECT, 1, "correct", "nose")]
    counts.note(moment(1.5, tracked(1, 50), tracked(2, 150), events=right))
    counts.note(Moment(2.0, None, None, (), ()))
    assert summary_text(counts) == (
        "2 people, at the end 1 correct, 1 no mask; at worst 1 incorrect, 1 no mask; "
        "over door 1 in, 0 out; in queue 0:03.0; 3 frames"
    )
    assert crossing_text(Crossing(1.0, "door", "in", 1, "none")) == (
        "0:01.0  person 1 went in over door: no mask"
    )
