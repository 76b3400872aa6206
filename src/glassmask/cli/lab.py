"""What the commands of the lab share: whatever stops one is said in one line."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from glassmask.cli.interrupt import Ending, ended_by_signals
from glassmask.cli.terminal import need_lab, stop
from glassmask.errors import GlassmaskError


@contextlib.contextmanager
def lab_command(out: Path | None = None, *, interrupted: str = "stopped") -> Iterator[None]:
    """Run a command of the lab, its imports too; end it in one line where it can't go on.

    That is where a package of the lab is missing, for every `GlassmaskError`, where a file can't
    be read or written, and for Ctrl-C, SIGTERM and SIGHUP. Other errors are faults of Glassmask,
    and pass.

    Args:
        out: what the command writes; named where an `OSError` names no file.
        interrupted: what to say after such a signal.

    Raises:
        typer.Exit: it can't go on.
    """
    with ended_by_signals() as ending, _told(out, interrupted, ending):
        yield


@contextlib.contextmanager
def _told(out: Path | None, interrupted: str, ending: Ending) -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        need_lab(error)
    except GlassmaskError as error:
        stop(str(error))
    except OSError as error:
        place = error.filename or out
        stop(f"{place}: {error.strerror or error}" if place else str(error))
    except KeyboardInterrupt:
        stop(interrupted, ending.exit_code)
