"""`glassmask export`: a trained run as the network file that the package uses."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from glassmask.cli.lab import lab_command
from glassmask.cli.options import Datasets, Labels, Mending, label_meanings
from glassmask.cli.terminal import stop


def export(
    run: Annotated[Path, typer.Argument(help="The folder of a finished run.")],
    data: Datasets,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The ONNX file; its manifest beside.")],
    mending: Mending = None,
    labels: Labels = None,
    licence: Annotated[
        str | None, typer.Option(help="The weights' licence, for the manifest.")
    ] = None,
) -> None:
    """Write a run's network as ONNX with its manifest; what is chosen is chosen on `val`."""
    with lab_command(out):
        from glassmask.lab.tasks.registry import open_task_of_run, tasks_with_export
        from glassmask.networks.manifest import require_network_name

        require_network_name(out)
        task = open_task_of_run(run)
        if task.export is None:
            stop(
                f"{run}: runs of task {task.name!r} are no networks of the package; there are: "
                f"{', '.join(tasks_with_export())}"
            )
        manifest = task.export(run, data, out, licence, mending, label_meanings(labels))
    typer.echo(f"{out}: {manifest['name']} {manifest['version']} ({manifest['sha256'][:12]})")
    for line in _told(manifest["metrics"]):
        typer.echo(f"  {line}")


def _told(figures: Mapping[str, Any], name: str = "") -> list[str]:
    """One line for every set of figures, however deep it lies in others."""
    own = [f"{key} {value}" for key, value in figures.items() if not isinstance(value, dict)]
    lines = [f"{name}: {'  '.join(own)}" if name else "  ".join(own)] if own else []
    for key, value in figures.items():
        if isinstance(value, dict):
            lines += _told(value, f"{name} {key}".strip())
    return lines
