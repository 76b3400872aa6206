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
    """

    pairs: int = 150
    local: int = 60
    faces: int = 200
    faithful: int = 40
    few: int = 24

    @classmethod
    def of(cls, faces: int) -> Sizes:
        """For so many faces and pairs; the tests that ask a network often take fewer."""
        return cls(faces, max(2, faces // 3), faces, max(2, faces // 5), max(2, faces // 6))


def rows_of(number: int, most: int) -> NDArray[np.int64]:
    """At most so many rows of a number, evenly spread: int64, ascending."""
    return np.unique(np.linspace(0, number - 1, min(number, most)).round().astype(np.int64))


def spread(items: Sequence[Item], most: int) -> list[Item]:
    """At most so many of the items, evenly spread."""
    return [items[row] for row in rows_of(len(items), most)] if items else []
