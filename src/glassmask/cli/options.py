"""Options that several commands share."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

Datasets: TypeAlias = Annotated[
    list[Path],
    typer.Option("--data", metavar="DIR", help="A dataset folder with its table; may be repeated."),
]

Traits: TypeAlias = Annotated[
    Path | None,
    typer.Option("--traits", metavar="FILE", help="What else is to be seen: docs/evaluation.md."),
]

Mending: TypeAlias = Annotated[
    Path | None,
    typer.Option("--mend", metavar="FILE", help="Mend the splits by a table of `data fix-leaks`."),
]


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise typer.BadParameter(f"{value} is no number of pixels")
    return value


MinFace: TypeAlias = Annotated[
    float,
    typer.Option(
        "--min-face",
        min=1,
        metavar="PX",
        callback=_finite,
        help="Leave out faces whose shorter side is less, in photo pixels.",
    ),
]
