"""Boxes of scenes that were looked at again: moved, added, dropped, or to be ignored.

Datasets come with boxes by other people's rules, and with faces that nobody marked. A table says
what was changed by one written rule (docs/faces.md), row by row; the datasets stay as they are.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Final

from glassmask.errors import DatasetError
from glassmask.faces.crop import Box
from glassmask.lab.datasets.reading import numbered_rows

_PLACE: Final = ("dataset", "file", "change")
_OLD: Final = ("old_x", "old_y", "old_w", "old_h")
_NEW: Final = ("x", "y", "w", "h")
_SAME: Final = 0.06  # pixels: tables round boxes to tenths


class Change(StrEnum):
    """What became of a box."""

    MOVE = "move"
    """A labelled face has another box."""
    ADD = "add"
    """A face that nobody marked; how its mask is worn is not known."""
    DROP = "drop"
    """What is labelled is no face."""
    IGNORE = "ignore"
    """A place that may be a face: it counts neither as one nor as none."""


@dataclass(frozen=True, slots=True)
class BoxChange:
    """One change in a scene.

    Attributes:
        change: which.
        old: the label's box as the dataset has it; None where there was no label.
        new: the box; None for one that is dropped.
    """

    change: Change
    old: Box | None
    new: Box | None

    def is_of(self, box: Box) -> bool:
        """Whether it is this label that changes."""
        return self.old is not None and all(
            abs(a - b) <= _SAME for a, b in zip(self.old, box, strict=True)
        )


BoxChanges = Mapping[tuple[str, str], Sequence[BoxChange]]
"""Dataset and file, as its table names it -> what changes there."""


def read_box_changes(path: Path) -> BoxChanges:
    """Read a table of changed boxes.

    Raises:
        DatasetError: no such file, or not such a table.
    """
    found: dict[tuple[str, str], list[BoxChange]] = defaultdict(list)
    for number, row in numbered_rows(path, (*_PLACE, *_OLD, *_NEW), ""):
        try:
            change = Change(row["change"])
            old, new = _box(row, _OLD), _box(row, _NEW)
            if (old is None) is not (change is Change.ADD) and change is not Change.IGNORE:
                raise ValueError("an added face has no old box, every other one has")
            if (new is None) is not (change is Change.DROP):
                raise ValueError("a dropped box has no new one, every other one has")
        except ValueError as error:
            raise DatasetError(f"{path}, line {number}: {error}") from error
        found[row["dataset"], row["file"]].append(BoxChange(change, old, new))
    return MappingProxyType({place: tuple(changes) for place, changes in found.items()})


def _box(row: Mapping[str, str], names: Sequence[str]) -> Box | None:
    texts = [row[name] or "" for name in names]
    if not any(texts):
        return None
    x, y, w, h = map(float, texts)
    if not (all(map(math.isfinite, (x, y, w, h))) and w > 0 and h > 0):
        raise ValueError(f"no usable box: {(x, y, w, h)}")
    return x, y, w, h
