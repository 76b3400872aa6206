"""The course of a run as a picture: its loss and its learning rate, from `metrics.csv`."""

from __future__ import annotations

import csv
from pathlib import Path

from matplotlib.figure import Figure

from glassmask.files import replacing


def draw_curve(metrics: Path, out: Path) -> None:
    """Draw loss and learning rate by step, as SVG.

    Args:
        metrics: a table with the columns step, loss and learning_rate, and held_loss or not.
        out: the picture to write.

    Raises:
        OSError: one can't be read or written.
    """
    with metrics.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    steps = [int(row["step"]) for row in rows]
    figure = Figure(figsize=(7, 3.4), layout="constrained")
    loss = figure.subplots()
    loss.plot(steps, [float(row["loss"]) for row in rows], color="#1b7837", marker=".")
    looked = [row for row in rows if row.get("held_loss")]
    if looked:
        held = [float(row["held_loss"]) for row in looked]
        loss.plot([int(row["step"]) for row in looked], held, "s--", color="#e08214", markersize=3)
    loss.set_xlabel("step")
    loss.set_ylabel("loss (solid), of held-out views (dashed)" if looked else "loss (solid)")
    loss.grid(alpha=0.3)
    rate = loss.twinx()
    rate.plot(steps, [float(row["learning_rate"]) for row in rows], ":", color="#7b3294")
    rate.set_ylabel("learning rate (dotted)")
    rate.set_ylim(bottom=0)
    with replacing(out) as partial:
        figure.savefig(partial, format="svg", metadata={"Date": None})
