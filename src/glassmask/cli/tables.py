"""The tables that `glassmask data` prints and writes."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from glassmask.files import replacing
from glassmask.output.names import printable

if TYPE_CHECKING:
    from glassmask.lab.datasets.description import Description
    from glassmask.lab.datasets.duplicates import Match


def print_counts(found: Description) -> None:
    """Print faces by class, the incorrect ones by reason, and how good the labels are, by split."""
    from glassmask.lab.datasets import Reason

    console = Console()
    for title, names, counts in (
        ("faces", found.wears, found.by_wear),
        ("incorrect by reason", list(Reason), found.by_reason),
        ("labels", ["certain", "doubtful"], found.by_certainty),
    ):
        table = Table(title=title, title_justify="left")
        table.add_column("")
        for split in found.splits:
            table.add_column(split or "no split", justify="right")
        table.add_column("all", justify="right")
        for name in names:
            row = [counts[name, split] for split in found.splits]
            table.add_row(name.replace("_", " "), *map(str, row), str(sum(row)))
        sums = [sum(counts[name, split] for name in names) for split in found.splits]
        table.add_section()
        table.add_row("all", *map(str, sums), str(sum(sums)))
        console.print(table)
    if found.picked:
        parts = ", ".join(
            f"{count} of {split or 'no split'}" for split, count in found.picked.items()
        )
        print(
            f"{found.picked.total()} faces were picked with a network's help ({parts}): "
            "to train on, never to measure on"
        )


def print_matches(matches: Sequence[Match], at_most: int = 20) -> None:
    """Print the leaks one by one, and all matches as counts."""
    leaks = [match for match in matches if match.leaks]
    for match in leaks[:at_most]:
        a, b = match.first, match.second
        print(printable(f"{match.reason}: {a.path} ({a.split}), {b.path} ({b.split})"))
    if len(leaks) > at_most:
        print(f"… and {len(leaks) - at_most} more; --out FILE lists them all")
    reasons = Counter(match.reason for match in matches)
    for reason, count in reasons.items():
        own = sum(match.reason == reason for match in leaks)
        print(f"{reason}: {count} pairs, {own} across splits")
    print(f"{len(leaks)} leaks" if leaks else "no leaks")


def write_matches(matches: Sequence[Match], path: Path) -> None:
    """Write all matches as CSV: reason, file and split of both, and whether it is a leak."""
    with (
        replacing(path) as partial,
        # Names of files need not be text.
        partial.open("w", newline="", encoding="utf-8", errors="backslashreplace") as lines,
    ):
        writer = csv.writer(lines)
        writer.writerow(["reason", "first", "first_split", "second", "second_split", "leak"])
        for m in matches:
            a, b = m.first, m.second
            writer.writerow([m.reason, a.path, a.split, b.path, b.split, int(m.leaks)])
