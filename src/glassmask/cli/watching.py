"""What `glassmask video` and `glassmask watch` share: a source from its first frame to its last."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from glassmask.cli.interrupt import StopRequest, WaitEnded
from glassmask.cli.terminal import complain
from glassmask.output.names import printable
from glassmask.video.closing import ClosedByWith

if TYPE_CHECKING:
    from glassmask.checker import Checker
    from glassmask.output.sinks import Sinks
    from glassmask.video.breaches import Breach, Breaches
    from glassmask.video.counts import Counts
    from glassmask.video.moment import Moment
    from glassmask.video.pace import Pace
    from glassmask.video.sinks import Ending, Happening, StreamedSink
    from glassmask.video.source import Frame, Gap, Source


@dataclass(slots=True)
class Watching:
    """How a source is watched, and what comes of it.

    Attributes:
        checker: judges.
        pace: how often.
        min_face: leave out smaller faces, in pixels.
        sinks: where everything goes.
        breaches: of what is required; None where nothing is.
        stop_at_breach: end at the first.
        until: seconds for which a source is watched; None: to its own end.
        reader: who reads standard output, where nothing else is written: nobody is left to watch
            for when that one has gone. None: it does not matter.
        on_moment: told of each moment, for a bar or a line.
        ended: what ended the last source.
    """

    checker: Checker
    pace: Pace
    min_face: float
    sinks: tuple[Sinks[[Happening | Ending]], ...]
    breaches: Breaches | None = None
    stop_at_breach: bool = False
    until: float | None = None
    reader: StreamedSink | None = None
    on_moment: Callable[[Happening, Counts], None] = field(default=lambda _happening, _counts: None)
    ended: str = "end"

    def run(self, source: Source, counts: Counts, request: StopRequest) -> None:
        """Watch a source to its end, or until asked to stop.

        Raises:
            VideoError: it can't go on.
            NetworkError: the network gives values that are no numbers.
        """
        from glassmask.video.loop import watch
        from glassmask.video.sinks import Ending, Happening
        from glassmask.video.source import GapKind

        self.ended, last = "end", 0.0
        cut = _Cut(source, self, request)
        for moment in watch(cut, self.checker, pace=self.pace, min_face=self.min_face):
            last = moment.time
            crossings = tuple(counts.note(moment))
            breaches = self._breaches(moment)
            happening = Happening(source.name, moment, crossings, breaches)
            self._write(happening)
            if moment.gap is not None:
                complain(f"{source.name}: {moment.gap.line}")
                if moment.gap.kind is GapKind.GIVEN_UP:
                    self.ended = "given_up"
            self.on_moment(happening, counts)
            if self.stop_at_breach and any(breach.begins for breach in breaches):
                self.ended = "breach"
            if self.reader is not None and not self.reader.is_read:
                self.ended = "stopped"
        self._write(Ending(source.name, last, counts, self.checker.networks, self.ended))

    def _breaches(self, moment: Moment) -> tuple[Breach, ...]:
        if self.breaches is None:
            return ()
        told = [self.breaches.note(event) for event in moment.events]
        return tuple(breach for breach in told if breach is not None)

    def _write(self, taken: Happening | Ending) -> None:
        for sinks in self.sinks:
            sinks.write(taken)


class _Cut(ClosedByWith):
    """A source that also ends when somebody asks, when its time is over, or at a breach."""

    def __init__(self, source: Source, watching: Watching, request: StopRequest) -> None:
        self._source, self._watching, self._request = source, watching, request
        self.name, self.is_live = source.name, source.is_live

    def __iter__(self) -> Iterator[Frame | Gap]:
        items = iter(self._source)
        with self._ended_in_time():
            while self._watching.ended == "end":
                try:
                    with self._request.waiting():  # for a lost camera that may be long
                        item = next(items, None)
                except WaitEnded:
                    item = None
                if self._request.wanted is not None:
                    self._watching.ended = "stopped"
                    return
                if item is None:
                    return
                yield item

    @contextlib.contextmanager
    def _ended_in_time(self) -> Iterator[None]:
        """Close the source when its time is over: one that is lost tells nothing by itself."""
        if self._watching.until is None:
            yield
            return
        timer = threading.Timer(self._watching.until, self._end)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _end(self) -> None:
        if self._watching.ended == "end":
            self._watching.ended = "time_over"
        self._source.close()

    def close(self) -> None:
        """Close the source."""
        self._source.close()


def add_streamed(
    sinks: Sinks[[Happening | Ending]], target: str, make: Callable[[], StreamedSink]
) -> StreamedSink:
    """Open one more sink, and give it: who reads it may leave.

    Raises:
        OutputError: it can't be opened; the others are aborted.
    """
    made: list[StreamedSink] = []

    def kept() -> StreamedSink:
        made.append(make())
        return made[0]

    sinks.open(target, kept)
    return made[0]


@contextlib.contextmanager
def film_bar(
    name: str, begin: float, length: float | None
) -> Iterator[Callable[[Happening, Counts], None]]:
    """A bar of a film on standard error, with frames a second; silent when that is no terminal.

    Args:
        name: of the film.
        begin: seconds of the film that it is watched from.
        length: seconds that will be watched; None where nobody knows.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    screen = Console(stderr=True)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[rate]:.0f} frames/s"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task(printable(Path(name).name), total=length, rate=0.0)
        start = time.monotonic()

        def tell(happening: Happening, counts: Counts) -> None:
            rate = counts.frames / max(time.monotonic() - start, 1e-3)
            bar.update(task, completed=happening.moment.time - begin, rate=rate)

        yield tell


@contextlib.contextmanager
def live_line(name: str) -> Iterator[Callable[[Happening, Counts], None]]:
    """A line on standard error that tells who is there now; silent when that is no terminal."""
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    from glassmask.video.wording import clock, state_text

    screen = Console(stderr=True)
    if not screen.is_terminal:
        yield lambda _happening, _counts: None
        return
    with Live("", console=screen, transient=True, auto_refresh=False) as line:
        start, shown = time.monotonic(), 0.0

        def tell(happening: Happening, counts: Counts) -> None:
            nonlocal shown
            now = time.monotonic()
            if now - shown < 0.2:
                return
            shown = now
            there = ", ".join(
                f"{tracked.track}: {state_text(tracked.state)}"
                for tracked in happening.moment.tracks
            )
            rate = counts.frames / max(now - start, 1e-3)
            text = (
                f"{printable(name)}  {clock(happening.moment.time)}  {rate:.0f} frames/s  {there}"
            )
            line.update(Text(text, no_wrap=True, overflow="ellipsis"), refresh=True)

        yield tell
