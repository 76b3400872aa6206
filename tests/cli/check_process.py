"""Runs `glassmask check` as a user meets it: a process, its output and its exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-c", "from glassmask.cli.app import main; main()"]

CHECK: list[str] = []
"""The command `check` with networks that see one face in the demo portrait; `conftest` fills it."""


def run(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    given = [*CHECK, *arguments[1:]] if arguments[0] == "check" else arguments
    return subprocess.run(
        [*COMMAND, *map(str, given)], capture_output=True, text=True, cwd=cwd, check=False
    )


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def piped(reader: str, *arguments: str | Path) -> tuple[int, str]:
    """Exit code and complaints of the command with its output piped into a reader."""
    line = " ".join(f"'{part}'" for part in (*COMMAND, *CHECK, *arguments))
    done = subprocess.run(
        ["bash", "-c", f"{line} | {reader}; exit ${{PIPESTATUS[0]}}"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr
