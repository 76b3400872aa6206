"""Where results go: JSON Lines, a table; the report and the annotated photos are sinks too.

A sink takes one checked photo at a time. What it writes appears under its own name only when it is
closed, whole; closing it early, after an interrupt, keeps what is done.
"""

from __future__ import annotations

import contextlib
import csv
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final, Generic, ParamSpec, Protocol

import numpy as np
from numpy.typing import NDArray

from glassmask.checked import Checked
from glassmask.errors import OutputError
from glassmask.files import (
    Replacement,
    as_unicode,
    silence_standard_output,
)
from glassmask.labels import QUESTIONS

Photo = NDArray[np.uint8]

Taken = ParamSpec("Taken")
"""What a sink takes: a result's parts."""

STANDARD_OUTPUT: Final = "standard output"
"""The `target` of sinks that write there."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
"""What a spreadsheet takes for the beginning of a formula, or for a sign that it is none."""


class Sink(Protocol[Taken]):
    """Takes results, one by one. What it can't write is an `OSError`; others are faults.

    Attributes:
        target: names it in messages.
        keeps_going: whether it can take the next result after it could not write one.
    """

    target: str
    keeps_going: bool

    def write(self, *taken: Taken.args, **more: Taken.kwargs) -> None:
        """Take a result: of photos a checked photo and its pixels (None where it has none)."""

    def close(self) -> None:
        """Finish; what was taken is kept."""

    def abort(self) -> None:
        """Give up after an error; nothing half-written stays."""


class Sinks(Generic[Taken]):
    """Several sinks as one: where one can't write, the others go on.

    Attributes:
        failed: whether anything could not be written.
    """

    def __init__(self, on_problem: Callable[[str], None]) -> None:
        """Start without any.

        Args:
            on_problem: told in one line what could not be written, once per sink.
        """
        self.failed = False
        self._told: set[int] = set()
        self._on_problem = on_problem
        self._sinks: list[Sink[Taken]] = []

    def open(self, target: object, make: Callable[[], Sink[Taken]]) -> None:
        """Add a sink.

        Args:
            target: names it in the message when it can't be opened.
            make: opens it.

        Raises:
            OutputError: it can't be opened; the others are aborted.
        """
        try:
            self._sinks.append(make())
        except OSError as error:
            self.abort()
            raise OutputError(f"can't write {target}: {error.strerror or error}") from error

    def write(self, *taken: Taken.args, **more: Taken.kwargs) -> None:
        """Give a result to all. One that can't write it is given up, or goes on without."""
        for sink in list(self._sinks):
            with self._watching(sink):
                sink.write(*taken, **more)

    def close(self) -> None:
        """Finish all."""
        for sink in list(self._sinks):
            with self._watching(sink):
                sink.close()
        self._sinks.clear()

    def abort(self) -> None:
        """Give all up: nothing half-written stays."""
        for sink in self._sinks:
            sink.abort()
        self._sinks.clear()

    @contextlib.contextmanager
    def _watching(self, sink: Sink[Taken]) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:  # its reader left
            if sink.target == STANDARD_OUTPUT:
                silence_standard_output()
            self._sinks.remove(sink)
        except OSError as error:
            self.failed = True
            if not sink.keeps_going:
                self._sinks.remove(sink)
                sink.abort()
            if id(sink) not in self._told:  # a full disk says the same for every photo
                self._told.add(id(sink))
                self._on_problem(f"can't write {sink.target}: {error.strerror or error}")


class _Abortable(Protocol):
    target: str

    def abort(self) -> None: ...


@contextlib.contextmanager
def whole_or_nothing(sink: _Abortable, *failures: type[Exception]) -> Iterator[None]:
    """Abort a sink where the block fails, and say in one line that it can't be written.

    After an interrupt it is not aborted: what is done may still be closed.

    Args:
        sink: aborted.
        failures: errors that mean the same as an `OSError`.

    Raises:
        OutputError: it can't be written.
    """
    try:
        yield
    except Exception as error:
        sink.abort()
        if not isinstance(error, (OSError, *failures)):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise OutputError(f"can't write {sink.target}: {reason}") from error


class TextSink:
    """Lines of text: to a file, or as they come to standard output or a device."""

    keeps_going = False

    def __init__(self, target: str, own: bytes) -> None:
        """Open the target; `-` is standard output.

        Args:
            target: where to.
            own: what an earlier file of the kind begins with: no other file is replaced.

        Raises:
            OSError: it can't be written, or is someone else's.
        """
        self.target = STANDARD_OUTPUT if target == "-" else target
        self._file: Replacement | None = None
        self._stream: IO[str]
        if target == "-":
            if sys.stdout is None:
                raise OSError(9, "it is closed", self.target)
            self._stream = sys.stdout
        elif os.path.exists(target) and not os.path.isfile(target) and not os.path.isdir(target):
            self._stream = open(target, "w", encoding="utf-8")  # noqa: SIM115 a pipe or device
        else:
            require_own(Path(target), own)
            self._file = Replacement(target)
            self._stream = self._file.partial.open("w", encoding="utf-8", newline="")

    def close(self) -> None:
        """Put the file in place."""
        if self._stream is not sys.stdout:
            self._stream.close()
        if self._file is not None:
            self._file.commit()

    def abort(self) -> None:
        """Remove what was written of the file."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._stream.close()
            self._file.abort()


class JsonSink(TextSink):
    """JSON Lines, one line per photo."""

    def __init__(self, target: str) -> None:
        """Open the target; `-` is standard output.

        Raises:
            OSError: it can't be written, or is someone else's.
        """
        super().__init__(target, b'{"schema": ')

    def write(self, checked: Checked, _pixels: Photo | None) -> None:
        """Write a photo's line."""
        self._stream.write(json.dumps(checked.record(), allow_nan=False) + "\n")
        self._stream.flush()


class CsvSink(TextSink):
    """A table, one row per face; a photo without one, or with an error, has a row of its own."""

    COLUMNS: Final = (
        *("photo", "face", "x", "y", "w", "h", "wear", "uncovered", "confidence"),
        *QUESTIONS,
        *("unsure", "error"),
    )

    def __init__(self, target: str) -> None:
        """Open the target, and write the names of the columns.

        Raises:
            OSError: it can't be written, or is someone else's.
        """
        super().__init__(target, ",".join(self.COLUMNS[:3]).encode())
        self._rows = csv.writer(self._stream, lineterminator="\n")
        self._rows.writerow(self.COLUMNS)

    def write(self, checked: Checked, _pixels: Photo | None) -> None:
        """Write a photo's rows."""
        photo = _as_cell(as_unicode(checked.photo))
        if not checked.verdicts:
            error = "" if checked.error is None else checked.error.line
            self._rows.writerow([photo, *[""] * (len(self.COLUMNS) - 2), error])
        for number, verdict in enumerate(checked, 1):
            box = (f"{value:.2f}" for value in verdict.face.box)
            uncovered, doubt = " ".join(verdict.uncovered), verdict.unsure_reason or ""
            said = (answer.answer for answer in verdict.answers.values())
            row = (verdict.wear, uncovered, f"{verdict.confidence:.4f}", *said, doubt, "")
            self._rows.writerow([photo, number, *box, *row])
        self._stream.flush()


def require_own(path: Path, beginning: bytes) -> None:
    """Refuse to replace a file that does not begin as an earlier one of ours.

    Raises:
        FileExistsError: it is someone else's.
    """
    if path.is_file():
        with path.open("rb") as file:
            head = file.read(len(beginning))
        if head and head != beginning:
            raise FileExistsError(17, "holds something else: give another file")


def _as_cell(name: str) -> str:
    """A name that no spreadsheet takes for a formula: one `'` is put in front of it.

    In front of a name that begins with `'` too, so that one is taken away again in any case.
    """
    return f"'{name}" if name != "-" and name.startswith(_FORMULA) else name
