"""What `glassmask video` says of films, what it writes, and its exit code."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import Result

from cli.check_process import COMMAND
from cli.films import lines, run_command, said
from glassmask.errors import NetworkError
from video.films import av, cut, damage, write_film
from video.people import Person, StandIn

TESTS = Path(__file__).parents[1]

GREYS = {"none": 50, "correct": 120, "nose": 190}
"""How bright a frame is says how the one person in it wears the mask."""


class Grey(StandIn):
    """Sees one person, who walks to the right with the time that a film's grey bar shows."""

    def __init__(self, slow: float = 0.0) -> None:
        super().__init__(self._person, slow=slow, tremble=0.0)

    def _when(self, name: str, pixels: NDArray[np.uint8]) -> float:
        super()._when(name, np.zeros((1, 1, 3), np.uint8))
        level = float(pixels[100:, :, 1].mean())
        walked = float((pixels[:20, :, 1] > 128).mean())
        return 1000 * round(level) + walked

    def _person(self, when: float) -> Sequence[Person]:
        level, walked = divmod(when, 1000)
        word = min(GREYS, key=lambda word: abs(GREYS[word] - level))
        return [Person(40 + 240 * walked, 60, 40, word)]


def grey_film(path: Path, *words: str, seconds: float = 2.0) -> Path:
    """A film of 25 frames a second in which a mask is worn in these ways, one after another."""
    each = round(25 * seconds)
    count = each * len(words)
    with av.open(f"file:{path}", "w") as out:
        stream = out.add_stream("libx264", rate=25, options={"crf": "10"})
        stream.width, stream.height, stream.pix_fmt = 320, 160, "yuv420p"
        for number in range(count):
            pixels = np.full((160, 320, 3), GREYS[words[number // each]], np.uint8)
            pixels[:20] = 20
            pixels[:20, : 320 * number // count] = 240
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return path


@pytest.fixture(autouse=True)
def grey(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("glassmask.cli.video.make_checker", lambda *_: Grey())


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return grey_film(tmp_path / "film.mp4", "none", "correct")


def run(*arguments: str | Path) -> Result:
    return run_command("video", *arguments)


def test_events_and_a_summary(film: Path) -> None:
    done = run(film)
    assert (done.exit_code, done.stderr) == (0, "")
    entered, put_on, left, summary = done.stdout.splitlines()
    assert "person 1 entered: no mask" in entered
    assert "person 1 put the mask on: worn correctly" in put_on
    assert put_on.startswith("0:02.")
    assert "person 1 left: worn correctly at the end, at worst no mask" in left
    assert summary == "1 person, at the end 1 correct; at worst 1 no mask; 100 frames"


def test_json_lines(film: Path, tmp_path: Path) -> None:
    done = run(film, "--json", "-", "--events", tmp_path / "e.jsonl")
    assert (done.exit_code, done.stderr) == (0, "")
    (tmp_path / "o.jsonl").write_text(done.stdout)
    records = lines(tmp_path / "o.jsonl")
    frames = [record for record in records if record["kind"] == "frame"]
    assert [frame["time"] for frame in frames] == [round(n / 25, 4) for n in range(100)]
    events = lines(tmp_path / "e.jsonl")
    assert [r for r in records if r["kind"] != "frame"] == events
    told = [record.get("event") for record in events]
    assert told == ["entered", "put_on", "left", None]
    assert events[-1]["ended"] == "end"
    assert {record["source"] for record in records} == {str(film)}


def test_a_part_of_a_film(film: Path) -> None:
    done = run(film, "--from", "0:02.4", "--to", "3")
    assert done.exit_code == 0
    *_, summary = done.stdout.splitlines()
    assert summary == "1 person, at the end 1 correct; 15 frames"


def test_annotated_film_and_report(film: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    arguments: list[str | Path] = [
        film,
        "--annotate",
        out,
        "--codec",
        "mpeg4",
        "--report",
        tmp_path / "report",
    ]
    for _ in range(2):  # the second time they are replaced: they are our own
        done = run(*arguments)
        assert (done.exit_code, done.stderr) == (0, "")
    with av.open(str(out)) as drawn:
        times = [frame.time for frame in drawn.decode(video=0)]
    assert times == pytest.approx([n / 25 for n in range(100)], abs=1e-3)
    page = (tmp_path / "report" / "index.html").read_text()
    assert "1 person, at the end 1 correct" in page
    assert sorted(path.name for path in tmp_path.iterdir()) == ["film.mp4", "out.mp4", "report"]


def test_several_films(film: Path, tmp_path: Path) -> None:
    other = grey_film(tmp_path / "{other}.mp4", "nose")
    out = tmp_path / "drawn"
    done = run(film, other, "--annotate", out, "--codec", "mpeg4", "--report", tmp_path / "pages")
    assert (done.exit_code, done.stderr) == (0, "")
    assert all(line.startswith(f"{tmp_path}/") for line in done.stdout.splitlines())
    assert f"{other}: 1 person, at the end 1 incorrect; 50 frames" in done.stdout
    assert sorted(path.name for path in out.iterdir()) == ["film.mp4", "{other}.mp4"]
    assert (tmp_path / "pages" / "film" / "index.html").exists()
    assert (tmp_path / "pages" / "{other}" / "index.html").exists()


def test_lines_and_zones(film: Path, tmp_path: Path) -> None:
    config = tmp_path / "door.toml"
    config.write_text('[[line]]\nname = "far"\npoints = [200, 159, 200, 0]\n')
    done = run(
        film, "--count-line", "door=100,159,100,0", "--zone", "0,0,100,0,100,160,0,160",
        "--config", config, "--events", tmp_path / "e.jsonl",
    )  # fmt: skip
    assert (done.exit_code, done.stderr) == (0, "")
    assert "person 1 went in over door: no mask" in done.stdout
    assert "person 1 went in over far: 1" not in done.stdout
    assert "over far 1 in, 0 out; over door 1 in, 0 out; in zone 1 0:01." in done.stdout
    summary = lines(tmp_path / "e.jsonl")[-1]
    assert {(c["line"], c["wear"]) for c in summary["crossings"]} == {
        ("door", "none"),
        ("far", "correct"),
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--from", "x"], "x: a time is seconds, or 1:30, or 1:01:30"),
        (["--from", "1:75"], "a time is seconds"),
        (["--to", "-1"], "a time is seconds"),
        (["--to", "nan"], "a time is seconds"),
        (["--from", "2", "--to", "0:02"], "--to 0:02 does not come after --from 2"),
        (["--to", "0"], "--to 0 does not come after --from 0"),
        (["--from", "1:00:00"], "has 4.0 s; it can't begin at 3600 s"),
        (["--count-line", "1,2,3"], "points come in pairs x,y"),
        (["--count-line", "1,2,x,4"], "points are numbers, as in door=100,400,540,400"),
        (["--zone", "1,2,3,4"], "zone 1: a zone has three points or more"),
        (["--count-line", "a=1,2,3,4", "--count-line", "a=1,2,3,5"], "two lines are called a"),
        (["--config", "missing.toml"], "missing.toml: can't be read"),
        (["--json", "-", "--events", "-"], "--json and --events both write to standard output"),
        (["--json", "o", "--events", "./o"], "would be written twice"),
        (["--annotate", "out.avi"], "films are .mp4, .mkv, .webm"),
        (["--annotate", "out.webm", "--codec", "h264"], ".webm holds av1, not h264"),
        (["--pace", "fast"], "fast"),
    ],
)
def test_what_can_not_be_done(
    film: Path, options: list[str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(film.parent)
    done = run(film, *options)
    assert done.exit_code == 2
    assert message in said(done)
    assert "Traceback" not in done.output
    assert [path.name for path in film.parent.iterdir()] == ["film.mp4"]


def test_the_others_are_done_when_some_can_not_be_read(film: Path, tmp_path: Path) -> None:
    (tmp_path / "words.mp4").write_text("only words")
    other = grey_film(tmp_path / "other.mp4", "nose")
    missing, words = tmp_path / "missing.mp4", tmp_path / "words.mp4"
    done = run(missing, words, tmp_path, "camera:0", film, other)
    assert done.exit_code == 2
    complaints = done.stderr.splitlines()
    assert complaints[0] == f"error: {missing}: no such file: check the path"
    assert complaints[1].startswith(f"error: {words}: ")
    assert complaints[2].startswith(f"error: {tmp_path}: a folder")
    assert complaints[3:] == ["error: camera:0: a camera or stream: use glassmask watch"]
    assert f"{film}: 1 person" in done.stdout
    assert f"{other}: 1 person" in done.stdout


@pytest.mark.parametrize(("spoil", "word"), [(damage, "damaged at"), (cut, "cut off: it ends at")])
def test_a_film_that_is_not_whole(tmp_path: Path, spoil: Any, word: str) -> None:
    fast = {"movflags": "faststart"}
    path = spoil(write_film(tmp_path / "film.mp4", container=fast), 0.6)
    done = run(path, "--events", tmp_path / "e.jsonl")
    assert done.exit_code == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"{path}: {word} ")
    assert " s" in line
    assert lines(tmp_path / "e.jsonl")[-1]["frames"]["read"] > 20


def test_no_output_replaces_a_film_or_what_is_not_our_own(film: Path, tmp_path: Path) -> None:
    content = film.read_bytes()
    link = tmp_path / "link.mp4"
    link.symlink_to(film)
    for option in ("--json", "--events", "--annotate"):
        for target in (film, link):
            done = run(film, option, target)
            assert (done.exit_code, "is one of the films" in done.stderr) == (2, True)
    other = grey_film(tmp_path / "other.mp4", "nose")
    (tmp_path / "index.html").write_text("<p>mine")
    (tmp_path / "mine.txt").write_text("mine")
    for option, place in (
        ("--annotate", other),
        ("--annotate", tmp_path / "mine.txt"),
        ("--report", tmp_path),
        ("--json", tmp_path / "mine.txt"),
        ("--events", tmp_path / "mine.txt"),
    ):
        done = run(film, option, place)
        assert done.exit_code == 2
        assert done.stderr.startswith("error: can't write ")
        assert len(done.stderr.splitlines()) == 1
    assert (film.read_bytes(), (tmp_path / "mine.txt").read_text()) == (content, "mine")
    assert (tmp_path / "index.html").read_text() == "<p>mine"
    assert not list(tmp_path.glob(".*"))


def test_two_films_of_one_name_do_not_replace_each_other(film: Path, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    other = grey_film(tmp_path / "b" / "film.mkv", "nose", seconds=0.2)
    for option in ("--annotate", "--report"):
        done = run(film, other, option, tmp_path / "out")
        assert (done.exit_code, "would be written twice" in done.stderr) == (2, True)
    done = run(film, other, "--annotate", tmp_path / "out.mp4")
    assert (done.exit_code, "give a folder" in done.stderr) == (2, True)
    assert not (tmp_path / "out").exists()


def test_a_network_that_gives_no_numbers(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise NetworkError("values that are no numbers")

    monkeypatch.setattr(Grey, "judge", fail)
    done = run(film, "--annotate", tmp_path / "out.mp4", "--codec", "mpeg4")
    assert (done.exit_code, done.stderr) == (2, "error: values that are no numbers\n")
    assert not list(tmp_path.glob("*out*"))


def test_sound_that_can_not_be_kept_is_told(tmp_path: Path) -> None:
    path = write_film(tmp_path / "film.mp4", frames=10, sound=0.4)
    done = run(path, "--annotate", tmp_path / "out.webm", "--pace", "light")
    assert done.exit_code == 0
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"{tmp_path / 'out.webm'}: ")
    assert "aac" in line.lower()


def test_without_pyav_it_says_what_to_install(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    done = run(film)
    assert done.exit_code == 2
    message = "error: films, cameras and streams need PyAV: pip install 'glassmask[video]'\n"
    assert (done.stdout, done.stderr) == ("", message)


def test_the_bar_shows_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # as if standard error were a terminal
    path = grey_film(tmp_path / "{0} [red].mp4", "none", seconds=1)
    done = run(path)
    assert done.exit_code == 0
    assert "{0} [red].mp4" in done.stderr
    assert "frames/s" in done.stderr


def test_help_reads_like_english() -> None:
    text = " ".join(run("--help").stdout.split())
    assert "Follow everyone through films" in text
    assert "Nothing is sent anywhere." in text


GREY = f"""
import sys
sys.path.insert(0, {str(TESTS)!r})
import glassmask.cli.video as command
from cli.test_video import Grey
command.make_checker = lambda *_: Grey(slow=0.03)
from glassmask.cli.app import main
main()
"""
"""The command in a process of its own, on a slow machine."""


@pytest.mark.heavy
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_was_done_is_written_when_it_is_stopped(
    tmp_path: Path, number: signal.Signals
) -> None:
    film = grey_film(tmp_path / "film.mp4", *["none", "correct"] * 10)
    out = tmp_path / "out.mp4"
    command = [
        *(sys.executable, "-c", GREY, "video", film, film.with_name("other.mp4")),
        *("--pace", "exact", "--events", tmp_path / "e.jsonl"),
    ]
    process = subprocess.Popen(
        [*map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert "person 1 entered: no mask" in process.stdout.readline()
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr) == (
        128 + number,
        "error: stopped; what was done is written\n",
    )
    assert "1 person" in stdout.splitlines()[-1]
    summary = lines(tmp_path / "e.jsonl")[-1]
    assert summary["ended"] == "stopped"
    assert 3 <= summary["frames"]["read"] < 900
    assert not out.exists()
    assert not list(tmp_path.glob(".*"))


@pytest.mark.heavy
def test_an_annotated_film_that_is_stopped_is_whole(tmp_path: Path) -> None:
    film = grey_film(tmp_path / "film.mp4", *["none", "correct"] * 10)
    out = tmp_path / "out.mp4"
    command = [*(sys.executable, "-c", GREY, "video", film), "--annotate", out, "--codec", "mpeg4",
               "--report", tmp_path / "report", "--pace", "exact"]  # fmt: skip
    process = subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    with av.open(str(out)) as drawn:
        assert 3 <= len(list(drawn.decode(video=0))) < 900
    assert (tmp_path / "report" / "index.html").exists()


@pytest.mark.heavy
def test_a_reader_that_leaves_ends_it(tmp_path: Path) -> None:
    film = grey_film(tmp_path / "film.mp4", *["none", "correct"] * 10)
    words = [sys.executable, "-c", GREY, "video", str(film), "--pace", "exact"]
    done = subprocess.run(
        ["bash", "-c", '"$@" | head -1; exit ${PIPESTATUS[0]}', "bash", *words],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.heavy
def test_the_shipped_networks_on_the_demo_portrait(
    tmp_path: Path, demo: dict[str, NDArray[np.uint8]]
) -> None:
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=10, options={"crf": "10"})
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for number in range(40):
            pixels = np.full((240, 320, 3), 90, np.uint8)
            pixels[10:230, 50:260] = demo["none" if number < 20 else "correct"]
            out.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        out.mux(stream.encode())
    done = subprocess.run(
        [*COMMAND, "video", str(path)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    entered, put_on, left, summary = done.stdout.splitlines()
    assert "entered: no mask" in entered
    assert "put the mask on: worn correctly" in put_on
    assert "left: worn correctly" in left
    assert summary.startswith("1 person, at the end 1 correct; at worst 1 no mask; 40 frames")
