"""Pairs to look at: where a method points best, in the middle, and worst."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.lab.attribution import Method
from glassmask.lab.attribution.pictures import default_palette, overlay
from glassmask.lab.audit.subjects import SubjectPair


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A pair with a method's map.

    Attributes:
        place: `best`, `median` or `worst` of all by the share of the map that lies right.
        mass: that share.
        what: what the pair uncovers.
        pictures: RGB uint8 (S, S, 3): before; after, with the outline of what changed; the map
            of why after rather than before, on it.
    """

    place: str
    mass: float
    what: str
    pictures: tuple[NDArray[np.uint8], ...]


def examples(
    pairs: Sequence[SubjectPair],
    maps: NDArray[np.float32],
    truths: NDArray[np.bool_],
    mass: NDArray[np.float64],
    method: Method,
    each: int,
) -> list[Example]:
    """The `each` best, median and worst pairs of a method; fewer where there are few.

    Args:
        pairs: N of them.
        maps: float32 (N, S, S), of why after rather than before.
        truths: bool (N, S, S), where they ought to lie.
        mass: float64 (N,), the share of each that does; NaN for an empty map.
        method: whose maps they are.
        each: how many of each kind.
    """
    shares = np.nan_to_num(mass)
    order = np.argsort(-shares, kind="stable")
    middle = max(0, len(order) // 2 - each // 2)
    chosen = {
        "best": order[:each],
        "median": order[middle : middle + each],
        "worst": order[::-1][:each],
    }
    return [
        Example(
            place,
            float(shares[row]),
            str(pairs[row].after.record.uncovered),
            _pictures(pairs[row], truths[row], maps[row], method),
        )
        for place, rows in chosen.items()
        for row in rows
    ]


def _pictures(
    pair: SubjectPair, truth: NDArray[np.bool_], values: NDArray[np.float32], method: Method
) -> tuple[NDArray[np.uint8], ...]:
    outlined = pair.after.crop.copy()
    edges, _ = cv2.findContours(truth.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(outlined, edges, -1, (255, 255, 0), 1)
    shown = overlay(pair.after.crop, values, default_palette(method.name))
    cv2.drawContours(shown, edges, -1, (255, 255, 255), 1)
    return pair.before.crop, outlined, shown
