"""The commands of films and cameras, run in this process, and what they write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from glassmask.cli.app import app
from video.test_records import VALIDATOR


def run_command(name: str, *arguments: str | Path) -> Result:
    """Run a command; faults of it are raised."""
    done = CliRunner().invoke(app, [name, *map(str, arguments)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def lines(path: Path) -> list[dict[str, Any]]:
    """The JSON lines of a file, each as the schema says."""
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for record in records:
        VALIDATOR.validate(record)
    return records


def said(done: Result) -> str:
    """Complaints without the frames and line breaks that usage errors stand in."""
    return " ".join(done.stderr.replace("│", " ").split())
