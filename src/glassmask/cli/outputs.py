"""What `glassmask check` writes: where to, never over a photo, never two to one place."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from glassmask.cli.terminal import complain, stop
from glassmask.files import real_path

if TYPE_CHECKING:
    from glassmask.checked import Checked
    from glassmask.output.sinks import Photo, Sinks

_STANDARD_OUTPUT: Final = frozenset(("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"))


@dataclass(frozen=True)
class Outputs:
    """Where results go, as given; None: that one is not wanted.

    Attributes:
        json: a file; `-` is standard output.
        csv: likewise.
        report: a folder.
        annotate: likewise.
    """

    json: str | None = None
    csv: str | None = None
    report: Path | None = None
    annotate: Path | None = None

    @classmethod
    def given(
        cls, json: str | None, csv: str | None, report: Path | None, annotate: Path | None
    ) -> Outputs:
        """The outputs, with standard output as `-` whatever its name; two of them end it."""
        json, csv = ("-" if file and _is_standard_output(file) else file for file in (json, csv))
        if json == csv == "-":
            stop("--json and --csv both write to standard output: give a file for one of them")
        return cls(json, csv, report, annotate)

    @property
    def paths(self) -> list[str]:
        """All of them."""
        every = (self.json, self.csv, self.report, self.annotate)
        return [str(out) for out in every if out is not None]

    @cached_property
    def files(self) -> dict[str, str]:
        """Option -> the file that it writes, its links resolved."""
        named = {"--json": self.json, "--csv": self.csv}
        files = {option: real_path(file) for option, file in named.items() if file and file != "-"}
        if self.report is not None:
            files["--report"] = real_path(self.report / "index.html")
        return files

    @cached_property
    def drawings(self) -> str | None:
        """The folder of annotated photos, its links resolved."""
        return None if self.annotate is None else real_path(self.annotate)

    def protect(self, paths: Iterable[str]) -> None:
        """Refuse to replace one of the photos to check, or one output by another."""
        photos = {real_path(path) for path in paths if path != "-"}
        page = self.files.get("--report")
        singles = {option: file for option, file in self.files.items() if option != "--report"}
        for option, file in singles.items():
            if file in photos:
                given = self.json if option == "--json" else self.csv
                stop(f"{option} {given} is one of the photos: choose another file")
        if len(set(singles.values())) < len(singles):
            stop(f"{' and '.join(singles)} name the same file: choose another for one of them")
        if self.drawings is not None and self.drawings in map(os.path.dirname, photos):
            stop(f"--annotate {self.annotate} holds photos to check: choose another folder")
        if page is not None and (page in photos or page in singles.values()):
            stop(f"--report {self.report} would replace {page}: choose another folder")

    def open(self) -> Sinks[[Checked, Photo | None]]:
        """Open them; the table stands on standard output unless another of them does.

        Raises:
            OutputError: one can't be written.
        """
        from glassmask.cli.table import TableSink
        from glassmask.output.drawings import AnnotateSink
        from glassmask.output.report import ReportSink
        from glassmask.output.sinks import STANDARD_OUTPUT, CsvSink, JsonSink, Sinks

        sinks: Sinks[[Checked, Photo | None]] = Sinks(complain)
        for file, sink in ((self.json, JsonSink), (self.csv, CsvSink)):
            if file is not None:
                sinks.open(STANDARD_OUTPUT if file == "-" else file, partial(sink, file))
        if self.report is not None:
            sinks.open(self.report, partial(ReportSink, self.report))
        if self.annotate is not None:
            sinks.open(self.annotate, partial(AnnotateSink, self.annotate))
        if "-" not in (self.json, self.csv) and (sys.stdout is not None or not self.paths):
            sinks.open(STANDARD_OUTPUT, TableSink)
        return sinks


def _is_standard_output(file: str) -> bool:
    """Whether a path is standard output by its name, or leads to the same pipe or terminal."""
    if file in _STANDARD_OUTPUT:
        return True
    try:
        there, own = os.stat(file), os.fstat(1)
        nothing = os.stat(os.devnull)
    except (OSError, ValueError):
        return False
    special = stat.S_ISFIFO(own.st_mode) or stat.S_ISCHR(own.st_mode)
    return special and os.path.samestat(there, own) and not os.path.samestat(own, nothing)
