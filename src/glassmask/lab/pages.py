"""Reports as one self-contained page: the frame of it, and tables."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib import resources
from pathlib import Path
from string import Template

from glassmask.files import replacing


def write_html(path: Path, title: str, subtitle: str, parts: Sequence[str]) -> None:
    """Write a page of parts that are HTML; title and subtitle are text.

    Raises:
        OSError: it can't be written.
    """
    template = Template(resources.files("glassmask.lab").joinpath("page.html").read_text("utf-8"))
    page = template.substitute(
        title=escape(title), subtitle=escape(subtitle), body="\n".join(parts)
    )
    with replacing(path) as partial:
        partial.write_text(page, encoding="utf-8")


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table as HTML: the header's cells and, row by row, a name and its cells, all text."""
    head = "".join(f"<th>{escape(cell)}</th>" for cell in header)
    body = "".join(
        f"<tr><th>{escape(row[0])}</th>{''.join(f'<td>{escape(c)}</td>' for c in row[1:])}</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
