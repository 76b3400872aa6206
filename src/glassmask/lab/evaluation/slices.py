"""Parts of the faces that a figure is told for: source, size, gender, age, ethnicity."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from glassmask.lab.datasets import FaceRecord

_SIZES: Final = ((32.0, "under 32 px"), (48.0, "32 to 48 px"), (96.0, "48 to 96 px"))
_AGES: Final = ((18.0, "under 18"), (40.0, "18 to 39"), (60.0, "40 to 59"))


def size_of(record: FaceRecord) -> str:
    """The face's size before its dataset reduced the picture."""
    return next((name for most, name in _SIZES if record.face_px < most), "96 px and more")


def age_of(record: FaceRecord) -> str:
    """The person's age group; empty where it is not known, or no number."""
    try:
        age = float(record.age)
    except ValueError:
        return ""
    if not (math.isfinite(age) and age >= 0):
        return ""
    return next((name for most, name in _AGES if age < most), "60 and more")


SLICES: Final[Mapping[str, Callable[[FaceRecord], str]]] = MappingProxyType(
    {
        "dataset": lambda record: record.dataset,
        "source": lambda record: record.source,
        "face size": size_of,
        "gender": lambda record: record.gender.upper()[:1],
        "age": age_of,
        "ethnicity": lambda record: record.ethnicity.lower(),
    }
)
"""Name -> which part a face belongs to; empty for none."""


def rows_by_slice(records: Sequence[FaceRecord], name: str) -> dict[str, list[int]]:
    """Rows of the records by the parts of a slice: sizes and ages upwards, others by name."""
    rows: dict[str, list[int]] = defaultdict(list)
    for row, record in enumerate(records):
        if part := SLICES[name](record):
            rows[part].append(row)
    steps = [part for _, part in (*_SIZES, *_AGES)]  # what has no place there is the last
    return dict(sorted(rows.items(), key=lambda item: (_place(item[0], steps), item[0])))


def _place(part: str, steps: Sequence[str]) -> int:
    return steps.index(part) if part in steps else len(steps)
