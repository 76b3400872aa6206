"""How many faces each test of an audit takes, and which."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Item = TypeVar("Item")
Kind = TypeVar("Kind", bound=Hashable)


@dataclass(frozen=True, slots=True)
class SampleSizes:
    """How many faces each test takes, at most: asking a network a thousand times takes its time.

    Attributes:
        pairs: pairs for localisation.
        locality: of them for locality.
        faces: real faces for regions and completeness.
        faithfulness: of them for faithfulness.
        sanity: of them for sanity, and for stability.
        examples: best, median and worst pairs to show, so many of each.
    """

    pairs: int = 150
    locality: int = 50
    faces: int = 150
    faithfulness: int = 30
    sanity: int = 25
    examples: int = 3

    @classmethod
    def for_faces(cls, faces: int, examples: int) -> SampleSizes:
        """For so many faces and pairs; the tests that ask a network often take fewer."""
        locality, faithfulness, sanity = (max(2, faces // part) for part in (3, 5, 6))
        return cls(faces, locality, faces, faithfulness, sanity, examples)


def rows_by_kind(kinds: Sequence[Kind]) -> dict[Kind, list[int]]:
    """Kind -> the rows of it, in the order of their first."""
    rows: dict[Kind, list[int]] = {}
    for row, kind in enumerate(kinds):
        rows.setdefault(kind, []).append(row)
    return rows


def choose_rows(kinds: Sequence[Hashable], at_most: int) -> NDArray[np.int64]:
    """At most so many rows, of each kind as many as may be, evenly spread: int64, ascending.

    Kinds may follow each other in turns, as painted pairs do: every second row would be of the
    same ones.
    """
    chosen: list[int] = []
    left = at_most
    fewest_first = sorted(rows_by_kind(kinds).values(), key=len)
    for place, rows in enumerate(fewest_first):
        share = min(len(rows), left // (len(fewest_first) - place))
        chosen += [rows[k] for k in np.linspace(0, len(rows) - 1, share).round().astype(int)]
        left -= share
    return np.array(sorted(chosen), np.int64)


def choose_evenly(
    items: Sequence[Item], at_most: int, kind: Callable[[Item], Hashable]
) -> list[Item]:
    """At most so many of the items, of each kind as many as may be, evenly spread."""
    return [items[row] for row in choose_rows([kind(item) for item in items], at_most)]
