"""Where the results of `glassmask check` go, and what stops them."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from typer.testing import CliRunner

from cli.check_process import CHECK, COMMAND, lines, piped, run
from glassmask.cli.app import app

pytestmark = [pytest.mark.heavy, pytest.mark.usefixtures("check_networks")]

Demo = dict[str, NDArray[np.uint8]]


def test_json_to_stdout_is_only_json(photo_file: Path) -> None:
    done = run("check", photo_file, photo_file.with_name("missing.jpg"), "--json", "-")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert records[0]["error"] is None
    assert records[1]["error"].startswith("no such file")
    assert done.returncode == 1


def test_photos_of_one_name_are_annotated_apart(photo_file: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "photo.png").write_bytes(photo_file.read_bytes())
    out = tmp_path / "annotated"
    assert run("check", photo_file, tmp_path / "other", "--annotate", out).returncode == 0
    assert sorted(p.name for p in out.iterdir()) == ["photo-2.jpg", "photo.jpg"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_keeps_what_is_done(
    photo_file: Path, tmp_path: Path, number: signal.Signals
) -> None:
    photos = tmp_path / "many"
    photos.mkdir()
    for index in range(3000):
        (photos / f"{index:04}.png").symlink_to(photo_file)
    out = tmp_path / "o.jsonl"
    process = subprocess.Popen(
        [*COMMAND, *CHECK, photos, "--json", out, "--report", tmp_path / "report",
         "--annotate", tmp_path / "annotated"],
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not any(p.stat().st_size > 5000 for p in tmp_path.glob(".o.jsonl*.part")):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(number)
    table, complaint = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert "what was done is written" in complaint
    assert "Traceback" not in complaint
    done = len(lines(out))
    assert 0 < done < 3000
    page = (tmp_path / "report" / "index.html").read_text()
    assert page.count("<article") == page.count("</article>") == done
    assert page.rstrip().endswith("</html>")
    assert len(list((tmp_path / "annotated").iterdir())) == done
    assert len(table.splitlines()) == done + 1
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize("json_out", [True, False])
def test_a_reader_that_leaves_early_opens_no_door(
    tmp_path: Path, demo: dict[str, NDArray[np.uint8]], json_out: bool
) -> None:
    for index in range(4):
        Image.fromarray(demo["none"]).save(tmp_path / f"{index}.png")
    options: list[str | Path] = ["--require", "correct", "--report", tmp_path / "r"]
    options += ["--json", "-"] * json_out
    code, complaint = piped("true", tmp_path, *options)
    assert (code, complaint) == (3, "4 photos, 4 faces: 4 no mask\n")
    assert (tmp_path / "r" / "index.html").read_text().count("<article") == 4


def test_json_goes_through_links_and_into_devices(photo_file: Path, tmp_path: Path) -> None:
    target = tmp_path / "real.jsonl"
    (tmp_path / "link.jsonl").symlink_to(target)
    assert run("check", photo_file, "--json", tmp_path / "link.jsonl").returncode == 0
    assert (tmp_path / "link.jsonl").is_symlink()
    assert len(lines(target)) == 1
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE, text=True) as reader:
        assert run("check", photo_file, "--json", pipe).returncode == 0
        assert reader.stdout is not None
        assert json.loads(reader.stdout.read())["error"] is None


def test_a_full_disk_leaves_nothing_half_written(
    photo_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("glassmask.output.report._figure", full)
    done = CliRunner().invoke(
        app, [*CHECK, str(photo_file), "--report", str(tmp_path / "r"),
              "--json", str(tmp_path / "o.jsonl")],
    )  # fmt: skip
    assert done.exit_code == 2
    assert f"can't write {tmp_path / 'r'}: No space left on device" in done.stderr
    assert "nose uncovered" in done.stdout  # the table goes on
    left = sorted(p.name for p in tmp_path.rglob("*") if p.is_file())
    assert left == ["o.jsonl", "photo.png"]
    assert len(lines(tmp_path / "o.jsonl")) == 1


def test_a_table_for_other_programs(photo_file: Path, tmp_path: Path) -> None:
    assert run("check", photo_file, "--csv", tmp_path / "o.csv").returncode == 0
    header, row = (tmp_path / "o.csv").read_text().splitlines()
    assert header.startswith("photo,face,x,y,w,h,wear,uncovered,confidence,mask,nose")
    assert ",incorrect,nose," in row
    done = run("check", photo_file, "--csv", "-")
    assert done.stdout.splitlines()[0] == header
    same = run("check", photo_file, "--csv", tmp_path / "x", "--json", tmp_path / "x")
    assert same.returncode == 2
    assert "name the same file" in same.stderr


def test_a_standard_output_that_is_closed_or_full(photo_file: Path, tmp_path: Path) -> None:
    script = '"$@" >&-'
    words = ["bash", "-c", script, "-", *COMMAND, *CHECK, str(photo_file)]
    closed = subprocess.run(words, capture_output=True, text=True, check=False)
    assert closed.returncode == 2
    assert closed.stderr == "error: can't write standard output: it is closed\n"
    words += ["--json", str(tmp_path / "o.jsonl")]
    written = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (written.returncode, written.stderr) == (0, "")
    assert len(lines(tmp_path / "o.jsonl")) == 1
    doctor = ["bash", "-c", '"$@" > /dev/full', "-", *COMMAND, "doctor"]
    full = subprocess.run(doctor, capture_output=True, text=True, check=False)
    assert full.returncode == 2
    assert full.stderr == "error: can't write standard output: No space left on device\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_holds_whole_pictures_or_none(tmp_path: Path, demo: Demo) -> None:
    photos, disk = tmp_path / "photos", tmp_path / "disk"
    photos.mkdir()
    disk.mkdir()
    for name, picture in demo.items():
        Image.fromarray(picture).save(photos / f"{name}.png")
    words = [*COMMAND, *CHECK, str(photos), "--annotate", str(disk / "a")]
    script = 'mount -t tmpfs -o size=40k tmpfs "$1" || exit 99; d="$1"; shift; "$@"; c=$?; '
    script += 'ls -A "$d/a" | wc -l; for f in "$d"/a/*; do tail -c 2 "$f" | xxd -p; done; exit $c'
    command = ["unshare", "-m", "bash", "-c", script, "-", str(disk), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 99:
        pytest.skip("no small disk can be mounted here")
    assert done.returncode == 2
    assert done.stderr.count("can't write") >= 1
    *_, count = [line for line in done.stdout.splitlines() if line.strip().isdigit()]
    ends = done.stdout.split()[-int(count) :]
    assert 0 < int(count) < 5
    assert ends == ["ffd9"] * int(count)  # each ends as a JPEG does
    assert "5 photos, 5 faces" in done.stderr  # all were checked


def test_long_names_and_long_pictures_are_annotated(tmp_path: Path) -> None:
    Image.new("RGB", (70_000, 9), "grey").save(tmp_path / f"{'x' * 240}.png")
    done = run("check", tmp_path, "--annotate", tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(list((tmp_path / "out").iterdir())) == 1
