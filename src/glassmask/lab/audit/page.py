"""An audit as files: `report.html`, and every figure in `audit.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, Final

from glassmask.faces.regions import REGIONS
from glassmask.files import replacing
from glassmask.lab.audit.audit import Audit
from glassmask.lab.audit.charts import bars, shares_chart
from glassmask.lab.audit.examples import Example
from glassmask.lab.audit.figures import Table
from glassmask.lab.audit.verdicts import in_one_line, verdict_of
from glassmask.lab.pages import table, write_html
from glassmask.output.draw import data_url
from glassmask.version import __version__

_INTRODUCTIONS: Final = {
    "localisation": "Pairs of pictures that differ in known pixels and in class: does the map of "
    "why the one rather than the other point there? hit: its maximum lies in the changed pixels, "
    "widened by half a cell of the shipped network; mass: the share of its positive sum there; "
    "rank: of as many highest pixels, how many lie there; area: what chance gives.",
    "locality": "Does the evidence at a place come from there? The changed region's sum, over what "
    "it was: when all else is hidden (stays: 1 is right), when the region is hidden (goes: 0 or "
    "less is right); alike: correlation inside it. The name says what hides.",
    "faithfulness": "Pixels are hidden in the order of the map. deletion: less is better; "
    "insertion and road: more is better. The name says what hides; ROAD fills holes from around.",
    "sanity": "How like its own is the map when the network's weights are drawn anew, from the "
    "last layer on? Near 0 at the end, or the map does not speak of the network.",
    "stability": "How like itself is the map after a change that does not matter?",
    "completeness": "How far the map's sum is from what it must be: in logits, and over it.",
    "parts": "The share of the positive evidence by what each pixel shows, known from the painter "
    "or from MaskedFace-Net's segments; area: what chance gives.",
    "regions": "The share of the positive evidence by region of the face, for what the network "
    "says rather than the strongest class of another wear.",
}
"""First word of a test's name -> what it asks; in the order of the page."""


def audit_json(audit: Audit) -> dict[str, Any]:
    """Every figure, and the verdicts."""
    return {
        "network": audit.network,
        "glassmask": __version__,
        "counts": dict(audit.counts),
        "methods": {name: dict(settings) for name, settings in audit.methods.items()},
        "rightly": audit.rightly.told(),
        "verdicts": {
            method: {check.name: check.passed for check in verdict_of(audit, method)}
            for method in audit.methods
        },
        "tables": {
            test: {
                method: {column: figure.told() for column, figure in columns.items()}
                for method, columns in rows.items()
            }
            for test, rows in audit.tables.items()
        },
        "areas": {region: round(area, 4) for region, area in audit.areas.items()},
    }


def write_audit(audit: Audit, folder: Path, told_of: str = "") -> None:
    """Write `audit.json` and `report.html`, which shows people, into a folder.

    Args:
        audit: what was measured.
        folder: made if it is not there.
        told_of: what it was measured on.

    Raises:
        OSError: a file can't be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with replacing(folder / "audit.json") as partial:
        partial.write_text(json.dumps(audit_json(audit), indent=2) + "\n", "utf-8")
    counts = ", ".join(f"{count} {name}" for name, count in audit.counts.items())
    lines = [in_one_line(method, verdict_of(audit, method)) for method in audit.methods]
    parts = ["<h2>Verdicts</h2>", *(f"<p>{escape(line)}.</p>" for line in lines)]
    if audit.rightly.count:
        parts.append(
            f"<p>Both pictures of a pair rightly classified: {escape(str(audit.rightly))}.</p>"
        )
    parts += [f"<p>{escape(line)}</p>" for line in _settings(audit)]
    order = list(_INTRODUCTIONS)
    tests = sorted(audit.tables, key=lambda test: order.index(test.split(",")[0]))
    parts += [_test(audit, test) for test in tests]
    parts += [_examples(method, some) for method, some in audit.examples.items()]
    subtitle = f"Glassmask {__version__}; {counts}{told_of}; intervals are of 95 %, by person"
    write_html(folder / "report.html", f"Audit of {audit.network}", subtitle, parts)


def _settings(audit: Audit) -> list[str]:
    """A line for each method that has any."""
    return [
        f"{name}: " + ", ".join(f"{key} {_plain(value)}" for key, value in settings.items())
        for name, settings in audit.methods.items()
        if settings
    ]


def _plain(value: object) -> str:
    return " and ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _test(audit: Audit, test: str) -> str:
    rows = audit.tables[test]
    columns = list(next(iter(rows.values())))
    lines = [(name, *(str(row[column]) for column in columns)) for name, row in rows.items()]
    kind = test.split(",", maxsplit=1)[0]
    parts = [f"<h2>{escape(test.capitalize())}</h2>"]
    if test == _first(audit, kind):
        parts.append(f'<p class="soft">{escape(_INTRODUCTIONS[kind])}</p>')
    parts.append(table(("", *columns), lines))
    chart = _chart(audit, test, rows)
    return "\n".join([*parts, f'<div class="charts">{chart}</div>' if chart else ""])


def _first(audit: Audit, kind: str) -> str:
    return next(test for test in audit.tables if test.split(",")[0] == kind)


def _chart(audit: Audit, test: str, rows: Mapping[str, Table]) -> str:
    column = {"localisation, after": "hit", "faithfulness, mean": "road", "sanity": "all"}.get(test)
    if column is not None:
        return bars({name: row[column] for name, row in rows.items()}, audit.baselines, column)
    if test == "regions, all":
        shown = {
            name: {region: row[region].value for region in REGIONS} for name, row in rows.items()
        }
        return shares_chart(shown, {region: audit.areas[region] for region in REGIONS})
    return ""


def _examples(method: str, some: Sequence[Example]) -> str:
    items = []
    for example in some:
        names = ("before", "after, and what changed", f"{method}: why after")
        drawn = "".join(
            f'<img alt="{escape(name)}" title="{escape(name)}" src="{data_url(picture)}">'
            for name, picture in zip(names, example.pictures, strict=True)
        )
        told = f"<p><b>{example.place}</b>: {escape(example.what)}, {example.mass:.0%} inside</p>"
        items.append(f'<div class="mistake">{told}{drawn}</div>')
    return f'<h2>Examples of {escape(method)}</h2><div class="gallery">{"".join(items)}</div>'
