"""How many faces each test of an audit takes, and which."""

from __future__ import annotations

from collections.abc import Sequence
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
    local: int = 60
    faces: int = 200
    faithful: int = 40
    few: int = 24
    examples: int = 3

    @classmethod
    def of(cls, faces: int, examples: int) -> Sizes:
        """For so many faces and pairs; the tests that ask a network often take fewer."""
        local, faithful, few = (max(2, faces // part) for part in (3, 5, 6))
        return cls(faces, local, faces, faithful, few, examples)


def rows_of(number: int, most: int) -> NDArray[np.int64]:
    """At most so many rows of a number, evenly spread: int64, ascending."""
    return np.unique(np.linspace(0, number - 1, min(number, most)).round().astype(np.int64))


def spread(items: Sequence[Item], most: int) -> list[Item]:
    """At most so many of the items, evenly spread."""
    return [items[row] for row in rows_of(len(items), most)] if items else []
