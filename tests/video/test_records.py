"""JSON lines of films, which follow `docs/video.schema.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

from glassmask.labels import Wear
from glassmask.video.breaches import Breach, Breaches
from glassmask.video.counts import Counts, Crossing
from glassmask.video.events import Event, EventKind, History
from glassmask.video.lines import Line, Zone
from glassmask.video.moment import Moment
from glassmask.video.records import (
    breach_record,
    crossing_record,
    event_record,
    frame_record,
    gap_record,
    moment_records,
    summary_record,
)
from glassmask.video.source import Frame, Gap, GapKind
from glassmask.video.state import State
from video.people import NETWORKS, STATES, moment, pixels_of, tracked, verdict

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA = json.loads((DOCS / "video.schema.json").read_text(encoding="utf-8"))
FACES = json.loads((DOCS / "check.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(
    SCHEMA, registry=Registry().with_resource("check.schema.json", Resource.from_contents(FACES))
)

HOSTILE = "caf\udce9/\nfilm.mp4"
"""A name with a byte that is no UTF-8, and a new line."""


def validated(record: dict[str, Any]) -> dict[str, Any]:
    """The record as a reader of the JSON gets it, which follows the schema."""
    text = json.dumps(record, allow_nan=False)
    assert "\n" not in text
    read: dict[str, Any] = json.loads(text)
    VALIDATOR.validate(read)
    return read


def events() -> list[Event]:
    history, words = History(7), ["none", "correct", "nose", "nose_and_mouth", "correct", "none"]
    told = [history.note(n + 1 / 3, STATES[w], verdict(w)) for n, w in enumerate(words)]
    return [event for event in (*told, history.leave(9.12345)) if event is not None]


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_a_frame() -> None:
    shown = moment(1 / 3, tracked(1, 50.12345), tracked(4, 9, is_seen=False, state=State()))
    record = validated(frame_record("film.mp4", shown))
    assert (record["kind"], record["time"]) == ("frame", 0.3333)
    assert (record["width"], record["height"]) == (64, 48)
    first, second = record["tracks"]
    assert first == {
        "track": 1,
        "box": [30.12, 30.0, 40.0, 40.0],
        "seen": True,
        "state": {"wear": "correct", "uncovered": [], "probability": 0.97, "unsure": False},
        "judged_at": None,
    }
    assert second["state"] == {"wear": None, "uncovered": [], "probability": 0.0, "unsure": True}
    corrupt = Moment(2.0, Frame(2.0, pixels_of(0), is_corrupt=True, dropped=3), None, (), ())
    record = validated(frame_record("film.mp4", corrupt))
    assert (record["corrupt"], record["dropped"], record["tracks"]) == (True, 3, [])


@pytest.mark.parametrize("event", events(), ids=lambda event: str(event.kind))
def test_events(event: Event) -> None:
    record = validated(event_record("film.mp4", event))
    assert (record["event"], record["track"]) == (str(event.kind), 7)
    assert record["verdict"]["evidence"]["shares"].keys() == set(event.verdict.shares)
    assert (record["before"] is None) == (event.kind is EventKind.ENTERED)
    assert validated(event_record("film.mp4", event, "none"))["verdict"]["wear"]


def test_all_events_are_there() -> None:
    assert {event.kind for event in events()} == set(EventKind)


def test_crossings_and_breaches() -> None:
    record = validated(crossing_record("film.mp4", Crossing(1.0, "door", "in", 3, "unsure")))
    assert (record["event"], record["line"], record["way"]) == ("crossed", "door", "in")
    breaches = Breaches(Wear.CORRECT)
    told = [breach for event in events() if (breach := breaches.note(event)) is not None]
    records = [validated(breach_record("film.mp4", breach)) for breach in told]
    assert [(r["event"], r["reason"]) for r in records[:2]] == [
        ("breach_began", None),
        ("breach_ended", "fulfilled"),
    ]
    assert records[-1]["reason"] == "left"


@pytest.mark.parametrize("kind", list(GapKind))
def test_gaps(kind: GapKind) -> None:
    gap = Moment(2.5, None, Gap(2.5, kind, "damaged at 2.50 s"), (), ())
    record = validated(gap_record("film.mp4", gap))
    assert (record["reason"], record["line"]) == (str(kind), "damaged at 2.50 s")


def test_a_summary() -> None:
    counts = Counts([Line("door", (100, 0), (100, 100))], [Zone("q", ((0, 0), (90, 0), (0, 90)))])
    for number, x in enumerate((150, 50, 20)):
        counts.note(moment(number / 3, tracked(1, x, 30), tracked(2, 300, word="unsure")))
    counts.note(Moment(1.0, None, Gap(1.0, GapKind.DAMAGED, "damaged"), (), ()))
    record = validated(summary_record("film.mp4", 1.0, counts, NETWORKS, "end"))
    assert record["frames"] == {"read": 3, "dropped": 0, "corrupt": 0}
    assert record["gaps"] == {"damaged": 1}
    assert record["seconds"] == {"correct": 0.67, "unsure": 0.67}
    assert record["crossings"] == [{"line": "door", "way": "in", "wear": "correct", "count": 1}]
    assert record["zones"] == [{"zone": "q", "wear": "correct", "seconds": 0.67}]
    assert (record["network"], record["engine"]) == ("wear 1", "onnxruntime")
    for ended in ("stopped", "time_over", "given_up", "breach"):
        validated(summary_record("film.mp4", 0.0, Counts(), NETWORKS, ended))


def test_a_moment_tells_in_order() -> None:
    event, crossing = events()[0], Crossing(1.0, "door", "out", 1, "none")
    shown = moment(1.0, tracked(1, 50), events=[event])
    kinds = [r["kind"] for r in moment_records("f", shown, [crossing], frames=True)]
    assert kinds == ["frame", "event", "event"]
    assert len(list(moment_records("f", shown, [crossing], frames=False))) == 2


def test_hostile_names_become_valid_unicode() -> None:
    counts = Counts([Line(HOSTILE, (0, 0), (0, 9))], [Zone(HOSTILE, ((0, 0), (99, 0), (0, 99)))])
    counts.note(moment(0.0, tracked(1, 40, 5)))
    counts.note(moment(1.0, tracked(1, -40, 5)))
    counts.zone_seconds[HOSTILE, "none"] = 1.0
    gap = Moment(1.0, None, Gap(1.0, GapKind.LOST, HOSTILE), (), ())
    for record in (
        frame_record(HOSTILE, moment(0.0)),
        event_record(HOSTILE, events()[0]),
        crossing_record(HOSTILE, Crossing(1.0, HOSTILE, "in", 3, "none")),
        breach_record(HOSTILE, Breach(0.0, 1, True, STATES["none"])),
        gap_record(HOSTILE, gap),
        summary_record(HOSTILE, 0.0, counts, NETWORKS, "end"),
    ):
        text = json.dumps(validated(record), ensure_ascii=False)
        text.encode("utf-8")  # strict: no half of anything
        assert "caf\\\\xe9" in text


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "other"},
        {"time": -1},
        {"event": "came"},
        {"before": {"wear": "none", "uncovered": [], "probability": 0.9, "unsure": False}},
        {"state": {"wear": "none", "uncovered": ["nose"], "probability": 0.9, "unsure": False}},
        {"state": {"wear": "incorrect", "uncovered": [], "probability": 0.9, "unsure": False}},
        {"state": {"wear": "none", "uncovered": [], "probability": 0.9, "unsure": True}},
        {"extra": 1},
        {"verdict": {}},
    ],
)
def test_the_schema_refuses_what_contradicts_itself(change: dict[str, Any]) -> None:
    record = validated(event_record("film.mp4", events()[0]))
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(record | change)
