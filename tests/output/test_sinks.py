from __future__ import annotations

import csv
import errno
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from glassmask import Checked, Checker, PhotoError, ProblemKind
from glassmask.errors import OutputError
from glassmask.formats import is_own_drawing
from glassmask.output.drawings import AnnotateSink
from glassmask.output.report import ReportSink
from glassmask.output.sinks import CsvSink, JsonSink, Photo, Sinks

Demo = dict[str, NDArray[np.uint8]]


@pytest.fixture(scope="module")
def nose(checker: Checker, demo: Demo) -> Checked:
    return checker.check(demo["nose"], name="nose.png")


@pytest.fixture(scope="module")
def failed(checker: Checker) -> Checked:
    error = PhotoError("no such file", ProblemKind.MISSING)
    return Checked.failed("gone.jpg", error, checker.networks)


def test_a_row_per_face_and_one_for_what_has_none(
    nose: Checked, failed: Checked, checker: Checker, demo: Demo, tmp_path: Path
) -> None:
    sink = CsvSink(str(tmp_path / "a.csv"))
    for checked in (nose, failed, checker.check(demo["none"], name="nobody", min_face=200)):
        sink.write(checked, None)
    sink.close()
    with (tmp_path / "a.csv").open(newline="") as lines:
        face, gone, nobody = csv.DictReader(lines)
    assert (face["photo"], face["face"], face["wear"], face["uncovered"]) == (
        "nose.png", "1", "incorrect", "nose",
    )  # fmt: skip
    assert [face[q] for q in ("mask", "nose", "mouth", "chin")] == ["yes", "yes", "no", "no"]
    assert float(face["confidence"]) == pytest.approx(nose[0].confidence, abs=1e-4)
    assert float(face["w"]) == pytest.approx(nose[0].face.box[2], abs=0.01)
    assert (gone["photo"], gone["error"], gone["wear"]) == ("gone.jpg", "no such file", "")
    assert (nobody["photo"], nobody["face"], nobody["error"]) == ("nobody", "", "")


def test_json_lines_follow_the_record(nose: Checked, failed: Checked, tmp_path: Path) -> None:
    sink = JsonSink(str(tmp_path / "a.jsonl"))
    sink.write(nose, None)
    sink.write(failed, None)
    assert not (tmp_path / "a.jsonl").exists()  # nothing half-written under its name
    sink.close()
    first, second = map(json.loads, (tmp_path / "a.jsonl").read_text().splitlines())
    assert first == json.loads(json.dumps(nose.record()))
    assert second["error_kind"] == "missing"


def test_a_name_that_is_no_utf8_gives_json_that_strict_readers_take(
    nose: Checked, checker: Checker, demo: Demo
) -> None:
    checked = checker.check(demo["nose"], name="caf\udce9.png")
    line = json.dumps(checked.record(), ensure_ascii=False)
    assert json.loads(line.encode("utf-8"))["photo"] == "caf\\xe9.png"


def test_drawings_carry_their_mark_and_names_of_their_own(
    nose: Checked, failed: Checked, demo: Demo, tmp_path: Path
) -> None:
    sink = AnnotateSink(tmp_path)
    sink.write(nose, demo["nose"])
    sink.write(nose, demo["nose"])
    sink.write(failed, None)
    sink.close()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["nose-2.jpg", "nose.jpg"]
    assert is_own_drawing((tmp_path / "nose.jpg").read_bytes()[:512])
    with Image.open(tmp_path / "nose.jpg") as image:
        assert image.size == (210, 220)


class Full:
    """A sink whose disk is full; its name says so."""

    target = "full"

    def __init__(self, *, keeps_going: bool) -> None:
        self.keeps_going = keeps_going
        self.asked = self.aborted = 0

    def write(self, _checked: Checked, _pixels: object) -> None:
        self.asked += 1
        raise OSError(errno.ENOSPC, "No space left on device")

    def close(self) -> None:
        pass

    def abort(self) -> None:
        self.aborted += 1


@pytest.mark.parametrize("keeps_going", [True, False])
def test_where_one_can_not_write_the_others_go_on(
    nose: Checked, tmp_path: Path, keeps_going: bool
) -> None:
    told: list[str] = []
    sinks: Sinks[[Checked, Photo | None]] = Sinks(told.append)
    full = Full(keeps_going=keeps_going)
    sinks.open("full", lambda: full)
    sinks.open("json", lambda: JsonSink(str(tmp_path / "a.jsonl")))
    for _ in range(3):
        sinks.write(nose, None)
    sinks.close()
    assert sinks.failed
    assert (full.asked, full.aborted) == ((3, 0) if keeps_going else (1, 1))
    assert told == ["can't write full: No space left on device"]  # once, not per photo
    assert len((tmp_path / "a.jsonl").read_text().splitlines()) == 3


def test_what_can_not_be_opened_takes_the_others_with_it(tmp_path: Path) -> None:
    sinks: Sinks[[Checked, Photo | None]] = Sinks(lambda _: None)
    sinks.open("json", lambda: JsonSink(str(tmp_path / "a.jsonl")))
    with pytest.raises(OutputError, match="can't write nowhere: No such file"):
        sinks.open("nowhere", lambda: JsonSink(str(tmp_path / "nowhere" / "b.jsonl")))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("sink", [JsonSink, CsvSink])
def test_a_file_of_someone_else_is_not_replaced(
    nose: Checked, tmp_path: Path, sink: type[JsonSink | CsvSink]
) -> None:
    """As with `--json *.png`, where the shell gives the first photo as the target."""
    target = tmp_path / "a.png"
    target.write_bytes(b"\x89PNG my photo")
    with pytest.raises(FileExistsError, match="something else"):
        sink(str(target))
    assert target.read_bytes() == b"\x89PNG my photo"
    target.write_bytes(b"")
    for _ in range(2):  # an empty one is, and an own one
        own = sink(str(target))
        own.write(nose, None)
        own.close()
    assert [p.name for p in tmp_path.iterdir()] == ["a.png"]


def test_a_picture_of_someone_else_keeps_its_name(
    nose: Checked, demo: Demo, tmp_path: Path
) -> None:
    (tmp_path / "nose.jpg").write_bytes(b"my photo")
    for _ in range(2):
        sink = AnnotateSink(tmp_path)
        sink.write(nose, demo["nose"])
    assert (tmp_path / "nose.jpg").read_bytes() == b"my photo"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["nose-2.jpg", "nose.jpg"]


def test_a_page_of_someone_else_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<title>my site</title>")
    with pytest.raises(FileExistsError, match="no report of Glassmask"):
        ReportSink(tmp_path)
    assert (tmp_path / "index.html").read_text() == "<title>my site</title>"
    (tmp_path / "index.html").unlink()
    for _ in range(2):  # an own one is
        ReportSink(tmp_path).close()
    assert [p.name for p in tmp_path.iterdir()] == ["index.html"]
