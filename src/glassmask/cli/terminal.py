"""How commands speak: results on standard output, all else in one-line messages on error."""

from __future__ import annotations

import sys
from typing import NoReturn

import typer

USAGE = 2
"""Exit code: the command can't do what was asked, whatever the photos."""

INTERRUPTED = 130


def printable(text: str) -> str:
    """A name or message as one line that a terminal can show and is not controlled by."""
    shown = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(c if c.isprintable() else "�" for c in shown)


def complain(message: str) -> None:
    """Write one line to standard error."""
    if sys.stderr is not None:
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
