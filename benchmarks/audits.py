"""The tables of docs/audit.md, out of what audits wrote.

    python -m benchmarks.audits AUDIT...

Each AUDIT is an `audit.json`, or a folder that holds one (`make audit`).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

TABLES: Final[Sequence[tuple[str, Sequence[tuple[str, str, str]]]]] = (
    (
        "Does it point at what changed?",
        (
            ("points there, after", "localisation, after", "hit"),
            ("points there, before", "localisation, before", "hit"),
            ("share of it there", "localisation, after", "mass"),
            ("rank accuracy", "localisation, after", "rank"),
            ("share of the crop", "localisation, after", "area"),
        ),
    ),
    (
        "Pointing, by what is uncovered",
        (
            ("nose", "localisation, after", "hit, nose"),
            ("chin", "localisation, after", "hit, chin"),
            ("nose and mouth", "localisation, after", "hit, nose_and_mouth"),
        ),
    ),
    (
        "Does it come from there, and does the network need it?",
        (
            ("stays alone (mean)", "locality, mean", "stays"),
            ("stays alone (blur)", "locality, blur", "stays"),
            ("stays when hidden (mean)", "locality, mean", "goes"),
            ("stays when hidden (blur)", "locality, blur", "goes"),
            ("deletion (mean)", "faithfulness, mean", "deletion"),
            ("insertion (mean)", "faithfulness, mean", "insertion"),
            ("ROAD", "faithfulness, mean", "road"),
        ),
    ),
    (
        "Was it learnt, does it add up, does it stay?",
        (
            ("like that of a drawn head", "sanity", "head"),
            ("of drawn weights", "sanity", "all"),
            ("off by, of its sum", "completeness", "relative"),
            ("after a shift", "stability", "shift by 3 px"),
            ("after noise", "stability", "noise"),
            ("after JPEG", "stability", "JPEG"),
        ),
    ),
    (
        "Share of the positive evidence by what each pixel shows, after",
        tuple((part, "parts, after", part) for part in ("skin", "mask", "nose", "mouth", "chin")),
    ),
    (
        "Share of the positive evidence by the segments of MaskedFace-Net",
        tuple((part, "parts, MaskedFace-Net", part) for part in ("background", "face", "mask")),
    ),
)
"""Title, and columns: heading, test, column of the test."""


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("audits", type=Path, nargs="+")
    for path in parser.parse_args().audits:
        file = path / "audit.json" if path.is_dir() else path
        if not file.is_file():
            parser.error(f"{file}: no such file; `make audit` writes it")
        tell(file)


def tell(path: Path) -> None:
    """Print the tables of one audit."""
    told = json.loads(path.read_text(encoding="utf-8"))
    print(f"\n## {path.parent.name if path.name == 'audit.json' else path.stem}\n")
    counts = ", ".join(f"{count} {name}" for name, count in told["counts"].items())
    print(f"{counts}; both of a pair rightly classified {figure(told['rightly'])}\n")
    for title, columns in TABLES:
        there = [column for column in columns if column[1] in told["tables"]]
        if there:
            print(f"### {title}\n")
            wide([heading for heading, _, _ in there], rows_of(told["tables"], there))
    for test in told["tables"]:
        if test.startswith("regions, "):
            name = test.removeprefix("regions, ")
            print(f"### Share of the positive evidence by region, {name}\n")
            by_region(told["tables"][test], told["areas"])
    print("### Verdicts\n")
    checks = list(next(iter(told["verdicts"].values())))
    signs = {True: "yes", False: "**no**", None: "-"}
    wide(checks, {m: [signs[own[c]] for c in checks] for m, own in told["verdicts"].items()})


def rows_of(
    tables: Mapping[str, Any], columns: Sequence[tuple[str, str, str]]
) -> dict[str, list[str]]:
    """A row for each method or map that any of the columns tells of."""
    names = list(dict.fromkeys(name for _, test, _ in columns for name in tables[test]))
    return {
        name: [figure(tables[test].get(name, {}).get(column)) for _, test, column in columns]
        for name in names
    }


def by_region(table: Mapping[str, Any], areas: Mapping[str, float]) -> None:
    """Regions as columns, and the share of the crop that they take."""
    regions = list(areas)
    rows = {name: [figure(row.get(region)) for region in regions] for name, row in table.items()}
    wide(regions, {**rows, "area": [f"{areas[region]:.2f}" for region in regions]})


def figure(told: Mapping[str, Any] | None) -> str:
    """Value and interval, or a dash."""
    if told is None or told["value"] is None:
        return "-"
    low, high = told["interval"]
    if 0 < abs(told["value"]) < 0.005:
        return f"{told['value']:.0e}"
    return f"{told['value']:.2f} [{low:.2f}, {high:.2f}]"


def wide(heads: Sequence[str], rows: Mapping[str, Sequence[str]]) -> None:
    """Print a table."""
    print(f"| | {' | '.join(heads)} |")
    print("|---" * (len(heads) + 1) + "|")
    for name, cells in rows.items():
        print(f"| {name} | {' | '.join(cells)} |")
    print()


if __name__ == "__main__":
    main()
