"""Tables of the four questions: docs/network.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from benchmarks.tables.table import Cell, Row, Table, figures, number, row, share, table

TRIED: Final = {
    "a224": "each question for itself",
    "aw224": "and the wear",
    "final": "the same, a part hidden in 0.2 of the painted masks; 102,400 crops",
    "h224": "each question for itself, a part hidden in 0.4",
}
"""Experiment -> what its loss asked for."""
PARTS: Final = ("nose", "mouth", "chin")


def tried() -> Table:
    """What was tried for the four questions, out of fold and on painted faces of val."""
    rows: list[Row] = []
    for name, label in TRIED.items():
        found = figures("question_search")[name]
        cells = {
            "balanced": share(found["balanced"], interval=True),
            "incorrect": share(found["incorrect"]),
            "bare": number(found["bare"], 3),
            "questions": _each(found["questions"]),
            "pointing": _each(found["pointing_hit"]),
            "inside": number(found["mask_inside"], 2),
            "hidden": number(_least(found["hidden"]), 2),
            "stay": number(found["others_stay"], 2),
        }
        rows.append(row(name, label, **cells))
    columns = {
        "balanced": "real photos: balanced",
        "incorrect": "incorrect",
        "bare": "bare",
        "questions": "questions: mask; nose, mouth of masked faces",
        "pointing": "points at mask, nose, mouth, chin",
        "inside": "mask map inside",
        "hidden": "part hidden: leaves",
        "stay": "others stay",
    }
    return table("loss", columns, rows)


def ways() -> Table:
    """The same logits, read as four independent questions and as combinations that occur."""
    rows: list[Row] = []
    for name, label in TRIED.items():
        found = figures("question_search")[name]["ways"]
        cells = {
            f"{way}_{figure}": number(found[way][figure], 4)
            for figure in ("balanced", "loss")
            for way in ("independent", "combinations")
        }
        rows.append(row(name, label, **cells))
    columns = {
        "independent_balanced": "balanced, independent",
        "combinations_balanced": "combinations",
        "independent_loss": "balanced loss, independent",
        "combinations_loss": "combinations",
    }
    return table("loss", columns, rows)


def _each(found: Mapping[str, Any]) -> Cell:
    return Cell(", ".join(f"{value:.2f}" for value in found.values()))


def _least(found: Mapping[str, Mapping[str, float]]) -> float:
    return min(value for part in PARTS for value in found[part].values())
