"""`glassmask evaluate`: every figure of a network on labelled faces, and its worst mistakes."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from glassmask.cli.lab import lab_command
from glassmask.cli.options import Datasets, Labels, Mending, Traits, label_meanings
from glassmask.cli.terminal import complain, progress_bar


class FramingOption(StrEnum):
    """What of a picture is judged."""

    AS_GIVEN = "as given"
    CHECK = "check"
    TIGHT = "tight"
    MEDIUM = "medium"
    LOOSE = "loose"
    PORTRAIT = "portrait"
    FFHQ = "ffhq"


def evaluate(
    network: Annotated[
        str,
        typer.Argument(help="The folder of a finished run, a network file, or 'shipped'."),
    ],
    data: Datasets,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder of the report; made if it is not there.")
    ],
    mending: Mending = None,
    labels: Labels = None,
    traits: Traits = None,
    split: Annotated[
        list[str] | None,
        typer.Option(help="Judge this split only; may be repeated. Default: all that occur."),
    ] = None,
    framing: Annotated[
        FramingOption | None,
        typer.Option(help="What of a picture is judged. Default: as the network was trained."),
    ] = None,
    gallery: Annotated[
        int, typer.Option(min=0, help="How many of the surest mistakes to show.")
    ] = 12,
) -> None:
    """Judge labelled faces: report.html, metrics.json and predictions.csv, split by split.

    The report shows the pictures of its mistakes: treat it as you would the photos.
    """
    with lab_command(out):
        from glassmask.lab import evaluate as evaluate_network

        with progress_bar("judging", 1) as advance:
            evaluation = evaluate_network(
                network,
                data,
                out,
                splits=split,
                framing=framing.value if framing else None,
                traits=traits,
                mending=mending,
                labels=label_meanings(labels),
                gallery=gallery,
                progress=lambda done, faces: advance(done, total=faces),
                warn=complain,
            )
    for name, figures in evaluation.splits.items():
        left_out = (
            f" ({figures.doubtful} with doubtful labels left out)" if figures.doubtful else ""
        )
        typer.echo(
            f"{name or 'no split'}: {figures.faces} faces{left_out}, "
            f"accuracy {figures.accuracy.overall.value:.1%}, "
            f"balanced {figures.accuracy.balanced:.1%}"
        )
    typer.echo(f"the report: {out / 'report.html'}")
