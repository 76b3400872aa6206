"""What a table is: rows of cells that know their numbers, and how it is written as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias

from benchmarks.frame import read_result

Found: TypeAlias = Mapping[str, Any]
"""A figure out of a result: `value`, and where they are known `interval`, `hits` and `count`."""

_MINUS: Final = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says, and its numbers as it says them: scaled and rounded.

    Attributes:
        text: as shown.
        value: its number; None where it has none.
        interval: its 95% interval.
        counts: hits and count.
        bold: whether it is the best of its kind.
    """

    text: str
    value: float | None = None
    interval: tuple[float, float] | None = None
    counts: tuple[int, int] | None = None
    bold: bool = False

    def __str__(self) -> str:
        return f"**{self.text}**" if self.bold and self.text else self.text


EMPTY: Final = Cell("")


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its name for programs, its labels for people, and its cells by their columns."""

    name: str
    labels: tuple[str, ...]
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        keys: headings of the columns of labels.
        columns: name -> heading.
        rows: cells may lack columns, which are empty then.
    """

    keys: tuple[str, ...]
    columns: Mapping[str, str]
    rows: tuple[Row, ...]

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row.labels) != len(self.keys) or not set(row.cells) <= set(self.columns):
                raise ValueError(f"the row {row.name!r} does not fit its table")

    def row(self, name: str) -> Mapping[str, Cell]:
        """The cells of a row.

        Raises:
            KeyError: there is none of this name.
        """
        return {row.name: row.cells for row in self.rows}[name]

    def markdown(self) -> str:
        """The table, without a line break at its end."""
        heads = [*self.keys, *self.columns.values()]
        lines = [heads, ["---"] * len(heads)]
        for row in self.rows:
            cells = [row.cells.get(column, EMPTY) for column in self.columns]
            lines.append([*row.labels, *map(str, cells)])
        return "\n".join(_line(cells) for cells in lines)


def table(key: str | Sequence[str], columns: Mapping[str, str], rows: Sequence[Row]) -> Table:
    """A table; `key` is the heading of its labels, or one for each of several."""
    keys = (key,) if isinstance(key, str) else tuple(key)
    return Table(keys, columns, tuple(rows))


def row(name: str, label: str | Sequence[str], **cells: Cell) -> Row:
    """A row; `label` is one, or one for each column of labels."""
    labels = (label,) if isinstance(label, str) else tuple(label)
    return Row(name, labels, cells)


@cache
def figures(name: str) -> Mapping[str, Any]:
    """The figures of a result.

    Raises:
        OSError: it has not been measured.
    """
    return read_result(name).figures


def number(
    value: float | None, digits: int = 0, *, unit: str = "", sign: bool = False, bold: bool = False
) -> Cell:
    """A number with so many decimals; None is an empty cell."""
    if value is None:
        return EMPTY
    value = round(value, digits)
    return Cell(_text(value, digits, sign=sign) + unit, value, bold=bold)


def percent(value: float | None, digits: int = 0, *, sign: bool = False) -> Cell:
    """A share in percent: 0.29 is 29%."""
    return number(None if value is None else 100 * value, digits, unit="%", sign=sign)


def power(value: float | None, digits: int = 0) -> Cell:
    """A tiny number by its power of ten: 3e-6."""
    if value is None:
        return EMPTY
    factor, exponent = f"{value:.{digits}e}".split("e")
    return Cell(f"{factor}e{int(exponent)}", value)


def share(  # noqa: D417 -- the rest is said by their names
    found: Found | None,
    digits: int = 3,
    *,
    interval: bool = False,
    counts: bool = False,
    scale: float = 1,
    bold: bool = False,
) -> Cell:
    """A value, with its interval and counts if they are asked for and known.

    Args:
        found: the figure; None is an empty cell.
    """
    if found is None or found.get("value") is None:
        return EMPTY
    value = round(scale * found["value"], digits)
    text = _text(value, digits)
    low_high = None
    if interval and "interval" in found:
        low, high = (round(scale * end, digits) for end in found["interval"])
        low_high = (low, high)
        text += f" [{_text(low, digits)}, {_text(high, digits)}]"
    if counts and "hits" in found:
        text += f" ({found['hits']}/{found['count']})"
        return Cell(text, value, low_high, (found["hits"], found["count"]), bold)
    return Cell(text, value, low_high, None, bold)


def hits(found: Found | None, *, bold: bool = False) -> Cell:
    """Hits of a count: 405/413."""
    if found is None:
        return EMPTY
    count = found["count"]
    value = found["hits"] / count if count else None
    return Cell(f"{found['hits']}/{count}", value, None, (found["hits"], count), bold)


def together(*cells: Cell, separator: str = ", ") -> Cell:
    """Cells in one; its numbers are those of the first."""
    first = cells[0]
    text = separator.join(cell.text for cell in cells if cell.text)
    return Cell(text, first.value, first.interval, first.counts, first.bold)


def _text(value: float, digits: int, *, sign: bool = False) -> str:
    return f"{value:{'+' if sign else ''}.{digits}f}".replace("-", _MINUS)


def _line(cells: Sequence[str]) -> str:
    joined = " | ".join(cell.replace("|", "\\|") for cell in cells)
    line = f"| {joined} |"
    while "|  |" in line:
        line = line.replace("|  |", "| |")
    return "|" + "|".join(cells) + "|" if set(cells) == {"---"} else line
