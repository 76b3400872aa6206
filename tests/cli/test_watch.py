"""What `glassmask watch` says of a camera, what it writes, and its exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from cli.films import lines, run_command, said
from video.cameras import Camera
from video.people import Person, StandIn

TESTS = Path(__file__).parents[1]


class Door(StandIn):
    """Sees one person who stands there, and wears the mask as told."""

    def __init__(self, word: str = "nose") -> None:
        super().__init__(lambda _when: [Person(100, 100, 60, word)])


@pytest.fixture
def camera() -> Iterator[Camera]:
    camera = Camera()
    yield camera
    camera.kill()


@pytest.fixture(autouse=True)
def door(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("glassmask.cli.watch.make_checker", lambda *_: Door())


@pytest.fixture
def killed(camera: Camera, monkeypatch: pytest.MonkeyPatch) -> Camera:
    """A camera that dies once it has been looked at eight times."""

    class Fatal(Door):
        def judge(self, pixels: Any, faces: Any) -> Any:
            if sum(name == "judge" for name, _ in self.calls) == 8:
                threading.Thread(target=camera.kill).start()
            return super().judge(pixels, faces)

    monkeypatch.setattr("glassmask.cli.watch.make_checker", lambda *_: Fatal())
    return camera


def run(*arguments: str | Path) -> Result:
    done = run_command("watch", *arguments)
    assert "secret" not in done.output
    assert "Traceback" not in done.output
    return done


def test_for_a_while(camera: Camera, tmp_path: Path) -> None:
    out = tmp_path / "e.jsonl"
    done = run(camera.address, "--for", "3s", "--events", out)
    assert (done.exit_code, done.stderr) == (0, "")
    entered, left, summary = done.stdout.splitlines()
    assert "person 1 entered: nose uncovered" in entered
    assert "person 1 left: nose uncovered at the end" in left
    assert summary.startswith("1 person, at the end 1 incorrect; ")
    records = lines(out)
    assert [record.get("event") for record in records] == ["entered", "left", None]
    assert records[-1]["ended"] == "time_over"
    assert {r["source"] for r in records} == {f"http://127.0.0.1:{camera.port}/mjpeg"}
    assert "secret" not in out.read_text()
    again = run(camera.address, "--for", "1s", "--events", out)
    assert again.exit_code == 0
    assert len(lines(out)) > len(records)  # added to what was there


def test_events_on_standard_output(camera: Camera, tmp_path: Path) -> None:
    done = run(camera.address, "--for", "1.5s", "--events", "-")
    assert done.exit_code == 0
    (tmp_path / "o").write_text(done.stdout)
    assert lines(tmp_path / "o")[-1]["kind"] == "summary"


@pytest.mark.parametrize(("word", "code"), [("incorrect", 0), ("correct", 3), ("none", 3)])
def test_what_is_required(camera: Camera, tmp_path: Path, word: str, code: int) -> None:
    out = tmp_path / "e.jsonl"
    done = run(camera.address, "--for", "3s", "--require", word, "--events", out)
    assert done.exit_code == code
    assert ("breach begins: nose uncovered" in done.stdout) == (code == 3)
    assert ("breach ends: gone" in done.stdout) == (code == 3)
    told = [r["event"] for r in lines(out) if r["kind"] == "event"]
    breach = ["breach_began", "left", "breach_ended"]
    assert told == ["entered", *(breach if code else ["left"])]


def test_it_ends_at_the_first_breach(camera: Camera, tmp_path: Path) -> None:
    done = run(
        camera.address, "--for", "10m", "--require", "correct", "--stop-at-breach", "--events",
        tmp_path / "e.jsonl",
    )  # fmt: skip
    assert done.exit_code == 3
    assert lines(tmp_path / "e.jsonl")[-1]["ended"] == "breach"


def test_a_lost_camera_is_given_up(killed: Camera, tmp_path: Path) -> None:
    done = run(killed.address, "--give-up", "1s", "--events", tmp_path / "e.jsonl")
    assert done.exit_code == 1
    lost, given_up = done.stderr.splitlines()
    name = f"http://127.0.0.1:{killed.port}/mjpeg"
    assert lost.startswith(f"{name}: lost: ")
    assert given_up.startswith(f"{name}: given up after ")
    records = lines(tmp_path / "e.jsonl")
    assert [r["reason"] for r in records if r["kind"] == "gap"] == ["lost", "given_up"]
    assert records[-1]["ended"] == "given_up"
    assert [r.get("event") for r in records if r["kind"] == "event"] == ["entered", "left"]


def test_the_time_is_over_while_the_camera_is_lost(killed: Camera, tmp_path: Path) -> None:
    done = run(killed.address, "--for", "5s", "--events", tmp_path / "e.jsonl")
    assert done.exit_code == 0
    *_, summary = lines(tmp_path / "e.jsonl")
    assert summary["ended"] == "time_over"
    assert summary["gaps"] == {"lost": 1}


def test_snapshots(camera: Camera, tmp_path: Path) -> None:
    folder = tmp_path / "shots"
    assert run(camera.address, "--for", "3s", "--snapshots", folder).exit_code == 0
    names = sorted(path.name for path in folder.iterdir())
    assert sorted(name.split("-", 4)[4] for name in names) == ["entered-1.jpg", "left-1.jpg"]
    (folder / "glassmask-mine.jpg").write_bytes((folder / names[0]).read_bytes())
    (folder / "mine.txt").touch()
    for path in folder.iterdir():
        os.utime(path, (1e9, 1e9))
    run(camera.address, "--for", "1s", "--snapshots", folder, "--keep", "400d")
    kept = {path.name for path in folder.iterdir()}
    assert not kept & set(names)  # of 2001
    assert {"glassmask-mine.jpg", "mine.txt"} <= kept


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "no source: give camera:0 or an address, or --config with one"),
        (["film.mp4"], "film.mp4: a film: use glassmask video"),
        (["missing.mp4"], "missing.mp4: no such file"),
        (["camera:x"], "camera:x: cameras are numbered"),
        (["gopher://me:secret@host/"], "gopher: no kind of stream that can be read"),
        (["http://me:secret@127.0.0.1:9/x"], "http://127.0.0.1:9/x"),
        (["camera:0", "--for", "soon"], "soon: a span is a number and s, m, h or d, as 8h"),
        (["camera:0", "--for", "0"], "0: a span is a number"),
        (["camera:0", "--keep", "7 weeks"], "7 weeks: a span is a number"),
        (["camera:0", "--stop-at-breach"], "--stop-at-breach: say what is required"),
        (["camera:0", "--require", "nose"], "nose"),
        (["camera:0", "--count-line", "1"], "points come in pairs"),
        (["camera:0", "--events", "mine.txt"], "can't write mine.txt: holds something else"),
        (["camera:0", "--snapshots", "mine.txt"], "can't write mine.txt: "),
    ],
)
def test_what_can_not_be_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "film.mp4").touch()
    (tmp_path / "mine.txt").write_text("mine")
    done = run(*arguments) if arguments else run("--pace", "light")
    assert done.exit_code == 2
    assert message in said(done)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["film.mp4", "mine.txt"]


def test_the_source_of_a_file(camera: Camera, tmp_path: Path) -> None:
    (tmp_path / "door.toml").write_text(f'source = "{camera.address}"\n')
    done = run("--config", tmp_path / "door.toml", "--for", "1s")
    assert done.exit_code == 0


def test_without_pyav_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    done = run("camera:0")
    assert (done.exit_code, "pip install 'glassmask[video]'" in done.stderr) == (2, True)


def test_the_line_on_a_terminal(camera: Camera, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # as if standard error were a terminal
    monkeypatch.setenv("COLUMNS", "200")
    done = run(camera.address, "--for", "1.5s")
    assert done.exit_code == 0
    assert "frames/s" in done.stderr
    assert "1: nose uncovered" in done.stderr
    assert "person 1 entered" in done.stdout  # which is no terminal


def test_help_reads_like_english() -> None:
    text = " ".join(run("--help").stdout.split())
    assert "Watch a camera or a stream" in text
    assert "Ctrl-C ends it." in text


DOOR = f"""
import sys
sys.path.insert(0, {str(TESTS)!r})
import glassmask.cli.watch as command
from cli.test_watch import Door
command.make_checker = lambda *_: Door()
from glassmask.cli.app import main
main()
"""


@pytest.fixture
def started() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts the command in a process of its own."""
    processes: list[subprocess.Popen[str]] = []

    def start(*arguments: str | Path, script: str = DOOR) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", script, "watch", *map(str, arguments)]
        pipe = subprocess.PIPE
        processes.append(subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.communicate()


Start = Callable[..., subprocess.Popen[str]]


@pytest.mark.heavy
def test_an_interrupt_ends_it_and_what_was_done_is_written(
    camera: Camera, started: Start, tmp_path: Path
) -> None:
    process = started(camera.address, "--events", tmp_path / "e.jsonl")
    assert process.stdout is not None
    assert "entered" in process.stdout.readline()
    assert [r.get("event") for r in lines(tmp_path / "e.jsonl")] == ["entered"]  # at once
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr) == (0, "")
    assert "left" in stdout
    assert lines(tmp_path / "e.jsonl")[-1]["ended"] == "stopped"


@pytest.mark.heavy
def test_an_interrupt_while_the_camera_is_lost_ends_it_at_once(
    camera: Camera, started: Start
) -> None:
    process = started(camera.address)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    camera.kill()
    assert "lost: " in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)  # it would wait for ever
    assert process.returncode == 0


@pytest.mark.heavy
def test_an_interrupt_while_a_camera_does_not_answer_ends_it(
    camera: Camera, started: Start
) -> None:
    camera.is_hanging = True
    told = "(print('ready', file=sys.stderr, flush=True), Door())[1]"
    process = started(camera.address, script=DOOR.replace("Door()", told))
    assert process.stderr is not None
    assert process.stderr.readline() == "ready\n"
    time.sleep(1)  # until it waits for the camera; the test holds if it does not yet
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "stopped" in stderr
    assert "secret" not in stderr


@pytest.mark.heavy
def test_a_reader_that_leaves_is_no_error(camera: Camera) -> None:
    words = [sys.executable, "-c", DOOR, "watch", camera.address, "--events", "-"]
    words += ["--for", "3s"]
    done = subprocess.run(
        ["bash", "-c", '"$@" | head -1; exit ${PIPESTATUS[0]}', "bash", *words],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 1
