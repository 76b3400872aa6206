"""What `check` writes: tables that others can read, nothing twice, nothing left behind."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from PIL import Image
from rich.cells import cell_len

from cases.command import MAIN, Check, Demo, shell
from glassmask.formats import is_photo_or_film


@pytest.mark.parametrize("json_out", ["-", "/dev/stdout", "/dev/fd/1"])
@pytest.mark.parametrize("csv_out", ["-", "/dev/stdout"])
def test_two_outputs_to_standard_output_are_refused(
    check: Check, folder: Path, json_out: str, csv_out: str
) -> None:
    done = check(folder, "--json", json_out, "--csv", csv_out)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--json and --csv both write to standard output" in done.stderr


def test_standard_output_by_its_name_is_not_mixed_with_the_table(
    check: Check, folder: Path
) -> None:
    done = check(folder, "--json", "/dev/stdout")
    (line,) = done.stdout.splitlines()
    assert json.loads(line)["error"] is None


@pytest.mark.heavy
def test_a_standard_output_that_is_closed_is_called_so(folder: Path, options: list[str]) -> None:
    for option in ("--json", "--csv"):
        done = shell('"$@" >&-', *MAIN, *options, folder, option, "-")
        assert done.returncode == 2
        assert done.stderr == "error: can't write standard output: it is closed\n"


@pytest.mark.heavy
def test_one_interrupt_ends_the_wait_for_standard_input(
    folder: Path, options: list[str], tmp_path: Path
) -> None:
    (tmp_path / "old.jsonl").write_text('{"schema": 3}\n')
    for before, out, said in (
        ([], "old.jsonl", "stopped before the first photo was checked; nothing is written"),
        ([folder / "correct.png"], "new.jsonl", "stopped after 1 of 2 photos; what was done"),
    ):
        words = [*MAIN, *options, *before, "-", "--json", tmp_path / out]
        process = subprocess.Popen(
            list(map(str, words)), stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob(".*.part")):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        time.sleep(1.5)  # one photo, and it waits
        process.send_signal(signal.SIGINT)
        assert said in process.communicate(timeout=20)[1]
        assert process.returncode == 130
    assert (tmp_path / "old.jsonl").read_text() == '{"schema": 3}\n'
    assert len((tmp_path / "new.jsonl").read_text().splitlines()) == 1


@pytest.mark.parametrize("kind", ["BMP", "GIF", "ICO", "PCX", "SGI", "PPM"])
def test_a_picture_without_an_ending_is_not_passed_over(
    check: Check, folder: Path, demo: Demo, kind: str
) -> None:
    Image.fromarray(demo["none"]).save(folder / "picture", kind)
    done = check(folder, "--require", "correct")
    assert done.exit_code == (3 if kind in ("BMP", "GIF") else 1)
    assert "passed over" not in done.stderr


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1"])
def test_a_bmp_of_every_depth_is_known_and_text_is_not(tmp_path: Path, mode: str) -> None:
    Image.new(mode, (30, 20)).save(tmp_path / "a", "BMP")
    assert is_photo_or_film((tmp_path / "a").read_bytes()[:512], "a")
    assert not is_photo_or_film(b"BMW is a make of cars, and this is a text about it.", "a")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@sum", "'quoted", "\tx", "plain", "a=b"])
def test_no_name_is_a_formula_in_a_spreadsheet(
    check: Check, folder: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "correct.png").rename(folder / f"{name}.png")
    monkeypatch.chdir(folder)
    check("*.png", "--csv", tmp_path / "a.csv", "--json", tmp_path / "a.jsonl")
    with (tmp_path / "a.csv").open(newline="") as lines:
        (row,) = csv.DictReader(lines)
    assert row["photo"][0] not in "=+-@\t"
    assert row["photo"].removeprefix("'") == f"{name}.png"
    assert json.loads((tmp_path / "a.jsonl").read_text())["photo"] == f"{name}.png"


def test_what_a_run_writes_is_not_counted_by_the_next(check: Check, folder: Path) -> None:
    targets = ["--report", folder, "--json", folder / "a.jsonl", "--csv", folder / "a.csv"]
    for _ in range(2):
        assert check(folder, *targets).stderr == ""
    assert "passed over in folders: 3 other files" in check(folder).stderr


def test_a_report_that_is_not_written_leaves_no_folder(
    check: Check, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("mine")
    done = check(folder, "--report", tmp_path / "a" / "b", "--annotate", tmp_path / "file")
    assert done.exit_code == 2
    assert not (tmp_path / "a").exists()


def test_a_photo_that_is_named_in_two_ways_is_judged_once(
    check: Check, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    one = f"{folder.name}/correct.png"
    for words in ([folder.name, f"./{one}"], [f"{folder.name}//correct.png", folder, f"./{one}"]):
        assert len(check(*words).stdout.splitlines()) == 2
    os.symlink("correct.png", folder / "link.png")  # a photo of its own name
    assert len(check(folder).stdout.splitlines()) == 3


def test_one_long_name_moves_its_own_row_alone(check: Check, folder: Path, demo: Demo) -> None:
    for name in ("口罩" * 40, "b", "c"):
        Image.fromarray(demo["nose"]).save(folder / f"{name}.png")
    rows = check(folder).stdout.splitlines()
    (long,) = [row for row in rows if "口罩" in row]
    others = [row for row in rows if row != long]
    assert "口罩" * 40 + ".png worn incorrectly: nose uncovered" in long
    starts = {row.index("nose uncovered") for row in others if "nose uncovered" in row}
    assert len(starts) == 1
    assert max(map(cell_len, others)) < cell_len(long) - 60
