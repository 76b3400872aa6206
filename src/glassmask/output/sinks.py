"""Where results go: JSON Lines, the report, annotated photos, the table.

A sink takes one photo at a time. What it writes appears under its own name only when it is
closed, whole; closing it early, after an interrupt, keeps what is done.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from glassmask.checker import Checker
from glassmask.files import Replacement
from glassmask.output.annotate import annotated
from glassmask.output.draw import fit
from glassmask.output.names import FreeNames, printable
from glassmask.output.record import photo_record
from glassmask.output.report import Report
from glassmask.output.wording import NO_FACE_TEXT, headline, percent
from glassmask.verdict import Verdict

Photo = NDArray[np.uint8]


class Sink(Protocol):
    """Takes results, photo by photo; `target` names it in messages."""

    target: str

    def photo(self, path: str, photo: Photo, verdicts: Sequence[Verdict], /) -> None:
        """Take a checked photo."""

    def failure(self, path: str, error: str, /) -> None:
        """Take a photo that could not be checked."""

    def close(self) -> None:
        """Finish; what was taken is kept."""

    def abort(self) -> None:
        """Give up after an error; nothing half-written stays."""


class JsonSink:
    """JSON Lines, one photo a line: to a file, or as they come to standard output or a device."""

    def __init__(self, target: str, checker: Checker) -> None:
        """Open the target; `-` is standard output.

        Raises:
            OSError: it can't be written.
        """
        self.target = "standard output" if target == "-" else target
        self._checker = checker
        self._file: Replacement | None = None
        self._stream: IO[str]
        if target == "-":
            if sys.stdout is None:
                raise OSError(9, "is closed", self.target)
            self._stream = sys.stdout
        elif os.path.exists(target) and not os.path.isfile(target) and not os.path.isdir(target):
            self._stream = open(target, "w", encoding="utf-8")  # noqa: SIM115 a pipe or device
        else:
            self._file = Replacement(target)
            self._stream = self._file.partial.open("w", encoding="utf-8")

    def photo(self, path: str, photo: Photo, verdicts: Sequence[Verdict]) -> None:
        """Write a checked photo's line."""
        size = (photo.shape[1], photo.shape[0])
        self._line(photo_record(path, self._checker, size=size, verdicts=verdicts))

    def failure(self, path: str, error: str) -> None:
        """Write a failed photo's line."""
        self._line(photo_record(path, self._checker, error=error))

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

    def _line(self, record: dict[str, Any]) -> None:
        self._stream.write(json.dumps(record, allow_nan=False) + "\n")
        self._stream.flush()


class ReportSink:
    """The HTML report."""

    def __init__(self, folder: Path, checker: Checker) -> None:
        """Start the report.

        Raises:
            OSError: the folder can't be made or written.
        """
        self.target = str(folder)
        self._report = Report(folder, checker)

    def photo(self, path: str, photo: Photo, verdicts: Sequence[Verdict]) -> None:
        """Add a checked photo."""
        self._report.add(printable(path), photo, verdicts)

    def failure(self, path: str, error: str) -> None:
        """Add a failed photo."""
        self._report.add_failure(printable(path), printable(error))

    def close(self) -> None:
        """Put the report in place."""
        self._report.close()

    def abort(self) -> None:
        """Remove what was written of it."""
        self._report.abort()


class AnnotateSink:
    """A folder of photos with boxes, labels and heat maps."""

    _QUALITY: Final = 92
    _LONGEST: Final = 16_000  # pixels; JPEG itself ends at 65 500

    def __init__(self, folder: Path) -> None:
        """Make the folder.

        Raises:
            OSError: it can't be made or written.
        """
        self.target = str(folder)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):  # says at once if the folder can't be written
            pass
        self._folder = folder
        self._names = FreeNames()

    def photo(self, path: str, photo: Photo, verdicts: Sequence[Verdict]) -> None:
        """Write one annotated photo as `<name>.jpg`; a second of that name as `<name>-2.jpg`."""
        drawn = annotated(photo, verdicts)
        if max(drawn.shape) > self._LONGEST:
            drawn = fit(drawn, self._LONGEST)
        file = Replacement(self._folder / f"{self._names.of(path)}.jpg")
        try:
            Image.fromarray(drawn).save(file.partial, "JPEG", quality=self._QUALITY)
            file.commit()
        except OSError:
            file.abort()
            raise

    def failure(self, _path: str, _error: str) -> None:
        """Nothing to draw."""

    def close(self) -> None:
        """Nothing to finish: each photo is written whole."""

    def abort(self) -> None:
        """Nothing to remove: each photo is written whole."""


class TableSink:
    """The table on standard output: a row for each face, or one that says that there is none."""

    target = "standard output"

    def __init__(self) -> None:
        self._rows: list[tuple[str, str, str, str, str]] = []

    def photo(self, path: str, _photo: Photo, verdicts: Sequence[Verdict]) -> None:
        """Keep a row for each face; several are numbered, as on the annotated photo."""
        name = printable(path)
        if not verdicts:
            self._rows.append((name, "", NO_FACE_TEXT, "", ""))
        for number, v in enumerate(verdicts, 1):
            shares = sorted(v.evidence.shares.items(), key=lambda item: -item[1])
            places = ", ".join(f"{name} {percent(s)}" for name, s in shares[:2] if s > 0)
            face = str(number) if len(verdicts) > 1 else ""
            self._rows.append((name, face, headline(v), percent(v.confidence), places or "nowhere"))

    def failure(self, _path: str, _error: str) -> None:
        """Failures are told on standard error, when they happen."""

    def close(self) -> None:
        """Print the table."""
        if not self._rows:
            return
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        console = Console()
        if not console.is_terminal:  # a pipe has no width: never fold
            console = Console(width=10_000)
        titles = ["photo", "face", "mask", "sure", "evidence, around"]
        kept = [0, 2, 3]
        if any(row[1] for row in self._rows):
            kept.insert(1, 1)
        if console.width >= 60:
            kept.append(4)
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in kept:
            table.add_column(titles[column], overflow="fold")
        for row in self._rows:
            table.add_row(*(Text(row[column]) for column in kept))
        with console.capture() as drawn:
            console.print(table)
        for line in drawn.get().splitlines():
            sys.stdout.write(line.rstrip() + "\n")

    def abort(self) -> None:
        """Nothing to remove."""
