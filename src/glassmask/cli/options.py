"""Options that several commands share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

from glassmask.errors import DatasetError

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
    typer.Option(
        "--mend",
        metavar="PATH",
        help="Mend the splits by a table of `data fix-leaks`; a folder: by its mended.csv, and the "
        "boxes of scenes by its boxes.csv.",
    ),
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

Engine: TypeAlias = Annotated[
    Literal["auto", "onnxruntime", "openvino"],
    typer.Option("--engine", help="auto takes OpenVINO when it is installed."),
]

Network: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--network", metavar="FILE", help="Another network (ONNX, its manifest beside it)."
    ),
]

MaxFaces: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--max-faces",
        min=1,
        metavar="N",
        help="Judge the N largest faces of each photo only: a limit on time in photos of crowds.",
    ),
]

Labels: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--label",
        metavar="THEIRS=OURS",
        help="What a dataset's label means: correct, incorrect, none, nose, chin, nose_and_mouth "
        "(uncovered), elsewhere, mask (somehow worn) or skip; may be repeated.",
    ),
]


def label_meanings(given: Sequence[str] | None) -> dict[str, str]:
    """The meanings that `--label` gives: a dataset's word -> ours.

    Raises:
        DatasetError: one is not written as it must be, or a word is given two.
    """
    meanings: dict[str, str] = {}
    for text in given or ():
        theirs, equals, ours = (part.strip() for part in text.rpartition("="))
        if not equals:
            raise DatasetError(f"--label {text}: THEIRS=OURS is wanted, as face_mask=correct")
        if meanings.setdefault(theirs, ours) != ours:
            raise DatasetError(f"--label {theirs}: means {meanings[theirs]} and {ours}; choose one")
    return meanings
