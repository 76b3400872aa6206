"""`glassmask train`: train a network by a recipe."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from glassmask.cli.lab import lab_command
from glassmask.cli.options import Datasets, Mending
from glassmask.cli.terminal import complain, progress_bar, stop

if TYPE_CHECKING:
    from glassmask.lab.training.loop import Progress


def train(
    recipe: Annotated[
        Path, typer.Argument(help="A recipe (TOML), for instance recipes/wear.toml.")
    ],
    data: Datasets,
    out: Annotated[
        Path, typer.Option(metavar="RUN", help="The run's folder; a stopped run goes on there.")
    ],
    mending: Mending = None,
    fold: Annotated[
        int | None,
        typer.Option(min=0, help="Leave this fold out, for out-of-fold figures (wear only)."),
    ] = None,
) -> None:
    """Train a network by a recipe. Stop it when you like: the same command goes on."""
    stopped = f"stopped; the same command goes on from what is in {out}"
    with lab_command(out, interrupted=stopped):
        from glassmask.lab.tasks.classifier.run import train_classifier_run
        from glassmask.lab.tasks.finder.run import train_finder_run
        from glassmask.lab.tasks.landmarks.run import train_landmarks_run
        from glassmask.lab.tasks.wear.run import train_run
        from glassmask.lab.training.recipe import task_of

        runs: dict[str, Callable[..., None]] = {
            "wear": partial(train_run, fold=fold),
            "finder": train_finder_run,
            "landmarks": train_landmarks_run,
            "classifier": train_classifier_run,
        }
        task = task_of(recipe)
        if fold is not None and task != "wear":
            stop(f"--fold is for recipes of task 'wear'; {recipe} is of {task!r}")
        with progress_bar("training", 1) as advance:
            tell = partial(_tell, advance)
            runs[task](recipe, data, out, mending=mending, progress=tell, warn=complain)
    typer.echo(f"trained: {out}")


def _tell(advance: Callable[..., None], progress: Progress) -> None:
    advance(progress.step, total=progress.steps)
    if progress.report:
        share = progress.step / progress.steps
        typer.echo(
            f"step {progress.step}/{progress.steps} ({share:.0%})  loss {progress.loss:.3f}  "
            f"{progress.speed:.0f} crops/s",
            err=True,
        )
