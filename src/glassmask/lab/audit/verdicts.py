"""What an audit comes to: for each method, which tests it passes, in one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from glassmask.lab.audit.audit import Audit
from glassmask.lab.audit.figures import Table
from glassmask.lab.audit.reasons import shortcuts

LOCAL: Final = 0.5
"""A local map keeps more than this of a region's evidence when all else is hidden, and less when
the region is."""

LEARNT: Final = 0.5
"""The most that the map of a network with weights drawn anew may be like its own."""

COMPLETE: Final = 0.05
"""The most that a map's sum may be off, over what it must be."""

STABLE: Final = 0.8
"""The least that a map must be like itself after a change that does not matter."""


@dataclass(frozen=True, slots=True)
class Check:
    """A test and what came of it.

    Attributes:
        name: of the test.
        passed: None where the method promises nothing that could be tested, or nothing was.
        words: what was measured.
    """

    name: str
    passed: bool | None
    words: str


def verdict_of(audit: Audit, method: str) -> list[Check]:
    """What a method passes.

    It beats what knows nothing when the low end of its interval is above the value of the best
    of them.
    """
    tables = {test: rows[method] for test, rows in audit.tables.items() if method in rows}
    return [
        _beats(audit, "points right", "localisation, after", "hit", method),
        _local(tables),
        _beats(audit, "faithful", "faithfulness, mean", "road", method),
        _at_most("learnt", tables.get("sanity"), "all", LEARNT),
        _complete(tables.get("completeness")),
        _stable(tables.get("stability")),
        _no_shortcut(audit, tables.get("regions, all")),
    ]


def in_one_line(method: str, checks: Sequence[Check]) -> str:
    """The verdict: the method, and each test with a sign."""
    signs = {True: "yes", False: "NO", None: "-"}
    return f"{method}: " + "; ".join(f"{c.name} {signs[c.passed]} ({c.words})" for c in checks)


def _beats(audit: Audit, name: str, test: str, column: str, method: str) -> Check:
    rows: Mapping[str, Table] = audit.tables.get(test, {})
    if method not in rows:
        return Check(name, None, "not measured")
    own = rows[method][column]
    rivals = {rival: rows[rival][column].value for rival in audit.baselines if rival in rows}
    best = max(rivals, key=lambda rival: rivals[rival])
    words = f"{own.value:.2f} [{own.low:.2f}, {own.high:.2f}], {best} {rivals[best]:.2f}"
    return Check(name, own.low > rivals[best], words)


def _local(tables: Mapping[str, Table]) -> Check:
    kinds = [table for test, table in tables.items() if test.startswith("locality")]
    if not kinds:
        return Check("local", None, "not measured")
    stays = min(table["stays"].value for table in kinds)
    goes = max(table["goes"].value for table in kinds)
    words = f"{stays:.2f} stays alone, {goes:.2f} when hidden"
    return Check("local", stays > LOCAL > goes, words)


def _at_most(name: str, table: Table | None, column: str, most: float) -> Check:
    if table is None:
        return Check(name, None, "not measured")
    value = table[column].value
    return Check(name, abs(value) < most, f"{value:.2f} like that of weights drawn anew")


def _complete(table: Table | None) -> Check:
    if table is None:
        return Check("complete", None, "promises no sum")
    value = table["relative"].value
    return Check("complete", value <= COMPLETE, f"off by {value:.1e} of it")


def _stable(table: Table | None) -> Check:
    if table is None:
        return Check("stable", None, "not measured")
    name = min(table, key=lambda change: table[change].value)
    value = table[name].value
    return Check("stable", value >= STABLE, f"{value:.2f} alike after {name}")


def _no_shortcut(audit: Audit, table: Table | None) -> Check:
    if table is None:
        return Check("no shortcut", None, "not measured")
    found = shortcuts({name: figure.value for name, figure in table.items()}, audit.areas)
    words = ", ".join(f"{name} {table[name].value:.0%}" for name in found) or "none"
    return Check("no shortcut", not found, words)
