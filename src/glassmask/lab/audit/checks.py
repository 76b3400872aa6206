"""What an audit comes to: for each method, which checks it passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from glassmask.lab.audit.figures import Table, lead
from glassmask.lab.audit.measures.region_shares import BORDER
from glassmask.lab.audit.results import Audit, AuditTest, Measure

LOCALITY_LIMIT: Final = 0.5
"""A local map keeps more than this of a region's evidence when all else is hidden, and less when
the region is. Less may be negative: the plain patch that hides a nose looks like a mask."""

MIN_PEOPLE: Final = 10
"""Of fewer people no interval says anything."""

MAX_RANDOMISED_CORRELATION: Final = 0.5
"""The most that the map of a network with weights drawn anew may be like its own."""

MAX_COMPLETENESS_ERROR: Final = 0.05
"""The most that a map's sum may be off, over what it must be."""

MIN_STABILITY: Final = 0.8
"""The least that a map must be like itself after a change that does not matter."""

SHORTCUT_REGIONS: Final = ("background", "forehead", "eyes", BORDER)
"""Where no mask is, nor what it should cover: hair, background, and the picture's own edge."""

SHORTCUT_SHARE: Final = 0.1
"""A share of the evidence that is worth a word, if it is more than the region's area."""

MAX_SHORTCUT_SHARE: Final = 0.2
"""A share of the evidence that is too much in such a region of any size."""

_NOT_MEASURED: Final = "not measured"


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """A question about a method, and what came of it.

    Attributes:
        name: of the question.
        passed: None where the method promises nothing that could be tested, or nothing was.
        words: what was measured.
    """

    name: str
    passed: bool | None
    words: str


def check_method(audit: Audit, method: str) -> list[AuditCheck]:
    """What a method passes.

    It beats the controls when it leads each of them, face by face, by more than chance: the
    interval of the mean difference is above 0.
    """
    tables = {test: rows[method] for test, rows in audit.tables.items() if method in rows}
    after, mean = AuditTest(Measure.LOCALISATION, "after"), AuditTest(Measure.FAITHFULNESS, "mean")
    sanity = tables.get(AuditTest(Measure.SANITY))
    return [
        _check_lead("points right", audit, after, "hit", method),
        _check_locality([t for test, t in tables.items() if test.measure is Measure.LOCALITY]),
        _check_lead("faithful", audit, mean, "road", method),
        _check_sanity(sanity),
        _check_completeness(tables.get(AuditTest(Measure.COMPLETENESS)), sanity is not None),
        _check_stability(tables.get(AuditTest(Measure.STABILITY))),
        _check_shortcuts(
            {test.variant: t for test, t in tables.items() if test.measure is Measure.REGIONS},
            audit.areas,
        ),
    ]


def summary(method: str, checks: Sequence[AuditCheck]) -> str:
    """One line: the method, and each check with a sign."""
    signs = {True: "yes", False: "NO", None: "-"}
    return f"{method}: " + "; ".join(f"{c.name} {signs[c.passed]} ({c.words})" for c in checks)


def shortcuts(shares: Mapping[str, float], areas: Mapping[str, float]) -> list[str]:
    """The regions of `SHORTCUT_REGIONS` that hold too much of the evidence.

    That is a fifth of it or more; or a tenth and more than their area, which chance would give.
    """
    return [
        name
        for name in SHORTCUT_REGIONS
        if shares.get(name, 0.0) > min(max(areas[name], SHORTCUT_SHARE), MAX_SHORTCUT_SHARE)
    ]


def _check_lead(name: str, audit: Audit, test: AuditTest, column: str, method: str) -> AuditCheck:
    rows: Mapping[str, Table] = audit.tables.get(test, {})
    if method not in rows or not rows[method][column].count:
        return AuditCheck(name, None, _NOT_MEASURED)
    own = rows[method][column]
    leads = {rival: lead(own, rows[rival][column]) for rival in audit.controls if rival in rows}
    nearest = min(leads, key=lambda rival: leads[rival].low)
    words = f"{own}, {nearest} {rows[nearest][column]}, lead {leads[nearest]}"
    if own.people < MIN_PEOPLE:
        return AuditCheck(name, None, f"{words}: of {own.people} people only")
    return AuditCheck(name, leads[nearest].low > 0, words)


def _check_locality(tables: Sequence[Table]) -> AuditCheck:
    known = [table for table in tables if table["stays"].count and table["goes"].count]
    if not known:
        return AuditCheck("local", None, _NOT_MEASURED)
    stays = min(table["stays"].value for table in known)
    goes = max(table["goes"].value for table in known)
    words = f"{stays:.2f} stays alone, {goes:.2f} when hidden"
    return AuditCheck("local", stays > LOCALITY_LIMIT > goes, words)


def _check_sanity(table: Table | None) -> AuditCheck:
    if table is None or not table["all"].count:
        return AuditCheck("learnt", None, _NOT_MEASURED)
    value = table["all"].value
    words = f"{value:.2f} like that of weights drawn anew"
    return AuditCheck("learnt", abs(value) < MAX_RANDOMISED_CORRELATION, words)


def _check_completeness(table: Table | None, measured: bool) -> AuditCheck:
    if table is None:
        return AuditCheck("complete", None, "promises no sum" if measured else _NOT_MEASURED)
    value = table["relative"].value
    return AuditCheck("complete", value <= MAX_COMPLETENESS_ERROR, f"off by {value:.1e} of it")


def _check_stability(table: Table | None) -> AuditCheck:
    known = {name: figure.value for name, figure in (table or {}).items() if figure.count}
    if not known:
        return AuditCheck("stable", None, _NOT_MEASURED)
    name = min(known, key=lambda change: known[change])
    words = f"{known[name]:.2f} alike after {name}"
    return AuditCheck("stable", known[name] >= MIN_STABILITY, words)


def _check_shortcuts(tables: Mapping[str, Table], areas: Mapping[str, float]) -> AuditCheck:
    """Of all faces together, and of each wear: a class of its own may have one."""
    if not any(figure.count for table in tables.values() for figure in table.values()):
        return AuditCheck("no shortcut", None, _NOT_MEASURED)
    words = []
    for faces, table in tables.items():
        shares = {name: figure.value for name, figure in table.items() if figure.count}
        words += [f"{name} {shares[name]:.0%} of {faces}" for name in shortcuts(shares, areas)]
    return AuditCheck("no shortcut", not words, ", ".join(words) or "none")
