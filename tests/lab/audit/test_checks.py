"""What a table of figures comes to: each test passed, failed, and not measured."""

from __future__ import annotations

import numpy as np
import pytest

from glassmask.lab.audit.checks import check_method, summary
from glassmask.lab.audit.figures import Figure, mean_of
from glassmask.lab.audit.results import Audit, AuditTest, Measure

NOTHING = mean_of([], [])


def sure(value: float, within: float = 0.02, people: int = 40) -> Figure:
    """A mean of faces that lie around it by as much."""
    faces = value + within * np.resize([1.0, -1.0], people)
    return mean_of(faces, [str(number) for number in range(people)])


def audit_of(**tables: dict[str, Figure]) -> Audit:
    """Of a method `m` and one baseline; names: MEASURE, or MEASURE_VARIANT, and __ROW."""
    rows: dict[AuditTest, dict[str, dict[str, Figure]]] = {}
    for name, table in tables.items():
        test, _, row = name.partition("__")
        measure, _, variant = test.partition("_")
        rows.setdefault(AuditTest(Measure(measure), variant), {})[row or "m"] = table
    areas = {"background": 0.6, "forehead": 0.1, "eyes": 0.1, "border": 0.2}
    return Audit("n", {"m": {}}, ("centre",), {}, NOTHING, rows, areas, {})


def passed(audit: Audit, name: str) -> bool | None:
    (check,) = [check for check in check_method(audit, "m") if check.name == name]
    return check.passed


@pytest.mark.parametrize(
    ("own", "rival", "expected"),
    [
        (sure(0.9), sure(0.8), True),
        (sure(0.82, 0.2), sure(0.8, 0.2), True),  # the intervals meet; each face leads
        (sure(0.82, 0.2), sure(0.8, -0.2), False),  # by 0.02 of 0.4 either way
        (sure(0.7), sure(0.8), False),
        (sure(0.9, people=9), sure(0.5, people=9), None),  # too few to say
        (NOTHING, sure(0.5), None),
    ],
)
@pytest.mark.parametrize(
    ("name", "test", "column"),
    [
        ("points right", "localisation_after", "hit"),
        ("faithful", "faithfulness_mean", "road"),
    ],
)
def test_beating_what_knows_nothing(
    name: str, test: str, column: str, own: Figure, rival: Figure, expected: bool | None
) -> None:
    audit = audit_of(**{test: {column: own}, f"{test}__centre": {column: rival}})
    assert passed(audit, name) is expected


@pytest.mark.parametrize(
    ("stays", "goes", "expected"),
    [(0.9, 0.1, True), (0.9, 0.6, False), (0.9, -0.6, True), (0.4, 0.1, False)],
)
def test_local_is_that_it_stays_and_goes(stays: float, goes: float, expected: bool) -> None:
    good = {"stays": sure(0.9), "goes": sure(0.0)}
    audit = audit_of(locality_mean=good, locality_blur={"stays": sure(stays), "goes": sure(goes)})
    assert passed(audit, "local") is expected
    assert passed(audit_of(locality_mean={"stays": NOTHING, "goes": NOTHING}), "local") is None


@pytest.mark.parametrize(("alike", "expected"), [(0.1, True), (-0.6, False), (0.6, False)])
def test_learnt(alike: float, expected: bool) -> None:
    assert passed(audit_of(sanity={"all": sure(alike)}), "learnt") is expected
    assert passed(audit_of(sanity={"all": NOTHING}), "learnt") is None


def test_complete_and_stable() -> None:
    assert passed(audit_of(completeness={"relative": sure(0.01)}), "complete") is True
    assert passed(audit_of(completeness={"relative": sure(0.2)}), "complete") is False
    for order in (("shift", "noise"), ("noise", "shift")):
        known = {"shift": NOTHING, "noise": sure(0.9)}
        audit = audit_of(stability={name: known[name] for name in order})
        assert passed(audit, "stable") is True
    assert passed(audit_of(stability={"a": sure(0.9), "b": sure(0.7)}), "stable") is False
    assert passed(audit_of(stability={"a": NOTHING}), "stable") is None


def test_a_shortcut_of_one_class_is_one() -> None:
    fine = {"background": sure(0.1), "eyes": sure(0.05), "forehead": sure(0.0), "border": sure(0.0)}
    assert passed(audit_of(regions_all=fine), "no shortcut") is True
    bad = {**fine, "eyes": sure(0.3)}
    audit = audit_of(regions_all=fine, regions_none=bad)
    assert passed(audit, "no shortcut") is False
    assert "eyes 30% of none" in summary("m", check_method(audit, "m"))
    assert passed(audit_of(regions_all=dict.fromkeys(fine, NOTHING)), "no shortcut") is None


def test_nothing_measured_is_no_answer() -> None:
    checks = check_method(audit_of(), "m")
    assert [check.passed for check in checks] == [None] * 7
    assert {check.words for check in checks} == {"not measured"}
