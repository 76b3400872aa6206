"""How commands speak: results on standard output, all else in one-line messages on error."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import NoReturn

import typer

from glassmask.output.names import printable

USAGE = 2
"""Exit code: the command can't do what was asked, whatever the photos."""

INTERRUPTED = 130


def complain(message: str) -> None:
    """Write one line to standard error."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError):  # a log that can't be written stops no work
            print(printable(message), file=sys.stderr, flush=True)


def stop(message: str, code: int = USAGE) -> NoReturn:
    """Say in one line why the command can't go on, and end it."""
    complain(f"error: {message}")
    raise typer.Exit(code)


def need_lab(error: ModuleNotFoundError) -> NoReturn:
    """End a lab command for want of the lab's packages."""
    if (error.name or "").startswith("glassmask"):
        raise error
    stop(f"this command needs the lab ({error.name} is missing): pip install 'glassmask[lab]'")


@contextlib.contextmanager
def progress_bar(doing: str, total: int) -> Iterator[Callable[..., None]]:
    """A bar on standard error, silent when that is no terminal.

    Give it the number done, and `total` where that is known only later.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    screen = Console(stderr=True)
    columns = (TextColumn(doing), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(
        *columns, console=screen, transient=True, disable=not screen.is_terminal
    ) as progress:
        task = progress.add_task(doing, total=total)
        yield lambda done, total=None: progress.update(task, completed=done, total=total)
