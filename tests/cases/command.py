"""What the cases' tests are given."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from typer.testing import Result

Demo: TypeAlias = dict[str, NDArray[np.uint8]]
"""Class -> the demo portrait, worn so."""

Check: TypeAlias = Callable[..., Result]
"""Runs the command `check` in this process; `stdin` is what it is given there."""

MAIN = [sys.executable, "-c", "from glassmask.cli.app import main; main()"]
"""The command, for a process of its own."""


def shell(script: str, *words: object) -> subprocess.CompletedProcess[str]:
    """Run a script of Bash, in which `"$@"` are the words."""
    command = ["bash", "-c", script, "-", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)
