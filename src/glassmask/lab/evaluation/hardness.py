"""Which faults go with which traits: over all errors, like with like.

The second study looked at one mistake and thought that a smile made it (section V.C). Whether
smiles make mistakes is a question about all smiling faces beside all others. Traits go with
other things that make faces hard, though: people who smile mostly wear no mask, and those turned
away are small. So faces are compared within strata of the same dataset, label and size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.lab.datasets import FaceRecord, Traits, require_measurable
from glassmask.lab.evaluation.slices import size_of
from glassmask.lab.metrics.accuracy import Proportion

_ROUNDS: Final = 4000

_ALPHA: Final = 0.05


@dataclass(frozen=True, slots=True)
class Hardness:
    """Errors among faces with a trait and without it.

    Attributes:
        trait: its name.
        errors_with: errors of the faces with it.
        errors_without: errors of the faces without.
        ratio: how many times as often a face with it is mistaken as a face without it of the
            same dataset, label and size (Mantel, Haenszel 1959); infinite where only those with
            it are, NaN where there is nothing to compare.
        interval: of the ratio, by drawing people; wide enough that all traits' intervals hold
            together in 95 % (Bonferroni).
    """

    trait: str
    errors_with: Proportion
    errors_without: Proportion
    ratio: float
    interval: tuple[float, float]

    @property
    def matters(self) -> bool:
        """The interval leaves 1 out."""
        return self.interval[0] > 1 or self.interval[1] < 1


def hardness(
    records: Sequence[FaceRecord], wrong: NDArray[np.bool_], traits: Traits
) -> list[Hardness]:
    """Compare faces with and without each trait, by name; none if nobody looked at any face.

    Args:
        records: N labelled faces; those that nobody looked at don't count.
        wrong: (N,), which are mistaken.
        traits: of the faces.

    Raises:
        DatasetError: some of the faces were picked, see `require_measurable`.
    """
    require_measurable(records)
    looked = [row for row, record in enumerate(records) if traits.get(record) is not None]
    if not looked:
        return []
    known = [records[row] for row in looked]
    people = np.unique([record.group for record in known], return_inverse=True)[1]
    strata = _numbered([(r.dataset, r.wear, r.uncovered, size_of(r)) for r in known])
    number = int(people.max()) + 1
    rng = np.random.default_rng(0)
    drawn = rng.multinomial(number, np.full(number, 1 / number), size=_ROUNDS)
    found = []
    for name in traits.names:
        has = np.array([name in (traits.get(record) or ()) for record in known])
        cells = _cells(people, strata, has, wrong[looked])
        totals = cells.sum(axis=0)  # (S, 4)
        ratios = _ratio(np.einsum("rp,psk->rsk", drawn, cells, optimize=True))
        ratios = np.sort(ratios[~np.isnan(ratios)])
        tail = _ALPHA / len(traits.names) / 2
        low, high = float("nan"), float("nan")
        if len(ratios):
            low, high = (
                float(ratios[round(share * (len(ratios) - 1))]) for share in (tail, 1 - tail)
            )
        a, n1, b, n0 = totals.sum(axis=0).tolist()
        found.append(
            Hardness(
                trait=name,
                errors_with=Proportion(a, n1),
                errors_without=Proportion(b, n0),
                ratio=float(_ratio(totals[None])[0]),
                interval=(low, high),
            )
        )
    return found


def _numbered(keys: Sequence[object]) -> NDArray[np.int64]:
    places: dict[object, int] = {}
    return np.array([places.setdefault(key, len(places)) for key in keys])


def _cells(
    people: NDArray[np.int64],
    strata: NDArray[np.int64],
    has: NDArray[np.bool_],
    wrong: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """Of each person and stratum (P, S, 4): errors and faces with a trait, errors and without."""
    cells = np.zeros((int(people.max()) + 1, int(strata.max()) + 1, 4), np.int64)
    side = np.where(has, 0, 2)
    np.add.at(cells, (people, strata, side), wrong)
    np.add.at(cells, (people, strata, side + 1), 1)
    return cells


def _ratio(strata: NDArray[np.integer]) -> NDArray[np.float64]:
    """The Mantel-Haenszel ratio of risks of tables (R, S, 4): (R,)."""
    a, n1, b, n0 = np.moveaxis(strata.astype(np.float64), 2, 0)
    both = np.maximum(n1 + n0, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((a * n0 / both).sum(axis=1) / (b * n1 / both).sum(axis=1))
