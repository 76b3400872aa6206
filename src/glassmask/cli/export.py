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
    """Write a run's network as ONNX with its manifest; what is chosen is chosen on `val`."""
    try:
        from glassmask.lab.datasets import DatasetError
        from glassmask.lab.datasets.meshes import MeshError
        from glassmask.lab.export.finder import export_finder_run
        from glassmask.lab.export.landmarks import export_landmark_run
        from glassmask.lab.export.onnx_file import ExportError
        from glassmask.lab.export.wear import export_run
        from glassmask.lab.training.folder import RECIPE, RunError, see_finished
        from glassmask.lab.training.recipe import RecipeError, task_of
        from glassmask.photos import PhotoError
    except ModuleNotFoundError as error:
        need_lab(error)
    exports = {
        "wear": export_run,
        "finder": export_finder_run,
        "landmarks": export_landmark_run,
    }
    try:
        see_finished(run)
        manifest = exports[task_of(run / RECIPE)](run, data, out, licence, mending)
    except (RecipeError, RunError, ExportError, DatasetError, MeshError, PhotoError) as error:
        stop(str(error))
    except OSError as error:
        stop(f"{error.filename or out}: {error.strerror or error}")
    typer.echo(f"{out}: {manifest['name']} {manifest['version']} ({manifest['sha256'][:12]})")
    for name, figures in manifest["metrics"].items():
        if isinstance(figures, dict):
            told = "  ".join(
                f"{key} {value}" for key, value in figures.items() if isinstance(value, float)
            )
            typer.echo(f"  {name} val: {told}")
