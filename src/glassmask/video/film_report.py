"""The report of a film: one self-contained HTML page, a timeline and a picture of each change."""

from __future__ import annotations

import contextlib
import tempfile
from collections import deque
from html import escape
from importlib import resources
from pathlib import Path
from string import Template
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.errors import OutputError
from glassmask.evidence import enlarge
from glassmask.faces.crop import crop
from glassmask.files import make_folders, remove_folders, replacing
from glassmask.output.annotate import COLOURS, UNSURE_COLOUR
from glassmask.output.draw import data_url, heat
from glassmask.output.names import printable
from glassmask.output.report import require_own_page
from glassmask.output.sinks import whole_or_nothing
from glassmask.output.wording import explanation
from glassmask.verdict import Verdict
from glassmask.version import __version__
from glassmask.video.events import Event, EventKind
from glassmask.video.moment import Moment
from glassmask.video.overlay import blur_face
from glassmask.video.source import Gap, GapKind
from glassmask.video.timeline import (
    Row,
    axis,
    gap_bars,
    gap_list,
    lane,
    mark,
    sentence,
    state_kind,
    title,
)
from glassmask.video.wording import clock, state_text

PICTURES: Final = 200
"""So many changes are shown; all others are told."""

GAPS: Final = 500
"""So many gaps are listed."""

CLOSE_UP: Final = 240
"""Side of a picture in pixels."""

HELD: Final = 40
HELD_BYTES: Final = 200_000_000
"""Frames that are kept, for an event is told a little after its own: so many, of so many bytes."""

_SAME_FRAME: Final = 0.1  # seconds: an event's own frame is that near, or it is gone


class FilmReport:
    """Writes `index.html` into a folder: moment by moment, put in place when closed.

    Pictures go to a file at once, and what is told of a track once it has left: a long film needs
    no more memory than a short one.

    Attributes:
        target: the folder; names it in messages.
    """

    keeps_going = False

    def __init__(self, folder: Path, *, blur: bool = False) -> None:
        """Start a report.

        Args:
            folder: where to; it is made.
            blur: whether the faces in its pictures are made unrecognisable.

        Raises:
            OutputError: the folder can't be made or written, or its index.html is someone else's.
        """
        self.target = str(folder)
        self._page, self._blur = folder / "index.html", blur
        self._made: list[Path] = []
        try:
            require_own_page(self._page)
            self._made = make_folders(folder)
            # Without a name: nothing is left of it, whatever ends the run.
            self._parts = tempfile.TemporaryFile("w+b", dir=folder)  # noqa: SIM115
        except OSError as error:
            remove_folders(self._made)
            raise OutputError(f"can't write {self.target}: {error.strerror or error}") from error
        self._frames: deque[tuple[float, NDArray[np.uint8]]] = deque()
        self._begin: float | None = None
        self._end = 0.0
        self._rows: dict[int, Row] = {}  # of tracks that are there
        self._left: list[tuple[int, tuple[int, int], tuple[int, int]]] = []
        self._gaps: list[tuple[float, float, str]] = []
        self._open_gap: Gap | None = None
        self._events = self._changes = self._pictures = self._unlisted_gaps = 0

    def write(self, moment: Moment) -> None:
        """Take a moment.

        Raises:
            OutputError: it can't be written; nothing of the report stays.
        """
        with whole_or_nothing(self):
            if self._begin is None:
                self._begin = moment.time
            now = moment.time - self._begin
            self._end = max(self._end, now)
            if moment.gap is not None:
                self._note_gap(moment.gap)
            if moment.frame is not None:
                self._close_gap(moment.time)
                self._hold(moment.time, moment.frame.pixels)
                for tracked in moment.tracks:
                    row = self._rows.setdefault(tracked.track, Row())
                    if tracked.is_seen:
                        row.see(now, tracked.state)
            for event in moment.events:
                self._note_event(event)
            if moment.frame is not None:  # a gap has no tracks, but does not end them
                here = {tracked.track for tracked in moment.tracks}
                for number in [n for n in self._rows if n not in here]:
                    self._finish(number)

    def close(self, summary_line: str) -> None:
        """Write the page; until now there was none, or the one of an earlier run.

        Args:
            summary_line: what the page begins with: what was watched, and how many were seen.

        Raises:
            OutputError: it can't be written; nothing of it stays.
        """
        with whole_or_nothing(self):
            for number in list(self._rows):
                self._finish(number)
            self._close_gap(self._end + (self._begin or 0.0))
            page = self._filled(summary_line)
            self._left.sort()
            with replacing(self._page) as partial, partial.open("wb") as out:
                before, between, after = page.encode().split(b"\0")
                out.write(before)
                for _, row, _ in self._left:
                    out.write(self._part(row))
                out.write(between)
                for _, _, cards in self._left:
                    out.write(self._part(cards))
                out.write(after)
            self._parts.close()

    def abort(self) -> None:
        """Give up: nothing of this report stays."""
        with contextlib.suppress(OSError):
            self._parts.close()
        self._frames.clear()
        remove_folders(self._made)

    def _hold(self, time: float, pixels: NDArray[np.uint8]) -> None:
        self._frames.append((time, pixels))
        most = min(HELD, max(1, HELD_BYTES // max(1, pixels.nbytes)))
        while len(self._frames) > most:
            self._frames.popleft()

    def _note_gap(self, gap: Gap) -> None:
        if gap.kind is GapKind.BACK:
            self._close_gap(gap.time)
        elif self._open_gap is None:
            self._open_gap = gap

    def _close_gap(self, time: float) -> None:
        gap, self._open_gap = self._open_gap, None
        if gap is None or self._begin is None:
            return
        if len(self._gaps) < GAPS:
            self._gaps.append((gap.time - self._begin, time - self._begin, gap.line))
        else:
            self._unlisted_gaps += 1

    def _note_event(self, event: Event) -> None:
        """Write an event's card, with a picture of it where there is room for one."""
        assert self._begin is not None
        self._events += 1
        self._changes += event.kind is not EventKind.LEFT
        row, name = self._rows.setdefault(event.track, Row()), f"e{self._events}"
        at = max(0.0, event.time - self._begin)
        row.marks.append(mark(event, name, at))
        figure = badge = about = ""
        if event.kind is not EventKind.LEFT:
            row.turn(at, event.state)
            kind, text = state_kind(event.state), escape(state_text(event.state))
            badge = f'<span class="verdict {kind}">{text}</span>'
            about = f"<p>This look alone: {escape(explanation(event.verdict))}</p>"
            pixels = self._frame_at(event.time)
            if pixels is not None and event.verdict.optional_evidence is not None:
                figure = self._figure(pixels, event.verdict)
        row.cards.append(
            self._put(
                f'<li id="{name}">{figure}<section><p><time>{clock(event.time)}</time> '
                f"{badge}</p>\n<p>{escape(sentence(event))}</p>{about}</section></li>\n"
            )
        )

    def _frame_at(self, time: float) -> NDArray[np.uint8] | None:
        if self._pictures >= PICTURES or not self._frames:
            return None
        then, pixels = min(self._frames, key=lambda held: abs(held[0] - time))
        return pixels if abs(then - time) <= _SAME_FRAME else None

    def _figure(self, pixels: NDArray[np.uint8], verdict: Verdict) -> str:
        self._pictures += 1
        face = crop(pixels, verdict.evidence.square, CLOSE_UP)
        if self._blur:
            blur_face(face, (0.0, 0.0, float(CLOSE_UP), float(CLOSE_UP)))
        warm = heat(face, enlarge(verdict.evidence.grid(), CLOSE_UP))
        return (
            f'<figure><img src="{data_url(warm)}" width="{CLOSE_UP}" height="{CLOSE_UP}" '
            f'loading="lazy" alt="The face, with the evidence for this verdict"></figure>'
        )

    def _finish(self, number: int) -> None:
        """Write what is told of a track that has left."""
        assert self._begin is not None
        row = self._rows.pop(number)
        if not row.runs:  # found once and never seen again
            return
        cards = b"".join(self._part(card) for card in row.cards)
        band = self._put(lane(number, row, self._begin))
        heading = title(number, row, self._begin)
        head = f'<article id="t{number}"><h2>{heading}</h2>\n<ol class="events">\n'
        article = self._put(f"{head}{cards.decode()}</ol></article>\n" if cards else "")
        self._left.append((number, band, article))

    def _put(self, html: str) -> tuple[int, int]:
        """Write to the file; where it begins, and its length, in bytes."""
        self._parts.seek(0, 2)
        content = html.encode()
        start = self._parts.tell()
        self._parts.write(content)
        return start, len(content)

    def _part(self, where: tuple[int, int]) -> bytes:
        self._parts.seek(where[0])
        return self._parts.read(where[1])

    def _filled(self, summary_line: str) -> str:
        """The page, with a NUL where the bands go, and one where the tracks' articles go."""
        begin = self._begin or 0.0
        colours = {f"colour_{wear}": "rgb({}, {}, {})".format(*c) for wear, c in COLOURS.items()}
        notes = [] if self._left else ["No face was seen."]
        if left_out := self._changes - self._pictures:
            notes.append(f"Changes told without a picture: {left_out} of {self._changes}.")
        page = resources.files("glassmask.video").joinpath("film_report.html")
        return Template(page.read_text(encoding="utf-8")).substitute(
            summary=escape(printable(summary_line)),
            notes="".join(f"<p>{escape(note)}</p>" for note in notes),
            length=f"{max(self._end, 0.1):.3f}",
            axis=axis(begin, self._end),
            gap_bars=gap_bars(self._gaps, begin),
            gap_list=gap_list(self._gaps, begin, self._unlisted_gaps),
            version=escape(__version__),
            colour_unsure="rgb({}, {}, {})".format(*UNSURE_COLOUR),
            rows="\0",
            articles="\0",
            **colours,
        )
