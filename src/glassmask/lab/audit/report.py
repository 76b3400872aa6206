"""An audit as files: `report.html`, and every figure in `audit.json`."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from matplotlib.figure import Figure as Canvas
from numpy.typing import NDArray

from glassmask.faces.regions import REGIONS
from glassmask.files import replacing
from glassmask.lab.attribution.pictures import overlay
from glassmask.lab.audit.checks import check_method, summary
from glassmask.lab.audit.figures import Figure, Table
from glassmask.lab.audit.results import Audit, AuditTest, Example, Measure
from glassmask.lab.evaluation.charts import as_svg
from glassmask.lab.pages import table, write_html
from glassmask.output.draw import data_url
from glassmask.version import __version__

_METHOD_COLOUR: Final = "#2166ac"
_CONTROL_COLOUR: Final = "0.65"

_REGION_COLOURS: Final = (
    *("#332288", "#88ccee", "#cc6677", "#882255", "#ddcc77", "#44aa99", "#999933", "#bbbbbb"),
)
"""Told apart without colour vision too (after Tol)."""

_CHART_COLUMNS: Final[Mapping[AuditTest, str]] = {
    AuditTest(Measure.LOCALISATION, "after"): "hit",
    AuditTest(Measure.FAITHFULNESS, "mean"): "road",
    AuditTest(Measure.SANITY): "all",
}
"""Test -> the column that is drawn."""

_INTRODUCTIONS: Final[Mapping[Measure, str]] = {
    Measure.LOCALISATION: (
        "Pairs of pictures that differ in known pixels and in class: does the map of why the "
        "one rather than the other point there? hit: its maximum lies in the changed pixels, "
        "widened by half a cell of the shipped network; mass: the share of its positive sum "
        "there; rank: of as many highest pixels, how many lie there; area: what chance gives."
    ),
    Measure.LOCALITY: (
        "Does the evidence at a place come from there? The changed region's sum, over what it "
        "was: when all else is hidden (stays: 1 is right), when the region is hidden (goes: 0 "
        "or less is right); alike: correlation inside it. The name says what hides."
    ),
    Measure.HIDING: (
        "One part that a mask leaves uncovered is hidden, and the network asked again. leaves: the "
        "answer is no more that it is uncovered; others stay: the three other answers are as they "
        "were. Of the network, whatever the method. The name says which faces, and what hides."
    ),
    Measure.FAITHFULNESS: (
        "Pixels are hidden in the order of the map. deletion: less is better; insertion and "
        "road: more is better. The name says what hides; ROAD fills holes from around."
    ),
    Measure.SANITY: (
        "How like its own is the map when the network's weights are drawn anew, from the last "
        "layer on? Near 0 at the end, or the map does not speak of the network."
    ),
    Measure.STABILITY: ("How like itself is the map after a change that does not matter?"),
    Measure.COMPLETENESS: (
        "How far the map's sum is from what it must be: in logits, and over it."
    ),
    Measure.PARTS: (
        "The share of the positive evidence by what each pixel shows, known from the painter "
        "or from MaskedFace-Net's segments; area: what chance gives."
    ),
    Measure.REGIONS: (
        "The share of the positive evidence by region of the face, for what the network says: all "
        "of its answers together; of a network of classes, its class rather than the strongest of "
        "another wear."
    ),
}
"""Measure -> what it asks; in the order of the page."""


def audit_json(audit: Audit) -> dict[str, Any]:
    """Every figure, and what each method passes (`verdicts`)."""
    return {
        "network": audit.network,
        "glassmask": __version__,
        "counts": dict(audit.counts),
        "methods": {name: dict(settings) for name, settings in audit.methods.items()},
        "rightly": audit.correct.to_json(),
        "verdicts": {
            method: {check.name: check.passed for check in check_method(audit, method)}
            for method in audit.methods
        },
        "tables": {
            str(test): {
                method: {column: figure.to_json() for column, figure in columns.items()}
                for method, columns in rows.items()
            }
            for test, rows in audit.tables.items()
        },
        "areas": {region: round(area, 4) for region, area in audit.areas.items()},
    }


def write_audit(audit: Audit, folder: Path, subject: str = "") -> None:
    """Write `audit.json` and `report.html`, which shows people, into a folder.

    Args:
        audit: what was measured.
        folder: made if it is not there.
        subject: what it was measured on.

    Raises:
        OSError: a file can't be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with replacing(folder / "audit.json") as partial:
        partial.write_text(json.dumps(audit_json(audit), indent=2) + "\n", "utf-8")
    counts = ", ".join(f"{count} {name}" for name, count in audit.counts.items())
    lines = [summary(method, check_method(audit, method)) for method in audit.methods]
    parts = ["<h2>Verdicts</h2>", *(f"<p>{escape(line)}.</p>" for line in lines)]
    if audit.correct.count:
        parts.append(
            f"<p>Both pictures of a pair rightly classified: {escape(str(audit.correct))}.</p>"
        )
    parts += [f"<p>{escape(line)}</p>" for line in _settings_lines(audit)]
    for measure, introduction in _INTRODUCTIONS.items():
        tests = [test for test in audit.tables if test.measure is measure]
        parts += [
            _test_section(audit, test, "" if place else introduction)
            for place, test in enumerate(tests)
        ]
    parts += [_example_section(method, examples) for method, examples in audit.examples.items()]
    subtitle = f"Glassmask {__version__}; {counts}{subject}; intervals are of 95 %, by person"
    write_html(folder / "report.html", f"Audit of {audit.network}", subtitle, parts)


def _settings_lines(audit: Audit) -> list[str]:
    """A line for each method that has any."""
    return [
        f"{name}: " + ", ".join(f"{key} {_setting(value)}" for key, value in settings.items())
        for name, settings in audit.methods.items()
        if settings
    ]


def _setting(value: object) -> str:
    return " and ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _test_section(audit: Audit, test: AuditTest, introduction: str) -> str:
    rows = audit.tables[test]
    columns = list(next(iter(rows.values())))
    lines = [(name, *(str(row[column]) for column in columns)) for name, row in rows.items()]
    parts = [f"<h2>{escape(str(test).capitalize())}</h2>"]
    if introduction:
        parts.append(f'<p class="soft">{escape(introduction)}</p>')
    parts.append(table(("", *columns), lines))
    chart = _chart(audit, test, rows)
    return "\n".join([*parts, f'<div class="charts">{chart}</div>' if chart else ""])


def _chart(audit: Audit, test: AuditTest, rows: Mapping[str, Table]) -> str:
    column = _CHART_COLUMNS.get(test)
    if column is not None:
        figures = {name: row[column] for name, row in rows.items()}
        return _bar_chart(figures, audit.controls, column)
    if test == AuditTest(Measure.REGIONS, "all"):
        shares = {
            name: {region: row[region].value for region in REGIONS} for name, row in rows.items()
        }
        return _share_chart(shares, {region: audit.areas[region] for region in REGIONS})
    return ""


def _bar_chart(rows: Mapping[str, Figure], controls: Collection[str], label: str) -> str:
    """One bar per method with its interval; the controls, which know nothing, in grey."""
    canvas = Canvas(figsize=(5.2, 0.34 * len(rows) + 0.8), layout="constrained")
    axes = canvas.subplots()
    places = np.arange(len(rows))[::-1]
    values = np.array([figure.value for figure in rows.values()])
    low = np.maximum(values - [figure.low for figure in rows.values()], 0)
    high = np.maximum([figure.high for figure in rows.values()] - values, 0)
    colours = [_CONTROL_COLOUR if name in controls else _METHOD_COLOUR for name in rows]
    axes.barh(places, values, xerr=[low, high], color=colours, ecolor="0.2", capsize=2)
    axes.set_yticks(places, list(rows))
    axes.set_xlabel(label)
    axes.axvline(0, color="0.2", linewidth=0.8)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return as_svg(canvas)


def _share_chart(rows: Mapping[str, Mapping[str, float]], areas: Mapping[str, float]) -> str:
    """For each class a bar of the evidence's shares by region, and one of the regions' areas."""
    bars = {**rows, "area": areas}
    canvas = Canvas(figsize=(7.2, 0.42 * len(bars) + 1.3), layout="constrained")
    axes = canvas.subplots()
    left = np.zeros(len(bars))
    places = np.arange(len(bars))[::-1]
    regions = list(areas)
    for number, region in enumerate(regions):
        widths = np.nan_to_num([row[region] for row in bars.values()])
        colour = _REGION_COLOURS[number % len(_REGION_COLOURS)]
        axes.barh(places, widths, left=left, label=region, color=colour, edgecolor="white")
        left += widths
    axes.set_yticks(places, list(bars))
    axes.set_xlim(0, 1)
    axes.set_xlabel("share of the evidence")
    canvas.legend(loc="outside upper center", ncols=len(regions), frameon=False, fontsize=8)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return as_svg(canvas)


def _example_section(method: str, examples: Sequence[Example]) -> str:
    items = []
    for example in examples:
        names = ("before", "after, and what changed", f"{method}: why after")
        pictures = "".join(
            f'<img alt="{escape(name)}" title="{escape(name)}" src="{data_url(picture)}">'
            for name, picture in zip(names, _example_pictures(example), strict=True)
        )
        change = str(example.pair.after.record.uncovered)
        line = f"<p><b>{example.rank}</b>: {escape(change)}, {example.share:.0%} inside</p>"
        items.append(f'<div class="mistake">{line}{pictures}</div>')
    return f'<h2>Examples of {escape(method)}</h2><div class="gallery">{"".join(items)}</div>'


def _example_pictures(example: Example) -> tuple[NDArray[np.uint8], ...]:
    """Before; after, with the outline of what changed; the map on after. RGB uint8 (S, S, 3)."""
    before, after = example.pair.before.crop, example.pair.after.crop
    outlines, _ = cv2.findContours(
        example.truth.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    outlined = after.copy()
    cv2.drawContours(outlined, outlines, -1, (255, 255, 0), 1)
    explained = overlay(after, example.map, example.palette)
    cv2.drawContours(explained, outlines, -1, (255, 255, 255), 1)
    return before, outlined, explained
