"""Charts of an evaluation, as SVG."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Final

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from glassmask.lab.evaluation.curves import Roc
from glassmask.lab.metrics.calibration import Bin
from glassmask.labels import WEARS, Wear

COLOURS: Final = {Wear.CORRECT: "#1b7837", Wear.INCORRECT: "#e08214", Wear.NONE: "#7b3294"}
"""Told apart without colour vision too, by their lightness."""

_SIDE: Final = 3.4  # inches


def reliability_chart(before: Sequence[Bin], after: Sequence[Bin]) -> str:
    """How often the network is right, by how sure it is, before and after calibration."""
    figure, axes = _figure("how sure", "how often right")
    axes.plot([0, 1], [0, 1], color="0.6", linewidth=1, linestyle="--")
    for bins, name, style in ((before, "before", "o:"), (after, "after", "s-")):
        sure, right = [b.confidence for b in bins], [b.right for b in bins]
        axes.plot(sure, right, style, label=name, markersize=4)
    axes.legend(frameon=False)
    return as_svg(figure)


def roc_chart(curves: Mapping[Wear, Roc]) -> str:
    """Each wear against the others; empty axes where no wear has others to be told from."""
    figure, axes = _figure("others called this", "this called this")
    for wear, curve in curves.items():
        label = f"{wear} ({curve.area:.3f})"
        axes.plot(curve.false, curve.true, color=COLOURS[wear], label=label)
    if curves:
        axes.legend(frameon=False, loc="lower right")
    else:
        axes.text(0.5, 0.5, "faces of one wear alone", ha="center", transform=axes.transAxes)
    return as_svg(figure)


def confusion_chart(counts: NDArray[np.int64]) -> str:
    """Faces by label (rows) and by what they are called (columns)."""
    figure, axes = _figure("called", "is")
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    names = [str(wear) for wear in WEARS]
    axes.set_xticks(range(len(WEARS)), names)
    axes.set_yticks(range(len(WEARS)), names, rotation=90, va="center")
    for row, column in np.ndindex(counts.shape):
        colour = "white" if shares[row, column] > 0.5 else "black"
        text = f"{counts[row, column]}\n{shares[row, column]:.1%}"
        axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=9)
    return as_svg(figure)


def _figure(across: str, up: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(_SIDE, _SIDE), layout="constrained")
    axes = figure.subplots()
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    return figure, axes


def as_svg(figure: Figure) -> str:
    """The figure as an SVG element, the same bytes for the same figure."""
    buffer = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "glassmask", "svg.fonttype": "none"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]
