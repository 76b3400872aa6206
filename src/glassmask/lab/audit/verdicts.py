"""What an audit comes to: for each method, which tests it passes, in one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from glassmask.lab.audit.audit import Audit
from glassmask.lab.audit.figures import Table, lead
from glassmask.lab.audit.reasons import shortcuts

LOCAL: Final = 0.5
"""A local map keeps more than this of a region's evidence when all else is hidden, and less when
the region is. Less may be negative: the plain patch that hides a nose looks like a mask."""

MIN_PEOPLE: Final = 10
"""Of fewer people no interval says anything."""

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

    It beats what knows nothing when it leads each of it, face by face, by more than chance: the
    interval of the mean difference is above 0.
    """
    tables = {test: rows[method] for test, rows in audit.tables.items() if method in rows}
    return [
        _beats(audit, "points right", "localisation, after", "hit", method),
        _local(tables),
        _beats(audit, "faithful", "faithfulness, mean", "road", method),
        _at_most("learnt", tables.get("sanity"), "all", LEARNT),
        _complete(tables.get("completeness"), "sanity" in tables),
        _stable(tables.get("stability")),
        _no_shortcut(audit, tables),
    ]


def in_one_line(method: str, checks: Sequence[Check]) -> str:
    """The verdict: the method, and each test with a sign."""
    signs = {True: "yes", False: "NO", None: "-"}
    return f"{method}: " + "; ".join(f"{c.name} {signs[c.passed]} ({c.words})" for c in checks)


def _beats(audit: Audit, name: str, test: str, column: str, method: str) -> Check:
    rows: Mapping[str, Table] = audit.tables.get(test, {})
    if method not in rows or not rows[method][column].count:
        return Check(name, None, "not measured")
    own = rows[method][column]
    leads = {rival: lead(own, rows[rival][column]) for rival in audit.baselines if rival in rows}
    nearest = min(leads, key=lambda rival: leads[rival].low)
    words = f"{own}, {nearest} {rows[nearest][column]}, lead {leads[nearest]}"
    if own.people < MIN_PEOPLE:
        return Check(name, None, f"{words}: of {own.people} people only")
    return Check(name, leads[nearest].low > 0, words)


def _local(tables: Mapping[str, Table]) -> Check:
    kinds = [table for test, table in tables.items() if test.startswith("locality")]
    known = [table for table in kinds if table["stays"].count and table["goes"].count]
    if not known:
        return Check("local", None, "not measured")
    stays = min(table["stays"].value for table in known)
    goes = max(table["goes"].value for table in known)
    words = f"{stays:.2f} stays alone, {goes:.2f} when hidden"
    return Check("local", stays > LOCAL > goes, words)


def _at_most(name: str, table: Table | None, column: str, most: float) -> Check:
    if table is None or not table[column].count:
        return Check(name, None, "not measured")
    value = table[column].value
    return Check(name, abs(value) < most, f"{value:.2f} like that of weights drawn anew")


def _complete(table: Table | None, asked: bool) -> Check:
    if table is None:
        return Check("complete", None, "promises no sum" if asked else "not measured")
    value = table["relative"].value
    return Check("complete", value <= COMPLETE, f"off by {value:.1e} of it")


def _stable(table: Table | None) -> Check:
    known = {name: figure.value for name, figure in (table or {}).items() if figure.count}
    if not known:
        return Check("stable", None, "not measured")
    name = min(known, key=lambda change: known[change])
    return Check("stable", known[name] >= STABLE, f"{known[name]:.2f} alike after {name}")


def _no_shortcut(audit: Audit, tables: Mapping[str, Table]) -> Check:
    """Of all faces together, and of each wear: a class of its own may have one."""
    told = {test: table for test, table in tables.items() if test.startswith("regions, ")}
    if not any(figure.count for table in told.values() for figure in table.values()):
        return Check("no shortcut", None, "not measured")
    words = []
    for test, table in told.items():
        shares = {name: figure.value for name, figure in table.items() if figure.count}
        words += [
            f"{name} {shares[name]:.0%} of {test.removeprefix('regions, ')}"
            for name in shortcuts(shares, audit.areas)
        ]
    return Check("no shortcut", not words, ", ".join(words) or "none")
