"""The command line: which commands there are. Heavy imports stay inside the commands."""

from __future__ import annotations

import errno
import io
import os
import sys
from itertools import pairwise
from typing import Annotated, Any, Final, NoReturn

import typer
from typer.core import TyperGroup

from glassmask.cli.audit import audit
from glassmask.cli.check import check
from glassmask.cli.data import data
from glassmask.cli.demo import demo
from glassmask.cli.doctor import doctor
from glassmask.cli.evaluate import evaluate
from glassmask.cli.explain import explain
from glassmask.cli.export import export
from glassmask.cli.site import site
from glassmask.cli.terminal import INTERRUPTED, USAGE, complain, stop
from glassmask.cli.train import train
from glassmask.cli.video import video
from glassmask.cli.watch import watch
from glassmask.files import silence_standard_output

_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""Why a file can't take more. Where none is named it is standard output: commands tell of their
own."""


class _Commands(TyperGroup):
    """Every command, and what is the same for all of them."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Refuse empty words: as a path, an empty one is the current folder, which nobody meant."""
        takes_photos = args[:1] in (["check"], ["explain"])  # they tell of each empty path
        for before, word in pairwise(["", *args]):
            option = before if before.startswith("--") else word.rpartition("=")[0]
            if option.startswith("--") and word in ("", f"{option}="):
                raise typer.BadParameter(f"{option} is empty: give it a value, or leave it out")
            if not word and not takes_photos:
                raise typer.BadParameter("an empty path: give a file or a folder")
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run a command; Ctrl-C where it has no words of its own for it: while it is imported."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            stop("stopped", INTERRUPTED)


app = typer.Typer(
    name="glassmask",
    cls=_Commands,
    help="Says how face masks are worn in photos, how sure that is, and what says so.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command(no_args_is_help=True)(check)
app.command(no_args_is_help=True)(video)
app.command(no_args_is_help=True)(watch)
app.command(no_args_is_help=True)(demo)
app.command(no_args_is_help=True)(site)
app.command()(doctor)
app.add_typer(data, name="data", rich_help_panel="Lab")
app.command(no_args_is_help=True, rich_help_panel="Lab")(train)
app.command(no_args_is_help=True, rich_help_panel="Lab")(evaluate)
app.command(no_args_is_help=True, rich_help_panel="Lab")(explain)
app.command(no_args_is_help=True, rich_help_panel="Lab")(audit)
app.command(no_args_is_help=True, rich_help_panel="Lab")(export)


def _version(wanted: bool) -> None:
    if wanted:
        from glassmask.version import __version__

        typer.echo(f"glassmask {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Entry point of the command `glassmask`."""
    _fill_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name that the terminal can't show
            stream.reconfigure(errors="replace")
    try:
        try:
            app()
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except BrokenPipeError:  # its reader left
        silence_standard_output()
    except OSError as error:  # a full disk, mostly
        reason = error.strerror or error
        if error.filename is None and (error.errno in _FULL or _standard_output_fails()):
            complain(f"error: can't write standard output: {reason}")
            silence_standard_output()
        else:
            complain(f"error: {error.filename}: {reason}" if error.filename else f"error: {reason}")
        _end(USAGE)


def _fill_closed_streams() -> None:
    """Where a standard stream is closed, open nothing in its place.

    The next file that is opened would else get its number, and what libraries write to standard
    error would stand in it.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _standard_output_fails() -> bool:
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        return True
    return False


def _end(code: int) -> NoReturn:
    """End without a word where standard error can't be written at all."""
    try:
        if sys.stderr is not None:
            sys.stderr.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    sys.exit(code)
