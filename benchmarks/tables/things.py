"""Tables of things that are no masks: what is said of them, what they cost to paint."""

from __future__ import annotations

from typing import Final

from benchmarks.tables.table import Row, Table, figures, hits, number, row, table

PARTS: Final = {"demo portrait": "demo", "val": "val"}
SAYINGS: Final = {
    "correct": "*correct*",
    "incorrect": "*incorrect*",
    "unsure": "unsure",
    "none": "*none*",
    "not found": "not found",
}
KINDS: Final = {
    "bare": "nothing",
    "rectangle": "a flat rectangle",
    "paper": "a sheet of paper",
    "card": "a card",
    "tissue": "a tissue",
    "drink": "a cup at the lips",
    "glass": "a glass",
    "call": "a phone call",
    "selfie": "a phone held up",
    "visor": "a face shield",
    "smiley": "a smiley",
    "comic": "a comic face",
    "poster": "the face in few colours",
    "hand": "a hand",
    "scarf": "a scarf",
    "cup": "a small cup",
    "phone": "a small phone",
    "microphone": "a microphone",
    "beard": "a beard",
}
"""Thing -> what is before the face."""


def things() -> Table:
    """What is surely said, of how many pictures, on the demo portrait and on faces of val."""
    rows: list[Row] = []
    for part in filter(figures("things").__contains__, PARTS):
        for name, label in KINDS.items():
            found = figures("things")[part][name]
            count = sum(found.values())
            cells = {key: hits({"hits": found[key], "count": count}) for key in SAYINGS}
            rows.append(row(f"{part}, {name}", (part, label), **cells))
    return table(("faces", "before them"), SAYINGS, rows)


def painting() -> Table:
    """CPU time of painting one picture, and how often that of a mask it is."""
    costs = figures("painting")["milliseconds"]
    rows: list[Row] = [
        row(name, label, time=number(costs[name]), ratio=number(costs[name] / costs["mask"], 1))
        for name, label in {"mask": "a mask", **KINDS}.items()
        if name in costs
    ]
    return table("painted", {"time": "ms of CPU", "ratio": "of a mask's"}, rows)
