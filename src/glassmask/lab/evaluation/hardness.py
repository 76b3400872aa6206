"""Which faults go with which traits: over all errors, like with like.

The second study looked at one mistake and thought that a smile made it (section V.C). Whether
smiles make mistakes is a question about all smiling faces beside all others. Traits go with
other things that make faces hard, though: people who smile mostly wear no mask, and those turned
away are small. So faces are compared within strata of the same dataset, label and size.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

from glassmask.lab.datasets import FaceRecord, Traits
from glassmask.lab.evaluation.metrics import Proportion
from glassmask.lab.evaluation.slices import size_of

_Z = 1.959964  # of a 95 % interval


@dataclass(frozen=True, slots=True)
class Hardness:
    """Errors among faces with a trait and without it.

    Attributes:
        trait: its name.
        having: errors of the faces with it.
        lacking: errors of the faces without.
        ratio: how many times as often a face with it is mistaken as a face without it of the
            same dataset, label and size (Mantel, Haenszel 1959); None where no stratum with an
            error has both.
        interval: of 95 % (Greenland, Robins 1985, as if faces were independent); None where
            either side has no error to count.
    """

    trait: str
    having: Proportion
    lacking: Proportion
    ratio: float | None
    interval: tuple[float, float] | None

    @property
    def matters(self) -> bool:
        """The interval leaves 1 out."""
        return self.interval is not None and not self.interval[0] <= 1 <= self.interval[1]


def hardness(
    records: Sequence[FaceRecord], wrong: NDArray[np.bool_], traits: Traits
) -> list[Hardness]:
    """Compare faces with and without each trait, by name.

    Args:
        records: N labelled faces; those that nobody looked at don't count.
        wrong: (N,), which are mistaken.
        traits: of the faces.
    """
    looked = [(record, bool(fault), traits.of(record)) for record, fault in zip(
        records, wrong, strict=True
    )]  # fmt: skip
    found = []
    for name in traits.names:
        # Of each stratum: errors and faces with the trait, errors and faces without.
        strata: dict[object, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        for record, fault, has in looked:
            if has is not None:
                side = 0 if name in has else 2
                stratum = strata[record.dataset, record.wear, record.uncovered, size_of(record)]
                stratum[side] += fault
                stratum[side + 1] += 1
        if strata:
            found.append(_compared(name, np.array(list(strata.values()), np.float64)))
    return found


def _compared(name: str, strata: NDArray[np.float64]) -> Hardness:
    """Of strata (S, 4): the Mantel-Haenszel ratio of risks."""
    a, n1, b, n0 = strata.T
    n = n1 + n0
    above, below = float((a * n0 / n).sum()), float((b * n1 / n).sum())
    ratio, interval = None, None
    if below:
        ratio = above / below
        if above:
            variance = ((n1 * n0 * (a + b) - a * b * n) / n**2).sum() / (above * below)
            half = _Z * sqrt(variance)
            interval = (exp(log(ratio) - half), exp(log(ratio) + half))
    totals = strata.sum(axis=0).astype(int)
    return Hardness(
        name,
        Proportion(int(totals[0]), int(totals[1])),
        Proportion(int(totals[2]), int(totals[3])),
        ratio,
        interval,
    )
