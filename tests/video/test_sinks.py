"""Where a watched source goes: JSON lines, lines for people, snapshots, films and pages."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from glassmask.errors import OutputError
from glassmask.formats import OWN_MARK
from glassmask.labels import Wear
from glassmask.output.sinks import Sinks
from glassmask.video.breaches import Breach
from glassmask.video.counts import Counts, Crossing
from glassmask.video.events import Event, EventKind
from glassmask.video.moment import Moment
from glassmask.video.sinks import (
    Ending,
    FilmOf,
    Happening,
    LinesSink,
    MomentJsonSink,
    ReportOf,
)
from glassmask.video.snapshots import SnapshotSink
from glassmask.video.source import Frame
from video.people import NETWORKS, STATES, moment, tracked, verdict

DAY = 86400.0


def event(kind: EventKind = EventKind.ENTERED, track: int = 1, time: float = 0.0) -> Event:
    return Event(time, kind, track, STATES["none"], None, STATES["none"], verdict("none"))


def ending() -> Ending:
    return Ending("film.mp4", 1.0, Counts(), NETWORKS, "end")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def happening() -> Happening:
    return Happening(
        "film.mp4",
        moment(1.0, tracked(1, 50), events=[event()]),
        (Crossing(1.0, "door", "in", 1, "none"),),
        (Breach(1.0, 1, True, STATES["none"]),),
    )


@pytest.mark.parametrize("frames", [True, False])
def test_json_lines(tmp_path: Path, frames: bool) -> None:
    sink = MomentJsonSink(str(tmp_path / "o.jsonl"), frames=frames)
    sink.write(happening())
    sink.write(Happening("film.mp4", moment(1.04)))
    sink.write(ending())
    assert not (tmp_path / "o.jsonl").exists()  # before it is whole
    sink.close()
    kinds = [(r["kind"], r.get("event")) for r in lines(tmp_path / "o.jsonl")]
    frame = [("frame", None)] if frames else []
    events = [("event", "entered"), ("event", "crossed"), ("event", "breach_began")]
    assert kinds == [*frame, *events, *frame, ("summary", None)]


def test_json_lines_replace_their_own_kind_alone(tmp_path: Path) -> None:
    for name, text in (("own", '{"schema": 1, "kind": "gap"}\n'), ("foreign", '{"photos": 1}\n')):
        (tmp_path / name).write_text(text)
    for adds in (False, True):
        with pytest.raises(FileExistsError):
            MomentJsonSink(str(tmp_path / "foreign"), frames=False, adds=adds)
    assert (tmp_path / "foreign").read_text() == '{"photos": 1}\n'
    sink = MomentJsonSink(str(tmp_path / "own"), frames=False)
    sink.write(ending())
    sink.close()
    assert len(lines(tmp_path / "own")) == 1


def test_lines_that_are_added_are_there_as_they_come(tmp_path: Path) -> None:
    path = tmp_path / "o.jsonl"
    for runs in (1, 2):
        sink = MomentJsonSink(str(path), frames=False, adds=True)
        sink.write(happening())
        assert len(lines(path)) == 4 * runs - 1
        sink.write(ending())
        sink.close()
        assert len(lines(path)) == 4 * runs


def test_an_aborted_file_is_not_there(tmp_path: Path) -> None:
    sink = MomentJsonSink(str(tmp_path / "o.jsonl"), frames=True)
    sink.write(happening())
    sink.abort()
    assert list(tmp_path.iterdir()) == []


def test_lines_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    sink = LinesSink("-", name_sources=True, required=Wear.CORRECT)
    sink.write(happening())
    sink.write(ending())
    sink.close()
    assert capsys.readouterr().out.splitlines() == [
        "film.mp4: 0:00.0  person 1 entered: no mask (98%)",
        "film.mp4: 0:01.0  person 1 went in over door: no mask",
        "film.mp4: 0:01.0  person 1: breach begins: no mask; worn correctly is required",
        "film.mp4: 0 people; 0 frames",
    ]


def test_a_name_does_not_control_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    sink = LinesSink("-", name_sources=True)
    sink.write(Happening("a\x1b[2J\nb\udce9.mp4", moment(1.0, events=[event()])))
    (line,) = capsys.readouterr().out.splitlines()
    assert "\x1b" not in line
    assert line.endswith(".mp4: 0:00.0  person 1 entered: no mask (98%)")


def test_a_reader_that_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        def write(self, _text: str) -> None:
            raise BrokenPipeError

        def isatty(self) -> bool:
            return False

    told: list[str] = []
    sinks: Sinks[[Happening | Ending]] = Sinks(told.append)
    sink = LinesSink("-", name_sources=False)
    sinks.open("standard output", lambda: sink)
    monkeypatch.setattr(sink, "_stream", Gone())
    monkeypatch.setattr("glassmask.output.sinks.silence_standard_output", lambda: None)
    assert sink.is_read
    sinks.write(happening())
    assert not sink.is_read
    assert (told, sinks.failed) == ([], False)


class Broken:
    """A film or page that can't be written any more."""

    target = "out.mp4"

    def __init__(self, cause: Exception) -> None:
        self.cause, self.is_aborted = cause, False

    def write(self, _moment: Moment) -> None:
        raise OutputError(f"can't write out.mp4: {self.cause}") from self.cause

    def close(self, _summary: str = "") -> None:
        self.write(moment(0.0))

    def abort(self) -> None:
        self.is_aborted = True


@pytest.mark.parametrize("wrap", [FilmOf, ReportOf])
@pytest.mark.parametrize(
    ("cause", "line"),
    [(OSError(28, "No space left on device"), "No space left on device"),
     (ValueError("Invalid data"), "Invalid data")],
)  # fmt: skip
def test_what_can_not_be_written_is_told_once_and_the_rest_goes_on(
    wrap: Any, cause: Exception, line: str
) -> None:
    for step in ("write", "close"):
        broken, told = Broken(cause), list[str]()
        sinks: Sinks[[Happening | Ending]] = Sinks(told.append)
        sinks.open("out.mp4", lambda broken=broken: wrap(broken))  # type: ignore[misc]
        if step == "write":
            sinks.write(happening())
            sinks.write(happening())
        sinks.close()
        assert told == [f"can't write out.mp4: {line}"]
        assert (sinks.failed, broken.is_aborted) == (True, True)


def shown(now: float, level: int, *people: Any, events: Any = ()) -> Happening:
    frame = Frame(now, np.full((120, 160, 3), level, np.uint8))
    return Happening("camera:0", Moment(now, frame, None, people, tuple(events)))


def test_a_snapshot_of_each_event(tmp_path: Path) -> None:
    folder = tmp_path / "snapshots"
    sink = SnapshotSink(folder, 7 * DAY)
    sink.write(shown(0.0, 50, tracked(1, 50)))
    assert not folder.exists()
    sink.write(shown(0.1, 90, tracked(1, 50), events=[event(), event(track=2)]))
    sink.close()
    names = sorted(path.name for path in folder.iterdir())
    assert [name[-13:] for name in names] == ["entered-1.jpg", "entered-2.jpg"]
    with Image.open(folder / names[0]) as picture:
        pixels = np.asarray(picture)
    assert pixels.shape == (120, 160, 3)
    assert abs(int(pixels[-5, -5].mean()) - 90) <= 2  # the newest frame
    assert np.ptp(pixels[30:70, 30:70].astype(int)) > 50  # with a box around the face
    assert OWN_MARK in (folder / names[0]).read_bytes()[:512]


def test_who_left_is_in_the_snapshot(tmp_path: Path) -> None:
    sink = SnapshotSink(tmp_path, 7 * DAY)
    for number in range(10):
        sink.write(shown(number / 10, 50, tracked(1, 50)))
    for number in range(10, 25):
        sink.write(shown(number / 10, 200, tracked(1, 50, is_seen=False)))
    sink.write(shown(2.5, 200, events=[event(EventKind.LEFT, time=0.9)]))
    (path,) = tmp_path.iterdir()
    with Image.open(path) as picture:
        assert abs(int(np.asarray(picture)[-5, -5].mean()) - 50) <= 2


def test_an_event_before_any_frame_has_no_snapshot(tmp_path: Path) -> None:
    sink = SnapshotSink(tmp_path, 7 * DAY)
    sink.write(Happening("camera:0", Moment(0.0, None, None, (), (event(),))))
    sink.write(ending())
    assert list(tmp_path.iterdir()) == []


def test_old_snapshots_are_deleted_and_nothing_else(tmp_path: Path) -> None:
    sink = SnapshotSink(tmp_path, DAY)
    sink.write(shown(0.0, 50, tracked(1, 50), events=[event()]))
    (fresh,) = tmp_path.iterdir()
    content = fresh.read_bytes()
    foreign = {
        "glassmask-holiday.jpg": content,  # no name of ours
        "glassmask-20200101-000000-000-entered-1.jpg": b"\xff\xd8\xff\xe0 another's picture",
        "door.jpg": content,
        "glassmask-20200101-000000-000-entered-1.png": content,
    }
    for name, data in foreign.items():
        (tmp_path / name).write_bytes(data)
    old = tmp_path / "glassmask-20200102-000000-000-took_off-12.jpg"
    young = tmp_path / "glassmask-20200103-000000-000-left-3.jpg"
    for path in (old, young):
        path.write_bytes(content)
    (tmp_path / "glassmask-20200104-000000-000-left-3.jpg").symlink_to(tmp_path / "door.jpg")
    long_ago, lately = time.time() - DAY - 60, time.time() - DAY + 600
    for path in tmp_path.iterdir():
        when = lately if path in (young, fresh) else long_ago
        os.utime(path, (when, when), follow_symlinks=False)
    before = set(tmp_path.iterdir())
    SnapshotSink(tmp_path, DAY).close()
    assert before - set(tmp_path.iterdir()) == {old}


def test_a_folder_that_can_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        SnapshotSink(tmp_path / "file", DAY)
