"""Pairs to look at: where a method points best, in the middle, and worst."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from glassmask.lab.attribution import Contrast, Method
from glassmask.lab.attribution.pictures import overlay, palette_of
from glassmask.lab.audit.audit import methods_of, rightly
from glassmask.lab.audit.localisation import dilated, locate
from glassmask.lab.audit.maps import ask, class_of
from glassmask.lab.audit.subjects import SubjectPair
from glassmask.lab.evaluation.judge import Judge
from glassmask.lab.networks.photo_network import PhotoNetwork


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


def examples_of(
    judge: Judge, network: PhotoNetwork, pairs: Sequence[SubjectPair], each: int
) -> dict[str, list[Example]]:
    """Examples of every method on the pairs whose members are both rightly classified.

    None without such pairs, or when none are wanted.
    """
    right = rightly(network, pairs)
    pairs = [pair for pair, good in zip(pairs, right, strict=True) if good]
    if not pairs or not each:
        return {}
    return {
        method.name: examples(judge, network, pairs, method, each) for method in methods_of(network)
    }


def examples(
    judge: Judge,
    network: PhotoNetwork,
    pairs: Sequence[SubjectPair],
    method: Method,
    each: int = 3,
) -> list[Example]:
    """Examples of a method on pairs: `each` best, median and worst; fewer where there are few."""
    targets = []
    for pair in pairs:
        this, that = class_of(pair.after, judge), class_of(pair.before, judge)
        assert this is not None
        assert that is not None
        targets.append(Contrast(this, that))
    maps = ask(network, np.stack([pair.after.crop for pair in pairs]), targets, method).maps
    truths = np.stack([dilated(pair.changes) for pair in pairs])
    mass = np.nan_to_num(locate(maps, truths).mass)
    order = np.argsort(-mass, kind="stable")
    middle = max(0, len(order) // 2 - each // 2)
    chosen = {
        "best": order[:each],
        "median": order[middle : middle + each],
        "worst": order[::-1][:each],
    }
    return [
        Example(
            place,
            float(mass[row]),
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
    shown = overlay(pair.after.crop, values, palette_of(method.name))
    cv2.drawContours(shown, edges, -1, (255, 255, 255), 1)
    return pair.before.crop, outlined, shown
