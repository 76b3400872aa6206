"""Figures of audits, out of what `glassmask audit` writes."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.audits import measure
from glassmask.errors import LabError

FIGURE: dict[str, Any] = {"value": 0.9, "interval": [0.8, 1.0], "count": 10, "people": 9}
AUDIT: dict[str, Any] = {
    "network": "wear",
    "rightly": FIGURE,
    "verdicts": {"evidence": {"faithful": False, "learnt": True}},
    "tables": {
        "localisation, after": {
            "evidence": {"hit": FIGURE, "area": {**FIGURE, "value": 0.2}},
            "random": {"hit": FIGURE, "area": {**FIGURE, "value": 0.2}},
        },
        "regions, none": {"evidence": {"background": FIGURE}},
        "a test of tomorrow": {"evidence": {"new": FIGURE}},
    },
    "areas": {"background": 0.7},
}


def gather(*arguments: str) -> Any:
    return measure(argparse.Namespace(audits=arguments))


def test_figures_are_those_of_the_audit(tmp_path: Path) -> None:
    (tmp_path / "audit.json").write_text(json.dumps(AUDIT))
    found = gather(f"shipped, val={tmp_path}")["shipped, val"]
    assert found["pairs"]["hits"] == 9
    assert found["area"] == 0.2
    assert found["background"] == 0.7
    assert (
        found["maps"]["evidence"]["hit"] == found["maps"]["evidence"]["background none"] == FIGURE
    )
    assert "new" not in found["maps"]["evidence"]
    assert found["verdict"]["learnt"] is True
    assert found["verdict"]["stable"] is None


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("nothing", "nothing: give audits as NAME=AUDIT"),
        ("a=missing.json", "missing.json: no audit can be read there"),
        ("a={}", "no audit of this version: KeyError"),
    ],
)
def test_what_is_no_audit_is_told_in_one_line(argument: str, words: str, tmp_path: Path) -> None:
    empty = tmp_path / "empty.json"
    empty.write_text("{}")
    with pytest.raises(LabError, match=words):
        gather(argument.replace("{}", str(empty)))
