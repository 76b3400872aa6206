"""Table of things before bare faces, and what is said of them: docs/network.md."""

from __future__ import annotations

from typing import Final

from benchmarks.tables.table import Row, Table, figures, row, share, table

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
            cells = {
                saying: share({"value": found[saying] / count}, 2) if count else share(None)
                for saying in SAYINGS
            }
            rows.append(row(f"{part}, {name}", (part, label, str(count)), **cells))
    return table(("faces", "before them", "pictures"), SAYINGS, rows)
