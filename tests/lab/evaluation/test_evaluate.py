"""All that `glassmask evaluate` does, from Python."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from glassmask import lab
from glassmask.errors import DatasetError, RunError
from glassmask.labels import Wear


def test_a_network_is_evaluated_in_one_call(dataset: Path, tmp_path: Path) -> None:
    judged, lines = list[tuple[int, int]](), list[str]()
    evaluation = lab.evaluate(
        "shipped",
        [dataset],
        splits=["test"],
        gallery=0,
        progress=lambda done, faces: judged.append((done, faces)),
        warn=lines.append,
    )
    assert judged[-1] == (10, 10)  # five of test, and five of val to calibrate on
    assert lines == []
    assert list(evaluation.splits) == ["test"]
    figures = evaluation.splits["test"]
    assert figures.faces == figures.confusion.sum() == figures.accuracy.overall.count == 5
    assert set(figures.accuracy.by_wear) == set(Wear)
    assert figures.traits is None
    assert evaluation.mistakes == ()
    assert evaluation.predictions.temperature is not None
    evaluation.write(tmp_path)
    assert json.loads((tmp_path / "metrics.json").read_text()) == evaluation.to_json()
    assert {path.name for path in tmp_path.iterdir()} >= {"report.html", "predictions.csv"}


def test_what_can_not_be_evaluated_is_an_error_of_glassmask(dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no faces of split 'tset'; there are: test, train, val"):
        lab.evaluate("shipped", [dataset], tmp_path / "out", splits=["tset"])
    with pytest.raises(RunError, match="no finished run"):
        lab.evaluate(tmp_path, [dataset], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_importing_the_lab_imports_nothing_heavy() -> None:
    code = "import sys, glassmask.lab; print({'torch', 'matplotlib', 'onnx'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
    with pytest.raises(AttributeError, match="has no attribute 'evaluat'"):
        lab.evaluat  # noqa: B018
