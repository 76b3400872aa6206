from __future__ import annotations

import base64
import io
import re
import weakref
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from glassmask import Checker, Part, Verdict, Wear
from glassmask.errors import OutputError
from glassmask.video import film_report
from glassmask.video.events import Event, EventKind
from glassmask.video.film_report import FilmReport
from glassmask.video.moment import Moment, Tracked
from glassmask.video.source import Frame, Gap, GapKind
from glassmask.video.state import State
from glassmask.video.timeline import Row, axis, sentence

CORRECT = State(Wear.CORRECT, (), 0.97, unsure=False)
NOSE = State(Wear.INCORRECT, (Part.NOSE,), 0.91, unsure=False)
NONE = State(Wear.NONE, (), 0.99, unsure=False)


class Page(HTMLParser):
    """Collects what a page holds, and checks that its tags are closed in order."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._open: list[str] = []
        self.text = (folder / "index.html").read_text(encoding="utf-8")
        self.feed(self.text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {key: value or "" for key, value in attrs}))
        if tag not in ("meta", "img", "br"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def pictures(self) -> list[NDArray[np.uint8]]:
        start = "data:image/jpeg;base64,"
        urls = [image["src"] for image in self.all("img")]
        assert all(url.startswith(start) for url in urls)
        files = (io.BytesIO(base64.b64decode(url[len(start) :])) for url in urls)
        return [np.asarray(Image.open(file)) for file in files]

    def runs(self) -> list[tuple[str, float, float]]:
        """The parts of all bands: class, begin, end."""
        styled = [item for item in self.all("i") if "style" in item]
        spans = [re.findall(r"--[ab]:([\d.]+)", item["style"]) for item in styled]
        return [
            (item["class"], float(begin), float(end))
            for item, (begin, end) in zip(styled, spans, strict=True)
        ]


@pytest.fixture(scope="module")
def verdict(checker: Checker, demo: dict[str, NDArray[np.uint8]]) -> Verdict:
    (verdict,) = checker.check(demo["nose"]).verdicts
    return verdict


def moment(
    time: float,
    verdict: Verdict,
    states: dict[int, State],
    *events: Event,
    level: int | None = None,
    seen: bool = True,
) -> Moment:
    pixels = np.full((220, 210, 3), 40 if level is None else level, np.uint8)
    tracks = tuple(
        Tracked(number, verdict.face, seen, state, verdict, time)
        for number, state in states.items()
    )
    return Moment(time, Frame(time, pixels), None, tracks, events)


def event(
    time: float,
    kind: EventKind,
    state: State,
    verdict: Verdict,
    *,
    track: int = 1,
    before: State | None = None,
    worst: State | None = None,
) -> Event:
    return Event(time, kind, track, state, before, worst or state, verdict)


def test_bands_events_and_pictures(tmp_path: Path, verdict: Verdict) -> None:
    """Unsure for 0.4 s, without a mask up to 1.0, correct up to 2.0; told 0.1 s late."""
    report = FilmReport(tmp_path / "out")
    for step in range(21):
        time = 10 + step / 10
        state = State() if step < 5 else NONE if step < 11 else CORRECT
        told = []
        if step == 5:
            told = [event(10.4, EventKind.ENTERED, NONE, verdict)]
        if step == 11:
            told = [event(11.0, EventKind.PUT_ON, CORRECT, verdict, before=NONE, worst=NONE)]
        report.write(moment(time, verdict, {1: state}, *told, level=10 * step))
    end = event(12.0, EventKind.LEFT, CORRECT, verdict, before=CORRECT, worst=NONE)
    report.write(Moment(12.0, None, None, (), (end,)))
    report.close("door.mp4: one person")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["index.html"]
    page = Page(tmp_path / "out")
    assert page.runs() == [("unsure", 0, 0.4), ("none", 0.4, 1.0), ("correct", 1.0, 2.0)]
    assert "--t:2.000" in page.text
    (band,) = [item for item in page.all("div") if item.get("class") == "band"]
    assert band["role"] == "img"
    assert "no mask, 0:10.4 to 0:11.0; worn correctly, 0:11.0 to 0:12.0" in band["aria-label"]
    marks = {item["href"]: item for item in page.all("a") if "style" in item}
    assert [item["style"] for item in marks.values()] == ["--a:0.40", "--a:1.00", "--a:2.00"]
    assert set(marks) == {f"#{item['id']}" for item in page.all("li") if "id" in item}
    assert marks["#e2"]["title"] == "0:11.0: Put a mask on: worn correctly (97% sure)."
    assert "unsure 0.4 s, no mask 0.6 s, worn correctly 1.0 s" in page.text
    assert "Left. The last state: worn correctly; the worst: no mask." in page.text
    corners = [picture[:8, :8].mean() for picture in page.pictures()]
    np.testing.assert_allclose(corners, [40, 100], atol=4)  # of the frames of the events
    assert all(np.ptp(picture.reshape(-1, 3), axis=0).max() > 60 for picture in page.pictures())


def test_the_page_is_self_contained_and_says_what_it_shows(
    tmp_path: Path, verdict: Verdict
) -> None:
    report = FilmReport(tmp_path)
    report.write(moment(0, verdict, {1: NOSE}))
    report.close("3 people, $summary & more")
    page = Page(tmp_path)
    assert "3 people, $summary &amp; more" in page.text
    names = {name for name, _ in page.tags}
    assert not names & {"script", "link", "iframe", "object"}
    assert all(item["href"].startswith("#") for item in page.all("a"))
    assert "default-src 'none'" in page.text
    assert "nothing was sent anywhere" in page.text
    legend = page.text.split('class="legend"')[1].split("</p>")[0]
    for text in ("worn correctly", "worn incorrectly", "no mask", "unsure", "no frames"):
        assert text in legend
    for colour in ("0, 114, 178", "230, 159, 0", "204, 61, 102", "128, 128, 128"):
        assert f"rgb({colour})" in page.text


def test_hostile_lines_can_not_become_markup(tmp_path: Path, verdict: Verdict) -> None:
    report = FilmReport(tmp_path)
    report.write(moment(0, verdict, {1: NONE}))
    line = '<script>alert("1")</script>\0\x1b[31m " onmouseover="x'
    report.write(Moment(0.5, None, Gap(0.5, GapKind.LOST, line), (), ()))
    report.write(moment(2.5, verdict, {1: NONE}))
    report.close(f"<img src=http://evil> {line}")
    page = Page(tmp_path)
    assert not page.all("script")
    assert not page.all("img")
    assert not any("onmouseover" in item for _, item in page.tags)
    assert "\x1b" not in page.text
    assert "\0" not in page.text
    assert "&lt;script&gt;" in page.text


def test_gaps_are_on_the_axis_and_listed(tmp_path: Path, verdict: Verdict) -> None:
    report = FilmReport(tmp_path)
    report.write(moment(0, verdict, {1: NONE}))
    report.write(Moment(1.0, None, Gap(1.0, GapKind.LOST, "lost: it ended"), (), ()))
    report.write(Moment(4.0, None, Gap(4.0, GapKind.BACK, "back after 3.0 s"), (), ()))
    report.write(moment(4.5, verdict, {2: NONE}))
    report.write(Moment(6.0, None, Gap(6.0, GapKind.CUT_OFF, "cut off"), (), ()))
    report.write(Moment(6.0, None, None, (), ()))
    report.close("")
    page = Page(tmp_path)
    assert [item["style"] for item in page.all("s")] == ["--a:1.00;--b:4.00", "--a:6.00;--b:6.00"]
    assert "0:01.0 to 0:04.0: lost: it ended" in page.text
    assert "0:06.0: cut off" in page.text


def test_tracks_stand_in_order_however_they_left(tmp_path: Path, verdict: Verdict) -> None:
    report = FilmReport(tmp_path)
    enter = [event(0, EventKind.ENTERED, NONE, verdict, track=n) for n in (1, 2, 3)]
    report.write(moment(0, verdict, {1: NONE, 2: NONE, 3: NONE}, *enter))
    report.write(moment(0.1, verdict, {1: NONE, 3: NONE}))
    report.write(moment(0.2, verdict, {1: NONE}))
    report.close("")
    page = Page(tmp_path)
    assert [item["id"] for item in page.all("article")] == ["t1", "t2", "t3"]
    assert re.findall(r'href="#t(\d)"', page.text) == ["1", "2", "3"]


def test_a_face_that_is_not_seen_leaves_a_hole_and_who_never_is_no_band(
    tmp_path: Path, verdict: Verdict
) -> None:
    report = FilmReport(tmp_path)
    for time in (0.0, 0.3, 1.3, 1.5):
        report.write(moment(time, verdict, {1: NONE}))
    report.write(moment(1.6, verdict, {1: NONE, 2: NONE}, seen=False))
    report.close("")
    page = Page(tmp_path)
    assert page.runs() == [("none", 0, 0.3), ("none", 1.3, 1.5)]
    assert "Person 2" not in page.text


def test_no_more_pictures_than_there_is_room_for(
    tmp_path: Path, verdict: Verdict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(film_report, "PICTURES", 2)
    report = FilmReport(tmp_path)
    for n in range(1, 6):
        told = event(n / 10, EventKind.ENTERED, NONE, verdict, track=n)
        report.write(moment(n / 10, verdict, {n: NONE}, told))
    report.close("")
    page = Page(tmp_path)
    assert len(page.pictures()) == 2
    assert "Changes told without a picture: 3 of 5." in page.text
    assert page.text.count("Came in without a mask (99% sure).</p>") == 5


def test_few_frames_are_kept(tmp_path: Path, verdict: Verdict) -> None:
    report = FilmReport(tmp_path)
    alive = []
    for step in range(100):
        one = moment(step / 25, verdict, {1: NONE})
        assert one.frame is not None
        alive.append(weakref.ref(one.frame.pixels))
        report.write(one)
    assert sum(ref() is not None for ref in alive) <= 41
    report.abort()


def test_pictures_can_be_blurred(
    tmp_path: Path, verdict: Verdict, demo: dict[str, NDArray[np.uint8]]
) -> None:
    face = np.asarray(demo["nose"])
    told = event(0, EventKind.ENTERED, NOSE, verdict)
    tracks = (Tracked(1, verdict.face, True, NOSE, verdict, 0.0),)
    steps = []
    for blur in (False, True):
        report = FilmReport(tmp_path / str(blur), blur=blur)
        report.write(Moment(0, Frame(0, face), None, tracks, (told,)))
        report.close("")
        (picture,) = Page(tmp_path / str(blur)).pictures()
        corner = picture[:60].astype(int)  # over the eyes: little heat, all of the face's detail
        steps.append(np.percentile(np.abs(np.diff(corner, axis=1)), 99))
    assert steps[1] < 0.3 * steps[0]


def test_a_report_replaces_reports_alone(tmp_path: Path) -> None:
    own = FilmReport(tmp_path)
    own.close("first")
    FilmReport(tmp_path).close("second")
    assert "second" in Page(tmp_path).text
    (tmp_path / "index.html").write_text("<title>My site</title>")
    with pytest.raises(OutputError, match="no report of Glassmask"):
        FilmReport(tmp_path)
    assert (tmp_path / "index.html").read_text() == "<title>My site</title>"


def test_nothing_stays_of_what_was_given_up(tmp_path: Path, verdict: Verdict) -> None:
    report = FilmReport(tmp_path / "a" / "b")
    report.write(moment(0, verdict, {1: NONE}))
    report.abort()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    with pytest.raises(OutputError) as caught:
        FilmReport(tmp_path / "file" / "report")
    assert "\n" not in str(caught.value)


def test_an_empty_report_says_so(tmp_path: Path) -> None:
    FilmReport(tmp_path).close("nothing came")
    assert "No face was seen." in Page(tmp_path).text


def test_the_axis_has_round_times() -> None:
    assert re.findall(r"--a:([\d.]+)\"><span>([\d:.]+)<", axis(7.5, 40)) == [
        ("2.50", "0:10"),
        ("7.50", "0:15"),
        ("12.50", "0:20"),
        ("17.50", "0:25"),
        ("22.50", "0:30"),
        ("27.50", "0:35"),
        ("32.50", "0:40"),
        ("37.50", "0:45"),
    ]
    assert axis(0, 0).count("<b ") == 1
    assert axis(0, 30 * 24 * 3600).count("<b ") <= 12


def test_a_change_that_is_told_late_begins_at_its_own_time() -> None:
    row = Row()
    for time in (0.0, 0.1, 0.2, 0.3):
        row.see(time, NONE)
    row.turn(0.2, CORRECT)
    row.see(0.4, CORRECT)
    assert [(r.begin, r.end, r.kind) for r in row.runs] == [(0, 0.2, "none"), (0.2, 0.4, "correct")]


@pytest.mark.parametrize("kind", list(EventKind))
@pytest.mark.parametrize("state", [CORRECT, NOSE, NONE])
def test_every_event_has_a_sentence(kind: EventKind, state: State, verdict: Verdict) -> None:
    text = sentence(event(1.0, kind, state, verdict, before=NOSE))
    assert text[0].isupper()
    assert text.endswith(".")
    assert "None" not in text
