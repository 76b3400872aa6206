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
LENIENT: Final = "YuNet, longer side 640, at our false finds"
RIVALS: Final = {
    OURS: "glassmask",
    YUNET: "YuNet 2023mar at 0.6, longer side 640",
    LENIENT: "the same, at as many false finds as ours",
}
SPLITS: Final = {"test": "test", "val": "val", "both": "both"}


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
    """Recall by size, with counts, and that of YuNet at as many false finds."""
    rows: list[Row] = []
    for split in SPLITS:
        found = figures("finding")[split]
        for name, prefix in ((OURS, ""), (LENIENT, "YuNet (640), ")):
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


def found_on_old_boxes() -> Table:
    """The same finds held against the mended boxes, and against those that the data came with."""
    rows: list[Row] = []
    for split in ("test", "val"):
        found = figures("finding")[split]
        for name, label in ((OURS, "glassmask"), (LENIENT, "YuNet (640), at as many false finds")):
            for kind in KINDS if name in found else ():
                cells = {}
                for boxes, own in (("mended", found), ("old", found["as they came"])):
                    cells[f"{boxes} 24-48"] = share(own[name][kind]["24-48"], 2, counts=True)
                    cells[f"{boxes} >=48"] = share(own[name][kind][">=48"], 3, counts=True)
                head = split if not rows or not rows[-1].name.startswith(split) else ""
                rows.append(row(f"{split}, {name}, {kind}", (head, f"{label}, {kind}"), **cells))
    columns = {
        "mended 24-48": "mended boxes: 24–48 px",
        "mended >=48": "≥ 48 px",
        "old 24-48": "boxes as they came: 24–48 px",
        "old >=48": "≥ 48 px",
    }
    return table(("scenes", ""), columns, rows)


def speed() -> Table:
    """Milliseconds of a frame with one face, beside YuNet and the state before."""
    found = figures("finding_speed")
    rows = []
    for name, label in (("boxes alone", "boxes alone"), (OURS, "with the closer look")):
        cells = {}
        for size in ("640 x 480", "1280 x 720"):
            own, base = found[size], found.get(f"{size}, base")
            cells[size] = number(own[name], 1, unit=" ms")
            cells[f"{size}, YuNet"] = number(own["ratios to YuNet"][name], 2)
            cells[f"{size}, base"] = number(base and base["ratios to base"][name], 2)
        rows.append(row(name, label, **cells))
    columns = {
        key: title
        for size, shown in (("640 x 480", "640 × 480"), ("1280 x 720", "1280 × 720"))
        for key, title in (
            (size, shown),
            (f"{size}, YuNet", "of YuNet's time"),
            (f"{size}, base", "of the finder before"),
        )
    }
    return table("", columns, rows)


def _recalls(found: Mapping[str, Any], *, counts: bool) -> dict[str, Cell]:
    cells = {size: share(found[size], 2, counts=counts) for size in SIZES}
    cells[">=48"] = share(found[">=48"], interval=True)
    cells[">=48, IoU 0.4"] = share(found[">=48, IoU 0.4"])
    return cells


def landmarks() -> Table:
    """Landmarks, and what a found box costs the verdict, on val and test."""
    splits = {split: figures("placing")[split] for split in ("val", "test")}

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
        line("bare faces turned by 90°", "bare, turned", "mean_error", percent=True),
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
