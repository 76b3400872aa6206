"""Where a watched source goes: JSON lines, lines for people. Films and pages are sinks, too."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from glassmask.checked import Networks
from glassmask.labels import Wear
from glassmask.output.sinks import TextSink
from glassmask.video.breaches import Breach
from glassmask.video.counts import Counts, Crossing
from glassmask.video.moment import Moment
from glassmask.video.records import (
    VIDEO_SCHEMA,
    breach_record,
    moment_records,
    summary_record,
)
from glassmask.video.wording import breach_text, crossing_text, event_text, summary_text

if TYPE_CHECKING:
    from glassmask.video.film import FilmSink
    from glassmask.video.film_report import FilmReport

_BEGINNING: Final = f'{{"schema": {VIDEO_SCHEMA}, "kind": '.encode()


@dataclass(frozen=True, slots=True, eq=False)
class Happening:
    """A moment, and what follows from it for who watches.

    Attributes:
        source: its name.
        moment: what is known.
        crossings: of lines.
        breaches: of what is required, that begin or end.
    """

    source: str
    moment: Moment
    crossings: tuple[Crossing, ...] = ()
    breaches: tuple[Breach, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Ending:
    """The end of a source.

    Attributes:
        source: its name.
        time: of its last frame, in seconds.
        counts: of all its moments.
        networks: that judged.
        ended: `end`, `stopped`, `given_up` or `breach`.
    """

    source: str
    time: float
    counts: Counts
    networks: Networks
    ended: str


class MomentJsonSink(TextSink):
    """JSON lines: events, gaps, breaches and a summary; with `frames` each frame, too."""

    def __init__(self, target: str, *, frames: bool) -> None:
        """Open the target; `-` is standard output.

        Raises:
            OSError: it can't be written, or is someone else's.
        """
        super().__init__(target, _BEGINNING)
        self._frames = frames

    def write(self, taken: Happening | Ending) -> None:
        """Write a happening's lines, or the summary."""
        if isinstance(taken, Happening):
            records = list(
                moment_records(taken.source, taken.moment, taken.crossings, frames=self._frames)
            )
            records += [breach_record(taken.source, breach) for breach in taken.breaches]
        else:
            records = [
                summary_record(taken.source, taken.time, taken.counts, taken.networks, taken.ended)
            ]
        for record in records:
            self._stream.write(json.dumps(record, allow_nan=False) + "\n")
        if records:
            self._stream.flush()


class LinesSink(TextSink):
    """A line for people for each event, gap and breach."""

    def __init__(self, target: str, *, name_sources: bool, required: Wear | None = None) -> None:
        """Open the target; `-` is standard output.

        Args:
            target: where to.
            name_sources: whether each line begins with its source.
            required: the wear that breaches are of.

        Raises:
            OSError: it can't be written.
        """
        super().__init__(target, b"")
        self._name_sources, self._required = name_sources, required

    def write(self, taken: Happening | Ending) -> None:
        """Write a happening's lines, or the counts."""
        if isinstance(taken, Ending):
            self._say(taken.source, [summary_text(taken.counts)])
            return
        moment = taken.moment
        lines = [event_text(event) for event in moment.events]
        lines += [crossing_text(crossing) for crossing in taken.crossings]
        if self._required is not None:
            lines += [breach_text(breach, self._required) for breach in taken.breaches]
        self._say(taken.source, lines)

    def _say(self, source: str, lines: Sequence[str]) -> None:
        for line in lines:
            self._stream.write(f"{source}: {line}\n" if self._name_sources else f"{line}\n")
        if lines:
            self._stream.flush()


class FilmOf:
    """An annotated film as a sink of happenings."""

    keeps_going = False

    def __init__(self, film: FilmSink) -> None:
        self.target = str(film.target)
        self.film = film

    def write(self, taken: Happening | Ending) -> None:
        """Write a happening's frame."""
        if isinstance(taken, Happening):
            self.film.write(taken.moment)

    def close(self) -> None:
        """Put the film in place."""
        self.film.close()

    def abort(self) -> None:
        """Nothing of it stays."""
        self.film.abort()


class ReportOf:
    """A report of a film as a sink of happenings."""

    keeps_going = False

    def __init__(self, report: FilmReport) -> None:
        self.target = str(report.target)
        self._report = report
        self._summary = ""

    def write(self, taken: Happening | Ending) -> None:
        """Add a happening, or note the counts for the page's head."""
        if isinstance(taken, Happening):
            self._report.write(taken.moment)
        else:
            self._summary = summary_text(taken.counts)

    def close(self) -> None:
        """Write the page."""
        self._report.close(self._summary)

    def abort(self) -> None:
        """Nothing of it stays."""
        self._report.abort()
