"""The table of `glassmask check` on standard output."""

from __future__ import annotations

import sys
from statistics import median
from typing import Final

from glassmask.checked import Checked
from glassmask.output.names import printable
from glassmask.output.sinks import STANDARD_OUTPUT
from glassmask.output.wording import NO_FACE_TEXT, TABLE_TITLES, headline, percent

_MAX_PADDING: Final = 30
"""Names are lined up to so many cells beyond the middle one's length."""


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
            raise OSError(9, "it is closed", self.target)
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
        if not console.is_terminal:
            self._print_plainly()
            return
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

    def _print_plainly(self) -> None:
        """Print into a pipe: it has no width, so nothing folds.

        A name that is far longer than most moves the rest of its own row alone.
        """
        from rich.cells import cell_len

        kept = [c for c in range(len(TABLE_TITLES)) if c != 1 or any(r[1] for r in self._rows)]
        rows = [tuple(TABLE_TITLES), *self._rows]
        lengths = {column: [cell_len(row[column]) for row in rows] for column in kept}
        widths = {column: max(of_column) for column, of_column in lengths.items()}
        widths[0] = min(widths[0], int(median(lengths[0][1:])) + _MAX_PADDING)
        for row in rows:
            cells = (row[c] + " " * (widths[c] - cell_len(row[c])) for c in kept)
            sys.stdout.write(" ".join(cells).rstrip() + "\n")

    def abort(self) -> None:
        """Nothing to remove."""
