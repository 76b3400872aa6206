"""Tables of the texts: what stands in them is what results/*.json say."""

from __future__ import annotations

import pytest

from benchmarks import render
from benchmarks.frame import ROOT
from benchmarks.render import MarkerError, rendered, texts
from benchmarks.tables import TABLES
from benchmarks.tables.table import number, row, table


def test_every_text_is_in_step_with_the_results(capsys: pytest.CaptureFixture[str]) -> None:
    assert render.main(["--check"]) == 0, f"{capsys.readouterr().out}run `make results`"


def test_every_table_stands_in_a_text() -> None:
    every = "".join(path.read_text(encoding="utf-8") for path in texts())
    assert [name for name in TABLES if f"<!-- results:{name} -->" not in every] == []


def test_only_what_is_between_markers_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    one = table("", {"n": "count"}, [row("a", "first", n=number(3))])
    monkeypatch.setattr(render, "TABLES", {"one": lambda: one})
    text = "before |\n\n  <!-- results:one -->\n  old\n  <!-- /results -->\n\n| after |\n"
    now = (
        "before |\n\n  <!-- results:one -->\n\n  | | count |\n  |---|---|\n  | first | 3 |\n\n"
        "  <!-- /results -->\n\n| after |\n"
    )
    assert rendered(text) == now
    assert rendered(now) == now


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<!-- results:nothing -->\n<!-- /results -->\n", "no table 'nothing'"),
        ("<!-- results:real -->\n| a |\n", "no beginning or no end"),
        ("| a |\n<!-- /results -->\n", "no beginning or no end"),
    ],
)
def test_markers_that_mean_nothing_are_refused(text: str, words: str) -> None:
    with pytest.raises(MarkerError, match=words):
        rendered(text)


def test_a_figure_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    figures: dict[str, float] = {}
    monkeypatch.setattr(render, "TABLES", {"one": lambda: figures["gone"]})
    with pytest.raises(MarkerError, match="'one' needs a figure that no result has: 'gone'"):
        rendered("<!-- results:one -->\n<!-- /results -->\n")


def test_a_text_that_is_behind_is_told_and_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_text(encoding="utf-8") for path in texts()}
    monkeypatch.setattr(render, "rendered", lambda text: text + "more")
    assert render.main(["--check"]) == 1
    assert "README.md: is behind" in capsys.readouterr().out
    assert {path: path.read_text(encoding="utf-8") for path in before} == before
    assert ROOT / "MODEL_CARD.md" in before
