"""What painted pairs say of a method: the truth is known by pixel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from glassmask.lab.attribution import Contrast, Method, Target
from glassmask.lab.audit.examples import Example, examples
from glassmask.lab.audit.figures import Table, mean_of
from glassmask.lab.audit.localisation import dilated, locate
from glassmask.lab.audit.locality import HIDING, locality
from glassmask.lab.audit.maps import ask, class_of, stacked
from glassmask.lab.audit.parts import PAINTED, parts_table
from glassmask.lab.audit.reasons import by_class
from glassmask.lab.audit.sizes import Sizes, rows_of
from glassmask.lab.audit.subjects import SubjectPair, parts_in
from glassmask.lab.evaluation.judge import Judge
from glassmask.lab.networks.photo_network import PhotoNetwork


def of_pairs(
    judge: Judge,
    network: PhotoNetwork,
    pairs: Sequence[SubjectPair],
    method: Method,
    sizes: Sizes,
    *,
    asks: bool,
) -> tuple[dict[str, Table], list[Example]]:
    """Localisation, parts and locality: why the one and not the other, in either picture.

    Args:
        judge: says the network's classes.
        network: in evaluation mode.
        pairs: whose members it classifies rightly; one or more.
        method: is asked.
        sizes: how many of them are for locality, and for looking at.
        asks: whether the method knows the network: what does not has no locality.
    """
    truths = np.stack([dilated(pair.changes) for pair in pairs])
    groups = [pair.before.record.group for pair in pairs]
    found: dict[str, Table] = {}
    seen: list[Example] = []
    for side, other in (("after", "before"), ("before", "after")):
        members = [getattr(pair, side) for pair in pairs]
        rivals = [getattr(pair, other) for pair in pairs]
        targets: list[Target] = []
        for member, rival in zip(members, rivals, strict=True):
            this, that = class_of(member, judge), class_of(rival, judge)
            assert this is not None
            assert that is not None
            targets.append(Contrast(this, that))
        maps = ask(network, stacked(members), targets, method).maps
        located = locate(maps, truths)
        names = ("hit", "mass", "rank", "area")
        found[f"localisation, {side}"] = {
            **{name: mean_of(getattr(located, name), groups) for name in names},
            **_hits_by_change(located.hit, pairs, groups),
        }
        found[f"parts, {side}"] = parts_table(maps, parts_in(members), PAINTED, groups)
        if side == "after" and asks:
            seen = examples(pairs, maps, truths, located.mass, method, sizes.examples)
            some = rows_of([pair.after.record.uncovered for pair in pairs], sizes.local)
            own = [groups[row] for row in some]
            crops, chosen = stacked(members)[some], [targets[row] for row in some]
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
