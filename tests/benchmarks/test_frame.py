"""The frame: what a result says of where it comes from, and what the command does."""

from __future__ import annotations

import argparse
import hashlib
import json
import math
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks.figures import proportion
from benchmarks.frame import ROOT, Result, read_result, result_of, write_result
from benchmarks.registry import BENCHMARKS, summary
from glassmask.errors import GlassmaskError
from glassmask.lab.metrics.accuracy import Proportion


class Stub:
    """A benchmark of one figure."""

    def __init__(self, weights: Path, figure: float = 0.5) -> None:
        self.weights, self.figure = weights, figure

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--data", type=Path, default=Path("/somewhere/data"))
        parser.add_argument("--rounds", type=int, default=3)

    def judged(self, options: argparse.Namespace) -> dict[str, Path]:
        return {"wear": self.weights}

    def measure(self, options: argparse.Namespace) -> dict[str, float]:
        return {"figure": self.figure * options.rounds}


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    file = tmp_path / "wear.onnx"
    file.write_bytes(b"weights")
    return file


def run(stub: object, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(command, "open_benchmark", lambda _: stub)
    return command.main(["speed", *arguments])


def test_a_result_says_where_it_comes_from(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "results" / "speed.json"
    assert run(Stub(weights), monkeypatch, "--rounds", "4", "--out", str(out)) == 0
    written = json.loads(out.read_text())
    assert written["figures"] == {"figure": 2.0}
    assert written["weights"] == {"wear": hashlib.sha256(b"weights").hexdigest()}
    assert written["options"] == {"data": "data", "rounds": 4}
    assert "cores" in written["cpu"]
    assert set(written) >= {"name", "date", "commit", "dirty"}
    assert "source" not in written
    assert read_result("speed", out.parent).figures == {"figure": 2.0}


def test_nothing_is_written_where_it_can_not_be_measured(
    weights: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Broken(Stub):
        def measure(self, options: argparse.Namespace) -> dict[str, float]:
            raise GlassmaskError("data: no such folder")

    out = tmp_path / "speed.json"
    assert run(Broken(weights), monkeypatch, "--out", str(out)) == 2
    assert capsys.readouterr().err == "python -m benchmarks speed: data: no such folder\n"
    assert run(Stub(tmp_path / "missing.onnx"), monkeypatch, "--out", str(out)) == 2
    assert not out.exists()


def test_a_figure_that_is_no_number_is_refused(weights: Path, tmp_path: Path) -> None:
    result = result_of("speed", argparse.Namespace(), {}, {"figure": math.nan})
    with pytest.raises(ValueError, match="JSON compliant"):
        write_result(result, tmp_path / "speed.json")
    assert not list(tmp_path.glob("*.json"))


def test_every_benchmark_is_listed_with_what_it_measures(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit, match="0"):
        command.main([])
    listed = " ".join(capsys.readouterr().out.split())
    for name in BENCHMARKS:
        assert f"{name} {summary(name)}" in listed


def test_every_result_is_of_a_benchmark_and_names_its_origin() -> None:
    for path in sorted((ROOT / "results").glob("*.json")):
        result = read_result(path.stem)
        assert isinstance(result, Result)
        assert result.name == path.stem
        assert result.commit
        assert result.figures


def test_a_proportion_of_nothing_has_no_value() -> None:
    assert proportion(Proportion(0, 0)) == {"value": None, "hits": 0, "count": 0}
    assert proportion(Proportion(1, 4))["value"] == 0.25
