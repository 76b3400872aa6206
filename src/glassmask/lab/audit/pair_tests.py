"""Tests on painted pairs: the truth is known by pixel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glassmask.lab.attribution import Method, Target
from glassmask.lab.attribution.pictures import default_palette
from glassmask.lab.audit.figures import Table, mean_of
from glassmask.lab.audit.inputs import (
    PAINTED_PARTS,
    Subject,
    SubjectPair,
    stack_crops,
    stack_parts,
)
from glassmask.lab.audit.measures.localisation import measure_localisation
from glassmask.lab.audit.measures.locality import FILLS, measure_locality
from glassmask.lab.audit.measures.region_shares import part_table
from glassmask.lab.audit.queries import crop_maps, difference_target
from glassmask.lab.audit.results import AuditTest, Example, Measure
from glassmask.lab.audit.sample_sizes import SampleSizes, choose_rows, rows_by_kind
from glassmask.lab.datasets.pairs import dilate_truth
from glassmask.lab.networks.photo_network import PhotoNetwork


@dataclass(frozen=True, slots=True, eq=False)
class PairSide:
    """One member of each pair, and what every method is asked of it: why it, not the other.

    Attributes:
        members: the faces.
        crops: RGB uint8 (N, S, S, 3).
        targets: of each.
    """

    members: Sequence[Subject]
    crops: NDArray[np.uint8]
    targets: Sequence[Target]

    @classmethod
    def against(
        cls, members: Sequence[Subject], rivals: Sequence[Subject], outputs: Sequence[str]
    ) -> PairSide:
        """The members' labels rather than their rivals', by the names of a network's outputs."""
        targets = [
            difference_target(member.record, rival.record, outputs)
            for member, rival in zip(members, rivals, strict=True)
        ]
        return cls(members, stack_crops(members), targets)


@dataclass(frozen=True, slots=True, eq=False)
class PairBatch:
    """Pairs whose members a network classifies rightly.

    Attributes:
        pairs: one or more.
        truths: bool (N, S, S), where they differ, widened.
        groups: whose each is.
        sides: `after` and `before`.
    """

    pairs: Sequence[SubjectPair]
    truths: NDArray[np.bool_]
    groups: Sequence[str]
    sides: Mapping[str, PairSide]

    @classmethod
    def for_outputs(cls, pairs: Sequence[SubjectPair], outputs: Sequence[str]) -> PairBatch:
        """Pairs as a network with these outputs is asked about them."""
        before, after = [pair.before for pair in pairs], [pair.after for pair in pairs]
        return cls(
            pairs,
            np.stack([dilate_truth(pair.changes) for pair in pairs]),
            [pair.before.record.group for pair in pairs],
            {
                "after": PairSide.against(after, before, outputs),
                "before": PairSide.against(before, after, outputs),
            },
        )


def pair_tests(
    network: PhotoNetwork, batch: PairBatch, method: Method, sizes: SampleSizes, *, is_control: bool
) -> tuple[dict[AuditTest, Table], list[Example]]:
    """Localisation, parts and locality: why the one and not the other, in either picture.

    Args:
        network: in evaluation mode.
        batch: the pairs.
        method: is asked.
        sizes: how many of them are for locality, and for looking at.
        is_control: whether the method knows nothing of the network: it has no locality.
    """
    truths, groups = batch.truths, batch.groups
    tables: dict[AuditTest, Table] = {}
    examples: list[Example] = []
    for name, side in batch.sides.items():
        maps = crop_maps(network, side.crops, side.targets, method)
        found = measure_localisation(maps, truths)
        tables[AuditTest(Measure.LOCALISATION, name)] = {
            "hit": mean_of(found.hit, groups),
            "mass": mean_of(found.mass, groups),
            "rank": mean_of(found.rank, groups),
            "area": mean_of(found.area, groups),
            **_hits_by_change(found.hit, batch),
        }
        parts = part_table(maps, stack_parts(side.members), PAINTED_PARTS, groups)
        tables[AuditTest(Measure.PARTS, name)] = parts
        if name == "after" and not is_control:
            examples = _choose_examples(batch, maps, found.mass, method, sizes.examples)
            tables |= _locality_tables(network, batch, side, maps, method, sizes.locality)
    return tables, examples


def _locality_tables(
    network: PhotoNetwork,
    batch: PairBatch,
    side: PairSide,
    maps: NDArray[np.float32],
    method: Method,
    at_most: int,
) -> dict[AuditTest, Table]:
    rows = choose_rows([pair.after.record.uncovered for pair in batch.pairs], at_most)
    groups = [batch.groups[row] for row in rows]
    crops, targets = side.crops[rows], [side.targets[row] for row in rows]
    tables: dict[AuditTest, Table] = {}
    for fill in FILLS:
        found = measure_locality(
            network, crops, targets, maps[rows], batch.truths[rows], method, fill
        )
        tables[AuditTest(Measure.LOCALITY, fill)] = {
            "stays": mean_of(_clip_ratios(found.stays), groups),
            "goes": mean_of(_clip_ratios(found.goes), groups),
            "alike": mean_of(found.alike, groups),
        }
    return tables


def _hits_by_change(hits: NDArray[np.float64], batch: PairBatch) -> Table:
    """Pointing by what the pair uncovers."""
    rows_by_change = rows_by_kind([str(pair.after.record.uncovered) for pair in batch.pairs])
    return {
        f"hit, {name}": mean_of(hits[rows], [batch.groups[row] for row in rows])
        for name, rows in sorted(rows_by_change.items())
    }


def _clip_ratios(ratios: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ratios of sums, held to [-1, 2]: one near 0 below the line would be all of a mean."""
    return np.clip(ratios, -1, 2)


def _choose_examples(
    batch: PairBatch,
    maps: NDArray[np.float32],
    mass: NDArray[np.float64],
    method: Method,
    each: int,
) -> list[Example]:
    """The `each` best, median and worst pairs of a method; fewer where there are few.

    Args:
        batch: N pairs.
        maps: float32 (N, S, S), of why after rather than before.
        mass: float64 (N,), the share of each that lies where it ought to; NaN for an empty map.
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
    palette = default_palette(method)
    return [
        Example(rank, float(shares[row]), batch.pairs[row], batch.truths[row], maps[row], palette)
        for rank, rows in chosen.items()
        for row in rows
    ]
