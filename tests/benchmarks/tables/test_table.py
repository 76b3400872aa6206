"""Cells and tables: what they say of a figure, by hand."""

from __future__ import annotations

import pytest

from benchmarks.tables.table import (
    EMPTY,
    Cell,
    hits,
    number,
    percent,
    power,
    row,
    share,
    table,
    together,
)

FOUND = {"value": 0.98549, "interval": [0.9714, 0.9866], "hits": 1485, "count": 1516}


def test_numbers_are_rounded_as_they_are_shown() -> None:
    assert number(-1.26, 1, unit=" ms") == Cell("−1.3 ms", -1.3)
    assert number(0.5, 1, sign=True).text == "+0.5"
    assert percent(0.29) == Cell("29%", 29.0)
    assert power(3.2e-6) == Cell("3e-6", 3.2e-6)
    assert power(1e-6, 1).text == "1.0e-6"
    assert number(None) is percent(None) is power(None) is EMPTY


def test_a_share_says_what_is_asked_for() -> None:
    assert share(FOUND) == Cell("0.985", 0.985)
    assert share(FOUND, 2, interval=True) == Cell("0.99 [0.97, 0.99]", 0.99, (0.97, 0.99))
    assert share(FOUND, counts=True).counts == (1485, 1516)
    assert share(FOUND, 1, interval=True, scale=100).text == "98.5 [97.1, 98.7]"
    assert share({"value": 0.5}, interval=True, counts=True) == Cell("0.500", 0.5)
    assert share({"value": None, "hits": 0, "count": 0}) is share(None) is EMPTY
    assert hits(FOUND) == Cell("1485/1516", 1485 / 1516, None, (1485, 1516))
    assert hits({"value": None, "hits": 0, "count": 0}) == Cell("0/0", None, None, (0, 0))


def test_cells_together_are_numbers_of_the_first() -> None:
    joined = together(number(0.97, 2), EMPTY, number(0.99, 2))
    assert joined == Cell("0.97, 0.99", 0.97)


def test_markdown_by_hand() -> None:
    rows = [
        row("a", ("x|y", ""), n=number(3, bold=True)),
        row("b", ("", "z")),
    ]
    assert table(("", "key"), {"n": "count", "m": ""}, rows).markdown() == (
        "| | key | count | |\n|---|---|---|---|\n| x\\|y | | **3** | |\n| | z | | |"
    )


def test_a_row_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="the row 'a' does not fit"):
        table("", {"n": "count"}, [row("a", "first", m=number(3))])
    with pytest.raises(KeyError):
        table("", {}, []).row("a")
