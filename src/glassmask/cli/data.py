"""`glassmask data`: look at datasets, split them, find leaks between them, paint new ones."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from glassmask.cli.terminal import INTERRUPTED, need_lab, progress_bar, stop

data = typer.Typer(no_args_is_help=True, help="Describe, split, check and paint datasets.")


class Style(StrEnum):
    """What the painter draws from."""

    FULL = "full"
    MASKEDFACENET = "maskedfacenet"


class Split(StrEnum):
    """The parts of a dataset."""

    TRAIN = "train"
    VAL = "val"
    TEST = "test"


@data.command(no_args_is_help=True)
def paint(
    faces: Annotated[
        Path,
        typer.Argument(help="A folder with faces.csv, mesh468.npz and the pictures they name."),
    ],
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="The new dataset; a stopped job goes on there.")
    ],
    number: Annotated[int, typer.Option(min=1, help="How many pictures; a pair is two.")],
    seed: Annotated[int, typer.Option(min=0, help="The same seed paints the same pictures.")],
    pairs: Annotated[
        bool, typer.Option("--pairs", help="Pairs that differ in one thing, and where.")
    ] = False,
    style: Annotated[
        Style, typer.Option(help="Every kind of mask, or one blue surgical one.")
    ] = Style.FULL,
    split: Annotated[Split | None, typer.Option(help="Paint faces of this split only.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; one a core.")] = None,
) -> None:
    """Paint masks, and things that are none, on faces; the truth of every pixel beside them."""
    try:
        from glassmask.lab.datasets.meshes import MeshError
        from glassmask.lab.datasets.painted import Job, PaintingError, paint_dataset
    except ModuleNotFoundError as error:
        need_lab(error)
    try:
        job = Job(faces, number, seed, str(style), pairs, str(split) if split else None)
        with progress_bar("painting", job.items) as advance:
            table = paint_dataset(job, out, workers=workers, progress=advance)
    except (MeshError, PaintingError) as error:
        stop(str(error))
    except OSError as error:
        stop(f"{error.filename or out}: {error.strerror or error}")
    except KeyboardInterrupt:
        stop(f"stopped; the same command goes on from what is in {out}", INTERRUPTED)
    typer.echo(f"{number} pictures: {table}")
