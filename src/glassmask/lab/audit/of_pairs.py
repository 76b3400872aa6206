"""What painted pairs say of a method: the truth is known by pixel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glassmask.lab.attribution import Contrast, Method
from glassmask.lab.audit.examples import Example, examples
from glassmask.lab.audit.figures import Table, mean_of
from glassmask.lab.audit.localisation import locate
from glassmask.lab.audit.locality import HIDING, locality
from glassmask.lab.audit.maps import ask, class_of, stacked
from glassmask.lab.audit.parts import PAINTED, parts_table
from glassmask.lab.audit.reasons import by_class
from glassmask.lab.audit.sizes import Sizes, rows_of
from glassmask.lab.audit.subjects import Subject, SubjectPair, parts_in
from glassmask.lab.datasets.pairs import dilate_truth
from glassmask.lab.judging.judge import Judge
from glassmask.lab.networks.photo_network import PhotoNetwork


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One member of each pair, and what every method is asked of it: why it, not the other.

    Attributes:
        members: the faces.
        crops: RGB uint8 (N, S, S, 3).
        targets: of each.
    """

    members: Sequence[Subject]
    crops: NDArray[np.uint8]
    targets: Sequence[Contrast]

    @classmethod
    def of(cls, members: Sequence[Subject], rivals: Sequence[Subject], judge: Judge) -> Side:
        """The members' labels rather than their rivals'."""
        targets = []
        for member, rival in zip(members, rivals, strict=True):
            this, that = class_of(member, judge), class_of(rival, judge)
            assert this is not None
            assert that is not None
            targets.append(Contrast(this, that))
        return cls(members, stacked(members), targets)


@dataclass(frozen=True, slots=True, eq=False)
class ShownPairs:
    """Pairs whose members a network classifies rightly.

    Attributes:
        pairs: one or more.
        truths: bool (N, S, S), where they differ, dilated.
        groups: whose each is.
        sides: name -> side.
    """

    pairs: Sequence[SubjectPair]
    truths: NDArray[np.bool_]
    groups: Sequence[str]
    sides: Mapping[str, Side]

    @classmethod
    def of(cls, pairs: Sequence[SubjectPair], judge: Judge) -> ShownPairs:
        """Pairs as a judge's network is asked about them."""
        before, after = [pair.before for pair in pairs], [pair.after for pair in pairs]
        return cls(
            pairs,
            np.stack([dilate_truth(pair.changes) for pair in pairs]),
            [pair.before.record.group for pair in pairs],
            {"after": Side.of(after, before, judge), "before": Side.of(before, after, judge)},
        )


def of_pairs(
    network: PhotoNetwork, shown: ShownPairs, method: Method, sizes: Sizes, *, asks: bool
) -> tuple[dict[str, Table], list[Example]]:
    """Localisation, parts and locality: why the one and not the other, in either picture.

    Args:
        network: in evaluation mode.
        shown: the pairs.
        method: is asked.
        sizes: how many of them are for locality, and for looking at.
        asks: whether the method knows the network: what does not has no locality.
    """
    pairs, truths, groups = shown.pairs, shown.truths, shown.groups
    found: dict[str, Table] = {}
    seen: list[Example] = []
    for name, side in shown.sides.items():
        maps = ask(network, side.crops, side.targets, method).maps
        located = locate(maps, truths)
        figures = ("hit", "mass", "rank", "area")
        found[f"localisation, {name}"] = {
            **{figure: mean_of(getattr(located, figure), groups) for figure in figures},
            **_hits_by_change(located.hit, pairs, groups),
        }
        found[f"parts, {name}"] = parts_table(maps, parts_in(side.members), PAINTED, groups)
        if name == "after" and asks:
            seen = examples(pairs, maps, truths, located.mass, method, sizes.examples)
            some = rows_of([pair.after.record.uncovered for pair in pairs], sizes.local)
            own = [groups[row] for row in some]
            crops, chosen = side.crops[some], [side.targets[row] for row in some]
            for hiding in HIDING:
                local = locality(network, crops, chosen, maps[some], truths[some], method, hiding)
                found[f"locality, {hiding}"] = {
                    "stays": mean_of(_held(local.stays), own),
                    "goes": mean_of(_held(local.goes), own),
                    "alike": mean_of(local.alike, own),
                }
    return found, seen


def _hits_by_change(
    hits: NDArray[np.float64], pairs: Sequence[SubjectPair], groups: Sequence[str]
) -> Table:
    """Pointing by what the pair uncovers."""
    rows = by_class([str(pair.after.record.uncovered) for pair in pairs])
    return {
        f"hit, {name}": mean_of(hits[some], [groups[row] for row in some])
        for name, some in sorted(rows.items())
    }


def _held(ratios: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ratios of sums, held to [-1, 2]: one near 0 below the line would be all of a mean."""
    return np.clip(ratios, -1, 2)
