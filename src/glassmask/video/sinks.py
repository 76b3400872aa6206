"""Where a watched source goes: JSON lines, lines for people. Films and pages are sinks, too."""

from __future__ import annotations

import contextlib
import json
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from glassmask.checked import Networks
from glassmask.errors import OutputError
from glassmask.labels import Wear
from glassmask.output.names import printable
from glassmask.output.sinks import STANDARD_OUTPUT, TextSink, require_own
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
        ended: `end`, `stopped`, `time_over`, `given_up` or `breach`.
    """

    source: str
    time: float
    counts: Counts
    networks: Networks
    ended: str


class StreamedSink(TextSink, ABC):
    """Lines that are written as they come.

    Attributes:
        is_read: whether the reader of standard output is still there.
    """

    is_read = True

    @abstractmethod
    def write(self, taken: Happening | Ending) -> None:
        """Write what there is to tell."""

    def _tell(self, lines: Sequence[str]) -> None:
        stream = self._stream
        if self.target == STANDARD_OUTPUT and stream.isatty():
            stream = sys.stdout  # as a bar on the same screen has set it, to stay below the lines
        try:
            for line in lines:
                stream.write(f"{line}\n")
            if lines:
                stream.flush()
        except BrokenPipeError:
            self.is_read = False
            raise


class MomentJsonSink(StreamedSink):
    """JSON lines: events, gaps, breaches and a summary; with `frames` each frame, too."""

    def __init__(self, target: str, *, frames: bool, adds: bool = False) -> None:
        """Open the target; `-` is standard output.

        Args:
            target: where to.
            frames: whether frames have lines, too.
            adds: whether lines are added to the file as they come, after those of earlier runs;
                else it is put in place, whole, when it is closed.

        Raises:
            OSError: it can't be written, or is someone else's.
        """
        self._frames = frames
        if adds and target != "-":
            require_own(Path(target), _BEGINNING)
            self.target, self._file = target, None
            self._stream = open(target, "a", encoding="utf-8", newline="")  # noqa: SIM115
        else:
            super().__init__(target, _BEGINNING)

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
        self._tell([json.dumps(record, allow_nan=False) for record in records])


class LinesSink(StreamedSink):
    """A line for people for each event, crossing and breach, and the counts at the end."""

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
        start = f"{source}: " if self._name_sources else ""
        self._tell([printable(start + line) for line in lines])


@contextlib.contextmanager
def _as_sinks_do() -> Iterator[None]:
    """Where something can't be written, sinks raise an `OSError`, which says why alone."""
    try:
        yield
    except OutputError as error:
        cause = error.__cause__
        raise cause if isinstance(cause, OSError) else OSError(str(cause or error)) from error


class FilmOf:
    """An annotated film as a sink of happenings."""

    keeps_going = False

    def __init__(self, film: FilmSink) -> None:
        self.target = str(film.target)
        self.film = film

    def write(self, taken: Happening | Ending) -> None:
        """Write a happening's frame."""
        if isinstance(taken, Happening):
            with _as_sinks_do():
                self.film.write(taken.moment)

    def close(self) -> None:
        """Put the film in place."""
        with _as_sinks_do():
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
            with _as_sinks_do():
                self._report.write(taken.moment)
        else:
            self._summary = summary_text(taken.counts)

    def close(self) -> None:
        """Write the page."""
        with _as_sinks_do():
            self._report.close(self._summary)

    def abort(self) -> None:
        """Nothing of it stays."""
        self._report.abort()
