"""Render the tables of the texts from results/*.json: `python -m benchmarks.render [--check]`.

A table stands between `<!-- results:NAME -->` and `<!-- /results -->`, each on a line of its own;
NAME is one of `benchmarks.tables.TABLES`, and may stand in several texts. All else in a text is
free, and left as it is.
"""

from __future__ import annotations

import argparse
import re
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.frame import ROOT
from benchmarks.tables import TABLES
from glassmask.files import replacing

_TABLE: Final = re.compile(
    r"^(?P<indent> *)<!-- results:(?P<name>\S+) -->\n.*?^ *<!-- /results -->$", re.M | re.S
)
_MARK: Final = re.compile(r"^ *<!-- /?results\b.*-->$", re.M)


class MarkerError(ValueError):
    """Markers that name no table or come in no pairs, or a table that lacks a figure."""


def texts(root: Path = ROOT) -> list[Path]:
    """Every text that may hold tables."""
    return [root / "README.md", root / "MODEL_CARD.md", *sorted((root / "docs").rglob("*.md"))]


def rendered(text: str) -> str:
    """A text with its tables as the results have them.

    Raises:
        MarkerError: a marker names no table or has no end, or a table lacks a figure.
        OSError: a result is missing.
    """
    if len(_MARK.findall(text)) != 2 * len(_TABLE.findall(text)):
        raise MarkerError("a marker of results has no beginning or no end")
    return _TABLE.sub(_between_markers, text)


def _between_markers(found: re.Match[str]) -> str:
    name = found["name"]
    if name not in TABLES:
        raise MarkerError(f"there is no table {name!r}; known are {', '.join(TABLES)}")
    try:
        table = TABLES[name]().markdown()
    except KeyError as error:
        raise MarkerError(
            f"the table {name!r} needs a figure that no result has: {error}"
        ) from error
    lines = f"<!-- results:{name} -->\n\n{table}\n\n<!-- /results -->"
    return textwrap.indent(lines, found["indent"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the texts, or with --check tell which would change.

    Returns:
        0; 1 where a text is not in step with the results; 2 where one can't be rendered.
    """
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.render", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--check", action="store_true", help="change nothing; 1 if texts would")
    options = parser.parse_args(arguments)
    behind = False
    for path in texts():
        text = path.read_text(encoding="utf-8")
        try:
            now = rendered(text)
        except (MarkerError, OSError) as error:
            print(f"{path.relative_to(ROOT)}: {error}", file=sys.stderr)
            return 2
        if now != text:
            behind = True
            print(f"{path.relative_to(ROOT)}: {'is behind' if options.check else 'rendered'}")
            if not options.check:
                with replacing(path) as partial:
                    partial.write_text(now, encoding="utf-8")
    return int(behind and options.check)


if __name__ == "__main__":
    sys.exit(main())
