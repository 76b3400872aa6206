"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

Mending: TypeAlias = Annotated[
    Path | None,
    typer.Option("--mend", metavar="FILE", help="Mend the splits by a table of `data mend`."),
]
