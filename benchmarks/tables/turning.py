"""The table of faces that lie, by their angle: docs/faces.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from benchmarks.tables.table import Cell, Table, figures, hits, row, table

SHOWN: Final = (0, 30, 60, 90, 120, 150, 180)
SETS: Final = {"demo": "the demo photos", "val": "real faces of val"}
COLUMNS: Final = {
    "found": "found",
    "right": "right, of those found",
    "unsure": "unsure, of those found",
    "surely_wrong": "surely wrong, of all",
}


def turned() -> Table:
    """Both directions together."""
    rows = []
    for name, label in SETS.items():
        curve = figures("turning")[name]
        for angle in SHOWN:
            first = label if angle == SHOWN[0] else ""
            degrees = f"±{angle}°" if angle % 180 else f"{angle}°"
            rows.append(row(f"{name}, {angle}", (first, degrees), **_both(curve, angle)))
    return table(("", "turned by"), COLUMNS, rows)


def _both(curve: Mapping[str, Any], angle: int) -> dict[str, Cell]:
    found = [curve[str(one)] for one in sorted({angle, (360 - angle) % 360})]
    return {
        column: hits(
            {
                "hits": sum(one[column]["hits"] for one in found),
                "count": sum(one[column]["count"] for one in found),
            }
        )
        for column in COLUMNS
    }
