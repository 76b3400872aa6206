"""The command line: which commands there are. Heavy imports stay inside the commands."""

from __future__ import annotations

import io
import sys
from typing import Annotated

import typer

from glassmask.cli.audit import audit
from glassmask.cli.check import check
from glassmask.cli.data import data
from glassmask.cli.demo import demo
from glassmask.cli.doctor import doctor
from glassmask.cli.evaluate import evaluate
from glassmask.cli.explain import explain
from glassmask.cli.export import export
from glassmask.cli.site import site
from glassmask.cli.terminal import USAGE, complain
from glassmask.cli.train import train
from glassmask.files import silence_standard_output

app = typer.Typer(
    name="glassmask",
    help="Says how face masks are worn in photos, how sure that is, and what says so.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command(no_args_is_help=True)(check)
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
        complain(f"error: can't write standard output: {error.strerror or error}")
        silence_standard_output()
        sys.exit(USAGE)
