"""Where results go: JSON Lines, the report, annotated photos, the table.

A sink takes one photo at a time. What it writes appears under its own name only when it is
closed, whole; closing it early, after an interrupt, keeps what is done.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from glassmask.checker import Checker
from glassmask.cli.terminal import printable
from glassmask.draw import boxes
from glassmask.output import photo_record
from glassmask.report import COLOURS, Report
from glassmask.verdict import Verdict
from glassmask.wording import headline, label, percent

Photo = NDArray[np.uint8]


class Sink(Protocol):
    """Takes results, photo by photo."""

    def photo(self, path: str, photo: Photo, verdicts: Sequence[Verdict], /) -> None:
        """Take a checked photo."""

    def failure(self, path: str, error: str, /) -> None:
        """Take a photo that could not be checked."""

    def close(self) -> None:
        """Finish; what was taken is kept."""


class JsonSink:
    """JSON Lines, one photo a line, to a file or to standard output (`-`)."""

    def __init__(self, target: str, checker: Checker) -> None:
        self._network = checker.network
        self._path = None if target == "-" else Path(target)
        self._partial = Path(f"{target}.part")
        self._stream: IO[str] = (
            sys.stdout if self._path is None else self._partial.open("w", encoding="utf-8")
        )
        if self._path is not None and self._path.is_dir():
            self._partial.unlink()
            raise IsADirectoryError(21, "Is a directory", target)

    def photo(self, path: str, photo: Photo, verdicts: Sequence[Verdict]) -> None:
        """Write a checked photo's line."""
        size = (photo.shape[1], photo.shape[0])
        self._line(photo_record(path, self._network, size=size, verdicts=verdicts))

    def failure(self, path: str, error: str) -> None:
        """Write a failed photo's line."""
        self._line(photo_record(path, self._network, error=error))

    def close(self) -> None:
        """Put the file in place."""
        if self._path is not None:
            self._stream.close()
            self._partial.replace(self._path)

    def _line(self, record: dict[str, Any]) -> None:
        self._stream.write(json.dumps(record, allow_nan=False) + "\n")
        self._stream.flush()


class ReportSink:
    """The HTML report."""

    def __init__(self, folder: Path, checker: Checker) -> None:
        self._report = Report(folder, checker.network)

    def photo(self, path: str, photo: Photo, verdicts: Sequence[Verdict]) -> None:
        """Add a checked photo."""
        self._report.add(printable(path), photo, verdicts)

    def failure(self, path: str, error: str) -> None:
        """Add a failed photo."""
        self._report.add_failure(printable(path), printable(error))

    def close(self) -> None:
        """Put the report in place."""
        self._report.close()


class AnnotateSink:
    """A folder of photos with boxes, labels and heat maps."""

    _QUALITY: Final = 92

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".part").touch()  # says at once if the folder can't be written
        (folder / ".part").unlink()
        self._folder = folder
        self._names: set[str] = set()

    def photo(self, path: str, photo: Photo, verdicts: Sequence[Verdict]) -> None:
        """Write one annotated photo as `<name>.jpg`; a second of that name as `<name>-2.jpg`."""
        drawn = photo
        for verdict in verdicts:
            drawn = verdict.evidence.overlay(drawn)
        marks = [(v.face.box, label(v), COLOURS[v.wear]) for v in verdicts]
        target = self._folder / f"{self._free_name(Path(path).stem)}.jpg"
        partial = target.with_suffix(".jpg.part")
        Image.fromarray(boxes(drawn, marks)).save(partial, "JPEG", quality=self._QUALITY)
        partial.replace(target)

    def failure(self, _path: str, _error: str) -> None:
        """Nothing to draw."""

    def close(self) -> None:
        """Nothing to finish: each photo is written whole."""

    def _free_name(self, stem: str) -> str:
        name, number = stem, 1
        while name in self._names:
            number += 1
            name = f"{stem}-{number}"
        self._names.add(name)
        return name


class TableSink:
    """The table on standard output, one row a face."""

    def __init__(self) -> None:
        self._rows: list[tuple[str, str, str, str]] = []

    def photo(self, path: str, _photo: Photo, verdicts: Sequence[Verdict]) -> None:
        """Keep a row for each face."""
        for v in verdicts:
            shares = sorted(v.evidence.shares.items(), key=lambda item: -item[1])
            places = ", ".join(f"{name} {percent(s)}" for name, s in shares[:2] if s > 0)
            self._rows.append(
                (printable(path), headline(v), percent(v.confidence), places or "nowhere")
            )

    def failure(self, _path: str, _error: str) -> None:
        """Failures are told on standard error, when they happen."""

    def close(self) -> None:
        """Print the table."""
        if not self._rows:
            return
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, header_style="bold")
        for title in ("photo", "mask", "sure", "evidence, about"):
            table.add_column(title, overflow="fold")
        for row in self._rows:
            table.add_row(*(Text(cell) for cell in row))
        console = Console()
        if not console.is_terminal:  # a pipe has no width: never fold
            console = Console(width=10_000)
        console.print(table)
