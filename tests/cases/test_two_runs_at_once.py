"""Two runs that write to the same place do not write into each other's files."""

from __future__ import annotations

import csv
import json
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from cases.command import MAIN, Demo
from glassmask.output.report import ReportSink
from glassmask.output.sinks import CsvSink, JsonSink


@pytest.mark.heavy
def test_two_runs_into_the_same_files(tmp_path: Path, demo: Demo, options: list[str]) -> None:
    out = tmp_path / "out"
    out.mkdir()
    runs = []
    for name, number in (("one", 4), ("other", 7)):
        photos = tmp_path / name
        photos.mkdir()
        for index in range(number):
            Image.fromarray(demo["nose"]).save(photos / f"{name}-{index}.png")
        targets = [*("--json", out / "a.jsonl"), *("--csv", out / "a.csv"), "--annotate", out / "a"]
        words = [*MAIN, *options, photos, *targets, "--report", out / "r"]
        runs.append(subprocess.Popen(list(map(str, words)), stdout=subprocess.DEVNULL))
    assert [run.wait(timeout=120) for run in runs] == [0, 0]
    records = [json.loads(line)["photo"] for line in (out / "a.jsonl").read_text().splitlines()]
    with (out / "a.csv").open(newline="") as lines:
        told = [row["photo"] for row in csv.DictReader(lines)]
    page = (out / "r" / "index.html").read_text()
    for names in (records, told):  # the last one's, whole
        assert len(names) in (4, 7)
        assert len({Path(name).parent for name in names}) == 1
    assert page.count("<article") == page.count("</article>") in (4, 7)
    assert len(list((out / "a").iterdir())) == 11
    assert not list(tmp_path.rglob(".*"))


@pytest.mark.parametrize("sink", [JsonSink, CsvSink])
def test_two_writers_with_one_process_number(tmp_path: Path, sink: type[JsonSink]) -> None:
    """As in two containers; here they are even one process."""
    target = tmp_path / "a"
    one, other = sink(str(target)), sink(str(target))
    other.close()
    assert not target.read_bytes().count(b"\0")
    one.abort()
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_two_reports_in_one_folder(tmp_path: Path) -> None:
    one, other = ReportSink(tmp_path), ReportSink(tmp_path)
    one.close()
    other.abort()
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]
