"""How many faces each test of an audit takes, and which."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many faces each test takes, at most: asking a network a thousand times takes its time.

    Attributes:
        pairs: pairs for localisation.
        local: of them for locality.
        faces: real faces for regions and completeness.
        faithful: of them for faithfulness.
        few: of them for sanity and stability.
        examples: best, median and worst pairs to show, so many of each.
    """

    pairs: int = 150
    local: int = 50
    faces: int = 150
    faithful: int = 30
    few: int = 25
    examples: int = 3

    @classmethod
    def of(cls, faces: int, examples: int) -> Sizes:
        """For so many faces and pairs; the tests that ask a network often take fewer."""
        local, faithful, few = (max(2, faces // part) for part in (3, 5, 6))
        return cls(faces, local, faces, faithful, few, examples)


def rows_of(kinds: Sequence[object], most: int) -> NDArray[np.int64]:
    """At most so many rows, of each kind as many as may be, evenly spread: int64, ascending.

    Kinds may follow each other in turns, as painted pairs do: every second row would be of the
    same ones.
    """
    by_kind: dict[object, list[int]] = {}
    for row, kind in enumerate(kinds):
        by_kind.setdefault(kind, []).append(row)
    chosen: list[int] = []
    left = most
    fewest_first = sorted(by_kind.values(), key=len)
    for place, rows in enumerate(fewest_first):
        share = min(len(rows), left // (len(fewest_first) - place))
        chosen += [rows[k] for k in np.linspace(0, len(rows) - 1, share).round().astype(int)]
        left -= share
    return np.array(sorted(chosen), np.int64)


def spread(items: Sequence[Item], most: int, kind: Callable[[Item], object]) -> list[Item]:
    """At most so many of the items, of each kind as many as may be, evenly spread."""
    return [items[row] for row in rows_of([kind(item) for item in items], most)]
