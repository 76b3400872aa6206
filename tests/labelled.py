"""A labelled face for tests that need one without its picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from glassmask.lab.datasets import FaceRecord
from glassmask.labels import Wear

_FACE: Final = FaceRecord(
    path=Path("pictures/a.jpg"),
    dataset="real",
    source="s",
    split="train",
    group="a",
    wear=Wear.NONE,
    uncovered=None,
    certain=True,
    box=(0.0, 0.0, 40.0, 50.0),
    face_px=100.0,
)


def labelled(wear: Wear | None = Wear.NONE, **fields: Any) -> FaceRecord:
    """A certain face of split `train` that wears its mask so; other fields as given."""
    return replace(_FACE, wear=wear, **fields)
