"""`glassmask train`: train a network by a recipe."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from glassmask.cli.lab import lab_command
from glassmask.cli.options import Datasets, Labels, Mending, label_meanings
from glassmask.cli.terminal import complain, progress_bar, stop

if TYPE_CHECKING:
    from glassmask.lab.training.progress import Progress


def train(
    recipe: Annotated[
        Path, typer.Argument(help="A recipe (TOML), for instance recipes/wear.toml.")
    ],
    data: Datasets,
    out: Annotated[
        Path, typer.Option(metavar="RUN", help="The run's folder; a stopped run goes on there.")
    ],
    mending: Mending = None,
    labels: Labels = None,
    fold: Annotated[
        int | None,
        typer.Option(min=0, help="Leave this fold out, for out-of-fold figures (wear only)."),
    ] = None,
    start: Annotated[
        Path | None,
        typer.Option(
            metavar="RUN", help="Begin with the weights of this finished run of such a network."
        ),
    ] = None,
    workers: Annotated[
        int,
        typer.Option(min=0, help="Processes that prepare the views; 0: the training one itself."),
    ] = 1,
) -> None:
    """Train a network by a recipe. Stop it when you like: the same command goes on."""
    stopped = f"stopped; the same command goes on from what is in {out}"
    with lab_command(out, interrupted=stopped):
        from glassmask.lab.tasks.registry import open_task_of_recipe

        task = open_task_of_recipe(recipe)
        if fold is not None and not task.folds:
            stop(f"--fold: {recipe} is of task {task.name!r}, which has no folds")
        with progress_bar("training", 1) as advance:
            task.train(
                recipe,
                data,
                out,
                mending=mending,
                labels=label_meanings(labels),
                fold=fold,
                start=start,
                workers=workers,
                progress=partial(_report, advance),
                warn=complain,
            )
    typer.echo(f"trained: {out}")


def _report(advance: Callable[..., None], progress: Progress) -> None:
    advance(progress.step, total=progress.steps)
    if progress.report:
        share = progress.step / progress.steps
        typer.echo(
            f"step {progress.step}/{progress.steps} ({share:.0%})  loss {progress.loss:.3f}  "
            f"{progress.speed:.0f} crops/s",
            err=True,
        )
