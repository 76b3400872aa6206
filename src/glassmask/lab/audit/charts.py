"""Charts of an audit, as SVG."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

import numpy as np
from matplotlib.figure import Figure as Canvas

from glassmask.lab.audit.figures import Figure
from glassmask.lab.evaluation.charts import as_svg

_METHOD: Final = "#2166ac"
_BASELINE: Final = "0.65"


def bars(rows: Mapping[str, Figure], plain: Collection[str], across: str) -> str:
    """A bar a method with its interval; those in `plain`, which know nothing, in grey."""
    canvas = Canvas(figsize=(5.2, 0.34 * len(rows) + 0.8), layout="constrained")
    axes = canvas.subplots()
    places = np.arange(len(rows))[::-1]
    values = np.array([figure.value for figure in rows.values()])
    low = np.maximum(values - [figure.low for figure in rows.values()], 0)
    high = np.maximum([figure.high for figure in rows.values()] - values, 0)
    colours = [_BASELINE if name in plain else _METHOD for name in rows]
    axes.barh(places, values, xerr=[low, high], color=colours, ecolor="0.2", capsize=2)
    axes.set_yticks(places, list(rows))
    axes.set_xlabel(across)
    axes.axvline(0, color="0.2", linewidth=0.8)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return as_svg(canvas)


def shares_chart(rows: Mapping[str, Mapping[str, float]], areas: Mapping[str, float]) -> str:
    """For each class a bar of the evidence's shares by region, and one of the regions' areas."""
    shown = {**rows, "area": areas}
    canvas = Canvas(figsize=(7.2, 0.42 * len(shown) + 1.3), layout="constrained")
    axes = canvas.subplots()
    left = np.zeros(len(shown))
    places = np.arange(len(shown))[::-1]
    regions = list(areas)
    for number, region in enumerate(regions):
        widths = np.nan_to_num([row[region] for row in shown.values()])
        colour = _REGION_COLOURS[number % len(_REGION_COLOURS)]
        axes.barh(places, widths, left=left, label=region, color=colour, edgecolor="white")
        left += widths
    axes.set_yticks(places, list(shown))
    axes.set_xlim(0, 1)
    axes.set_xlabel("share of the evidence")
    canvas.legend(loc="outside upper center", ncols=len(regions), frameon=False, fontsize=8)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return as_svg(canvas)


_REGION_COLOURS: Final = (
    *("#332288", "#88ccee", "#cc6677", "#882255", "#ddcc77", "#44aa99", "#bbbbbb"),
)
"""Told apart without colour vision too (after Tol)."""
