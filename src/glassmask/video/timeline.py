"""The timeline of a film's report: bands, marks, gaps and an axis, as HTML; and its sentences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Final

from glassmask.labels import Wear
from glassmask.output.names import printable
from glassmask.output.wording import WEAR_TEXT, percent, uncovered_text
from glassmask.video.events import Event, EventKind
from glassmask.video.state import State
from glassmask.video.wording import clock, state_text

UNSEEN: Final = 0.5
"""Seconds without a sight after which a band has a hole."""

_STEPS: Final = (0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200)
"""Seconds between two ticks of the axis."""

_TICKS: Final = 10  # at most so many, or they run into each other

_SPOKEN: Final = 12  # so many parts of a band are read out

_MARKS: Final = {EventKind.ENTERED: "▸", EventKind.LEFT: "◂"}  # all others: ▾


@dataclass(frozen=True, slots=True)
class Run:
    """A time in which a track was seen in one state.

    Attributes:
        begin: seconds since the report's first moment.
        end: likewise.
        kind: CSS class: a wear, or `unsure`.
        text: the state in words.
    """

    begin: float
    end: float
    kind: str
    text: str


@dataclass(slots=True)
class Row:
    """A track: when it was in which state.

    Attributes:
        runs: in the order of time.
        marks: HTML of its events' marks.
        cards: of each event, where its HTML begins in the report's file, and its length, in bytes.
    """

    runs: list[Run] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    cards: list[tuple[int, int]] = field(default_factory=list)

    def see(self, time: float, state: State) -> None:
        """Note the state at a time, in seconds since the report's first moment."""
        kind, text = state_kind(state), state_text(state)
        last = self.runs[-1] if self.runs else None
        if last is None or time - last.end > UNSEEN:
            self.runs.append(Run(time, time, kind, text))
            return
        self.runs[-1] = replace(last, end=time)
        if (last.kind, last.text) != (kind, text):
            self.runs.append(Run(time, time, kind, text))

    def turn(self, time: float, state: State) -> None:
        """Note a change that has become known a little after its own time."""
        end = self.runs[-1].end if self.runs else time
        while self.runs and self.runs[-1].begin >= time:
            self.runs.pop()
        if self.runs and self.runs[-1].end > time:
            self.runs[-1] = replace(self.runs[-1], end=time)
        self.runs.append(Run(time, max(time, end), state_kind(state), state_text(state)))


def state_kind(state: State) -> str:
    """The CSS class of a state: its wear, or `unsure`."""
    return "unsure" if state.unsure or state.wear is None else str(state.wear)


def sentence(event: Event) -> str:
    """What happened, for people."""
    text, state = state_text(event.state), event.state
    if event.kind is EventKind.LEFT:
        worst = state_text(event.worst)
        return f"Left. The last state: {text}{'' if worst == text else f'; the worst: {worst}'}."
    before = "" if event.before is None else f", before that {state_text(event.before)}"
    said = {
        EventKind.ENTERED: f"Came in {_with(state)}",
        EventKind.PUT_ON: f"Put a mask on: {text}",
        EventKind.TOOK_OFF: "Took the mask off",
        EventKind.BECAME_INCORRECT: f"The mask is not worn correctly any more: {text}",
        EventKind.BECAME_CORRECT: "The mask is worn correctly now",
        EventKind.CHANGED: f"The mask is worn otherwise now: {text}{before}",
    }[event.kind]
    return f"{said} ({percent(state.probability)} sure)."


def _with(state: State) -> str:
    if state.wear is Wear.NONE:
        return "without a mask"
    if state.uncovered:
        return f"with the {uncovered_text(state.uncovered)}"
    return "with the mask " + WEAR_TEXT[state.wear or Wear.CORRECT]


def mark(event: Event, name: str, at: float) -> str:
    """An event's mark in a band: a link to its card.

    Args:
        event: what happened.
        name: of the card.
        at: seconds since the report's first moment.
    """
    title = escape(f"{clock(event.time)}: {sentence(event)}")
    glyph = _MARKS.get(event.kind, "▾")
    return (
        f'<a class="{event.kind}" href="#{name}" style="--a:{at:.2f}" title="{title}" '
        f'aria-label="{title}">{glyph}</a>'
    )


def lane(number: int, row: Row, begin: float) -> str:
    """A track's band.

    Args:
        number: the track's.
        row: what is known of it.
        begin: seconds of the source at the report's first moment.
    """
    parts = "".join(
        f'<i class="{run.kind}" style="--a:{run.begin:.2f};--b:{run.end:.2f}" '
        f'title="{escape(_spoken(run, begin))}"></i>'
        for run in row.runs
    )
    spoken = [_spoken(run, begin) for run in row.runs[:_SPOKEN]]
    if len(row.runs) > _SPOKEN:
        spoken.append(f"and {len(row.runs) - _SPOKEN} more")
    name = f"Person {number}"
    who = f'<a href="#t{number}">{name}</a>' if row.cards else name
    label = escape(f"{name}: {'; '.join(spoken) or 'never seen'}")
    return (
        f'<li><span class="who">{who}</span><div class="lane">'
        f'<div class="band" role="img" aria-label="{label}">{parts}</div>'
        f"{''.join(row.marks)}</div></li>\n"
    )


def _spoken(run: Run, begin: float) -> str:
    return f"{run.text}, {clock(begin + run.begin)} to {clock(begin + run.end)}"


def title(number: int, row: Row, begin: float) -> str:
    """A track's heading: when it was there, and for how long in which state."""
    if not row.runs:
        return f"Person {number}"
    times: defaultdict[str, float] = defaultdict(float)
    for run in row.runs:
        times["unsure" if run.kind == "unsure" else run.text] += run.end - run.begin
    told = ", ".join(f"{text} {seconds:.1f} s" for text, seconds in times.items() if seconds > 0.05)
    first, last = (clock(begin + t) for t in (row.runs[0].begin, row.runs[-1].end))
    return escape(f"Person {number}, {first} to {last}") + f" <small>{escape(told)}</small>"


def axis(begin: float, length: float) -> str:
    """The ticks of a timeline, with lines down through the bands.

    Args:
        begin: seconds of the source at the report's first moment.
        length: seconds from there to its last.
    """
    step = next((step for step in _STEPS if length / step <= _TICKS), length / _TICKS)
    first = -(-begin // step) * step
    ticks: list[str] = []
    while first + len(ticks) * step <= begin + length + 1e-6:
        time = first + len(ticks) * step
        text = clock(time) if step < 1 else clock(time)[:-2]
        ticks.append(f'<b style="--a:{time - begin:.2f}"><span>{text}</span></b>')
    return "".join(ticks)


def gap_bars(gaps: Iterable[tuple[float, float, str]], begin: float) -> str:
    """Times without frames, over all bands: begin and end from the first moment, and why."""
    return "".join(
        f'<s style="--a:{start:.2f};--b:{end:.2f}" '
        f'title="{escape(_gap(start + begin, end + begin, line))}"></s>'
        for start, end, line in gaps
    )


def gap_list(gaps: Sequence[tuple[float, float, str]], begin: float, more: int) -> str:
    """The same as a list; `more` are left out of it."""
    if not gaps:
        return ""
    lines = [_gap(start + begin, end + begin, line) for start, end, line in gaps]
    if more:
        lines.append(f"{more} more")
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f'<section class="gaps"><h2>Times without frames</h2><ul>{items}</ul></section>'


def _gap(start: float, end: float, line: str) -> str:
    shown = clock(start), clock(end)
    when = shown[0] if shown[0] == shown[1] else f"{shown[0]} to {shown[1]}"
    return f"{when}: {printable(line)}"
