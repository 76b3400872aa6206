"""`glassmask audit`: are a network's explanations true?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from glassmask.cli.lab import lab_command
from glassmask.cli.options import Datasets, Labels, Mending, label_meanings
from glassmask.cli.terminal import complain, progress_bar


def audit(
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
    split: Annotated[
        str, typer.Option(help="Audit on faces of this split, which the network never saw.")
    ] = "val",
    faces: Annotated[
        int,
        typer.Option(
            min=2, help="How many faces and pairs at most; fewer are quicker and less sure."
        ),
    ] = 150,
    method: Annotated[
        list[str] | None,
        typer.Option(help="Audit this method only; may be repeated. Default: all it allows."),
    ] = None,
    precision: Annotated[
        Literal["f32", "bf16"],
        typer.Option(
            help="Of the gradients of integrated-gradients; bf16 is quicker on CPUs with AMX."
        ),
    ] = "f32",
    gallery: Annotated[
        int, typer.Option(min=0, help="How many best, median and worst pairs to show.")
    ] = 3,
) -> None:
    """Measure every method's explanations: report.html and audit.json.

    --data takes folders of labelled faces, of MaskedFace-Net with its segments, and of painted
    pairs (`glassmask data paint --pairs`), which alone can say whether an explanation points
    right. The report shows faces: treat it as you would the photos.
    """
    with lab_command(out):
        from glassmask.lab import audit_network
        from glassmask.lab.audit.checks import check_method, summary

        with progress_bar("auditing", 1) as advance:

            def show(done: int, total: int, name: str) -> None:
                advance(done, total)
                complain(f"measuring {name}")

            measured = audit_network(
                network,
                data,
                out,
                mending=mending,
                labels=label_meanings(labels),
                split=split,
                faces=faces,
                methods=method or (),
                precision=precision,
                examples=gallery,
                warn=complain,
                progress=show,
            )
        for name in measured.methods:
            typer.echo(summary(name, check_method(measured, name)))
    typer.echo(f"the report: {out / 'report.html'}")
