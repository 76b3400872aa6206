"""The table of how far shares move where a photo hardly changes: docs/verdict.md."""

from __future__ import annotations

from typing import Final

from benchmarks.tables.table import Table, figures, percent, row, share, table

NAMES: Final = {
    "verdict": "the verdict",
    "mask": "is there a mask",
    "nose": "is the nose uncovered",
    "mouth": "is the mouth uncovered",
    "chin": "is the chin uncovered",
}
WAYS: Final = {"found again": "again", "box kept": "kept"}


def steadiness() -> Table:
    """Of the verdict and of each answer, faces found again and with the box kept."""
    found = figures("steadiness")
    rows = []
    for name, label in NAMES.items():
        cells = {}
        for way, key in WAYS.items():
            told = found[way][name]
            cells[f"{key}_steady"] = share(told["steady"], 1, scale=100)
            cells[f"{key}_p95"] = percent(told["p95"], 1)
        cells["same"] = share(found["found again"][name]["kept"], 1, scale=100)
        rows.append(row(name, label, **cells))
    columns = {
        "same": "same answer, %",
        "again_steady": "moves by 5 points at most, %",
        "again_p95": "95 of 100 move by at most",
        "kept_steady": "by 5 points at most, in the same box, %",
        "kept_p95": "95 of 100, in the same box",
    }
    return table("shares of", columns, rows)
