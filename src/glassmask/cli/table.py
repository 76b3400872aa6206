"""The table of `glassmask check` on standard output."""

from __future__ import annotations

import sys

from glassmask.checked import Checked
from glassmask.output.names import printable
from glassmask.output.sinks import STANDARD_OUTPUT
from glassmask.output.wording import NO_FACE_TEXT, TABLE_TITLES, headline, percent


class TableSink:
    """A row per face, or one that says that there is none; printed when closed."""

    target = STANDARD_OUTPUT
    keeps_going = False

    def __init__(self) -> None:
        """Start the table.

        Raises:
            OSError: standard output is closed.
        """
        if sys.stdout is None:
            raise OSError(9, "is closed", self.target)
        self._rows: list[tuple[str, str, str, str, str]] = []

    def write(self, checked: Checked, _pixels: object) -> None:
        """Keep a row per face; several are numbered, as on the annotated photo."""
        if checked.error is not None:  # told on standard error when it happens
            return
        name = printable(checked.photo)
        if not checked.verdicts:
            self._rows.append((name, "", NO_FACE_TEXT, "", ""))
        for number, v in enumerate(checked, 1):
            shares = sorted(v.shares.items(), key=lambda item: -item[1])
            places = ", ".join(f"{region} {percent(s)}" for region, s in shares[:2] if s > 0)
            face = str(number) if len(checked) > 1 else ""
            self._rows.append((name, face, headline(v), percent(v.confidence), places or "nowhere"))

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
        kept = [0, 2, 3]
        if any(row[1] for row in self._rows):
            kept.insert(1, 1)
        if console.width >= 60:
            kept.append(4)
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in kept:
            table.add_column(TABLE_TITLES[column], overflow="fold")
        for row in self._rows:
            table.add_row(*(Text(row[column]) for column in kept))
        with console.capture() as drawn:
            console.print(table)
        for line in drawn.get().splitlines():
            sys.stdout.write(line.rstrip() + "\n")

    def abort(self) -> None:
        """Nothing to remove."""
