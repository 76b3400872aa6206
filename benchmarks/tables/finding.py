"""Tables of how well faces are found: README.md and MODEL_CARD.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from benchmarks.tables.table import (
    Cell,
    Row,
    Table,
    figures,
    hits,
    number,
    row,
    share,
    table,
    together,
)

SIZES: Final = {"<24": "< 24 px", "24-48": "24–48", "48-96": "48–96", ">96": "> 96"}
KINDS: Final = ("masked", "bare")
OURS: Final = "glassmask"
YUNET: Final = "YuNet, longer side 640"
RIVALS: Final = {
    OURS: "glassmask",
    "YuNet, photo as it is": "YuNet 2023mar at 0.6, photo as it is",
    YUNET: "the same, longer side 640",
}


def found_on_test() -> Table:
    """Beside YuNet, on scenes of test; the best of each kind and size is bold."""
    found = figures("finding")["test"]
    names = [name for name in RIVALS if name in found]
    sizes = (*SIZES, ">=48")
    rows = []
    for kind in KINDS:
        cells = {
            name: {size: share(found[name][kind][size], 2) for size in sizes} for name in names
        }
        best = {size: max(cells[name][size].value or 0 for name in names) for size in sizes}
        for name in names:
            own = {
                size: replace(cell, bold=cell.value == best[size])
                for size, cell in cells[name].items()
            }
            own[">=48"] = Cell(f"{own['>=48']} ({hits(found[name][kind]['>=48'])})")
            false = number(found[name]["false_per_photo"], 2)
            label = kind if name == names[0] else ""
            rows.append(row(f"{kind}, {name}", (label, RIVALS[name]), **own, false=false))
    columns = {**SIZES, ">=48": "≥ 48", "false": "false / photo"}
    return table(("", ""), columns, rows)


def found_by_split() -> Table:
    """Recall by size on test and val, with counts, and that of YuNet."""
    rows: list[Row] = []
    for split in ("test", "val"):
        found = figures("finding")[split]
        for name, prefix in ((OURS, ""), (YUNET, "YuNet (640), ")):
            for kind in KINDS if name in found else ():
                label = "" if rows and rows[-1].name.startswith(split) else split
                false = found[name]["false_per_photo"] if kind == KINDS[0] else None
                cells = _recalls(found[name][kind], counts=name == OURS)
                rows.append(
                    row(
                        f"{split}, {prefix}{kind}",
                        (label, f"{prefix}{kind}"),
                        **cells,
                        false=number(false, 3),
                    )
                )
    columns = {
        **SIZES,
        ">=48": "≥ 48",
        ">=48, IoU 0.4": "≥ 48, IoU 0.4",
        "false": "false / photo",
    }
    return table(("scenes", "faces"), columns, rows)


def _recalls(found: Mapping[str, Any], *, counts: bool) -> dict[str, Cell]:
    cells = {size: share(found[size], 2, counts=counts) for size in SIZES}
    cells[">=48"] = share(found[">=48"], interval=True)
    cells[">=48, IoU 0.4"] = share(found[">=48, IoU 0.4"])
    return cells


def landmarks() -> Table:
    """Landmarks, and what a found box costs the verdict, on val and test."""
    splits = {split: figures("finding")[split] for split in ("val", "test")}

    def line(label: str, faces: str, *names: str, percent: bool = False) -> Row:
        cells = {}
        for split, found in splits.items():
            values = [found["landmarks"][faces][name] for name in names]
            shown = [number(100 * v, 1, unit="%") if percent else number(v, 2) for v in values]
            cells[split] = together(*shown)
        return row(label, label, **cells)

    error = "landmarks, bare faces: mean error over the distance between the eyes"
    rows = [
        line(error, "bare", "mean_error", percent=True),
        line("landmarks under painted masks", "painted", "mean_error", percent=True),
        line("overlap of nose, mouth: bare", "bare", "nose", "mouth"),
        line("the same, painted", "painted", "nose", "mouth"),
    ]
    label = "accuracy of the wear by given, by found boxes (from 32 px)"
    wears = {
        split: Cell(
            f"{together(number(found['wear']['given'], 3), number(found['wear']['found'], 3))}"
            f" ({found['wear']['faces']} faces)"
        )
        for split, found in splits.items()
    }
    return table("", {"val": "val", "test": "test"}, [*rows, row(label, label, **wears)])
