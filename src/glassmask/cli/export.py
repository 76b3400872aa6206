"""`glassmask export`: a trained run as the network file that the package uses."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from glassmask.cli.options import Mending
from glassmask.cli.terminal import need_lab, stop


def export(
    run: Annotated[Path, typer.Argument(help="The folder of a finished run.")],
    data: Annotated[
        list[Path],
        typer.Option(metavar="DIR", help="A dataset folder with its table; may be repeated."),
    ],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The ONNX file; its manifest beside.")],
    mending: Mending = None,
    licence: Annotated[
        str | None, typer.Option(help="The weights' licence, for the manifest.")
    ] = None,
) -> None:
    """Write a run's network as ONNX with its manifest; calibrates it on the val faces."""
    try:
        from glassmask.lab.datasets import DatasetError
        from glassmask.lab.export import export_run
        from glassmask.lab.training.folder import RunError
        from glassmask.lab.training.recipe import RecipeError
        from glassmask.photos import PhotoError
    except ModuleNotFoundError as error:
        need_lab(error)
    try:
        manifest = export_run(run, data, out, licence, mending)
    except (RecipeError, RunError, DatasetError, PhotoError) as error:
        stop(str(error))
    except OSError as error:
        stop(f"{error.filename or out}: {error.strerror or error}")
    typer.echo(f"{out}: {manifest['name']} {manifest['version']} ({manifest['sha256'][:12]})")
    for dataset, figures in manifest["metrics"].items():
        typer.echo(f"  {dataset} val: balanced accuracy {figures['balanced_accuracy']:.3f}")
