"""`glassmask check` as a user meets it: a process, its output and its exit code."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from typer.testing import CliRunner

from glassmask.cli.app import app
from glassmask.errors import NetworkError
from glassmask.networks.wear import Network
from glassmask.version import __version__

pytestmark = pytest.mark.heavy

Demo = dict[str, NDArray[np.uint8]]

COMMAND = [sys.executable, "-c", "from glassmask.cli.app import main; main()"]

CHECK: list[str] = []
"""The command `check` with networks that see one face in the demo portrait."""


@pytest.fixture(scope="module", autouse=True)
def _networks(faces: Any) -> None:
    CHECK[:] = ["check", "--finder", str(faces.demo), "--landmarks", str(faces.landmarks)]


def run(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    given = [*CHECK, *arguments[1:]] if arguments[0] == "check" else arguments
    return subprocess.run(
        [*COMMAND, *map(str, given)], capture_output=True, text=True, cwd=cwd, check=False
    )


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_version_and_help() -> None:
    assert run("--version").stdout == f"glassmask {__version__}\n"
    done = run("check", "--help")
    assert done.returncode == 0
    assert "--require" in done.stdout


def test_a_photo(photo_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run(
        "check", photo_file, "--whole", "--json", tmp_path / "o.jsonl", "--report", out / "report",
        "--annotate", out / "annotated",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "nose uncovered" in done.stdout
    (record,) = lines(tmp_path / "o.jsonl")
    assert record["photo"] == str(photo_file)
    assert record["faces"][0]["uncovered"] == ["nose"]
    assert (out / "report" / "index.html").stat().st_size > 10_000
    with Image.open(out / "annotated" / "photo.jpg") as picture:
        assert picture.size == (210, 220)
    assert not list(tmp_path.rglob("*.part"))


def test_a_network_that_gives_no_numbers_ends_it_in_one_line(
    photo_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise NetworkError("values that are no numbers")

    monkeypatch.setattr(Network, "run", fail)
    out = tmp_path / "out.jsonl"
    done = CliRunner().invoke(app, ["check", str(photo_file), "--whole", "--json", str(out)])
    assert done.exit_code == 2
    assert done.stderr.splitlines()[-1].endswith("error: values that are no numbers")
    assert "Traceback" not in done.output
    assert not list(tmp_path.glob("out*"))


def test_json_to_stdout_is_only_json(photo_file: Path) -> None:
    done = run("check", photo_file, photo_file.with_name("missing.jpg"), "--json", "-")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert records[0]["error"] is None
    assert records[1]["error"].startswith("no such file")
    assert done.returncode == 1


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
def test_engines(photo_file: Path, engine: str) -> None:
    done = run("check", photo_file, "--engine", engine, "--json", "-")
    assert json.loads(done.stdout)["engine"] == engine


def test_the_others_are_done_when_some_can_not_be_read(photo_file: Path, tmp_path: Path) -> None:
    folder = photo_file.parent
    (folder / "cut.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut")
    (folder / "words.jpg").write_text("only words")
    (folder / "void.png").touch()
    done = run("check", folder, folder / "missing.jpg", "--json", tmp_path / "o.jsonl")
    assert done.returncode == 1
    *complaints, summary = done.stderr.splitlines()
    assert len(complaints) == 4
    assert summary == "5 photos, 1 face: 1 incorrect; 4 not read"
    assert all(line.startswith(str(folder)) for line in complaints)
    assert "nose uncovered" in done.stdout
    assert sorted(r["error"] is None for r in lines(tmp_path / "o.jsonl")) == [False] * 4 + [True]


def test_a_folder_without_photos(tmp_path: Path) -> None:
    done = run("check", tmp_path)
    assert done.returncode == 1
    assert "no photo in this folder" in done.stderr


def test_a_photo_over_the_limit(photo_file: Path) -> None:
    done = run("check", photo_file, "--max-megapixels", "0.01")
    assert done.returncode == 1
    assert "210 x 220 pixels: over the limit of 0.01 megapixels" in done.stderr


def test_require(tmp_path: Path, demo: dict[str, NDArray[np.uint8]]) -> None:
    Image.fromarray(demo["correct"]).save(tmp_path / "correct.png")
    Image.fromarray(demo["nose"]).save(tmp_path / "nose.png")
    assert run("check", tmp_path / "correct.png", "--require", "correct").returncode == 0
    assert run("check", tmp_path, "--require", "correct").returncode == 3
    missing = tmp_path / "missing.png"
    assert run("check", tmp_path / "correct.png", missing, "--require", "correct").returncode == 1
    assert run("check", tmp_path / "nose.png", missing, "--require", "correct").returncode == 3


def test_a_photo_with_several_faces(tmp_path: Path, faces: Any, demo: Demo) -> None:
    row = np.hstack([demo["correct"], demo["nose"], demo["none"]])
    Image.fromarray(row).save(tmp_path / "row.png")
    boxes = [(210.0 * i + 50, 48.0, 104.0, 128.0) for i in range(3)]
    finder = faces.fixed("cli", boxes, row.shape[:2])
    done = run(
        "check", tmp_path / "row.png", "--finder", finder, "--json", tmp_path / "o.jsonl",
        "--annotate", tmp_path / "out", "--require", "correct",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (3, "")
    rows = [line.split() for line in done.stdout.splitlines()]
    assert rows[0][:3] == ["photo", "face", "mask"]
    assert [row[1] for row in rows[1:]] == ["1", "2", "3"]
    (record,) = lines(tmp_path / "o.jsonl")
    assert [face["wear"] for face in record["faces"]] == ["correct", "incorrect", "none"]
    with Image.open(tmp_path / "out" / "row.jpg") as picture:
        assert picture.size == (630, 220)
    some = run("check", tmp_path / "row.png", "--finder", finder, "--min-face", "110")
    assert "no face found" in some.stdout


def test_a_photo_without_a_face_opens_no_door(tmp_path: Path, faces: Any, photo_file: Path) -> None:
    finder = faces.fixed("nobody", [], (220, 210))
    options = ["--finder", finder, "--json", tmp_path / "o.jsonl", "--report", tmp_path / "r"]
    done = run("check", photo_file, *options, "--annotate", tmp_path / "a")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].endswith("no face found")
    (record,) = lines(tmp_path / "o.jsonl")
    assert (record["faces"], record["error"], record["width"]) == ([], None, 210)
    assert (tmp_path / "a" / "photo.jpg").is_file()
    assert run("check", photo_file, *options, "--require", "none").returncode == 3
    whole = run("check", photo_file, *options, "--whole")
    assert "nose uncovered" in whole.stdout


def test_an_unsure_face_does_not_pass_the_door(
    tmp_path: Path, demo: dict[str, NDArray[np.uint8]]
) -> None:
    dark = (demo["correct"] * 0.04).astype(np.uint8)
    Image.fromarray(dark).save(tmp_path / "dark.png")
    assert run("check", tmp_path / "dark.png", "--require", "correct").returncode == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], ""),
        (["photo.png", "--engine", "tflite"], "tflite"),
        (["photo.png", "--require", "maybe"], "maybe"),
        (["photo.png", "--nonsense"], "nonsense"),
        (["photo.png", "--engine", "onnxruntime", "--precision", "bf16"], "bf16 needs"),
        (["photo.png", "--network", "gone.onnx"], "gone.onnx: the network can't be read"),
        (["photo.png", "--finder", "gone.onnx"], "gone.onnx: the network can't be read"),
        (["photo.png", "--landmarks", "gone.onnx"], "gone.onnx: the network can't be read"),
        (["photo.png", "--min-face", "0"], "min-face"),
        (["photo.png", "--network", "."], "ends in .onnx"),
        (["photo.png", "--max-megapixels", "inf"], "megapixels"),
        (["photo.png", "--json", "photo.png"], "is one of the photos"),
        (["photo.png", "--annotate", "."], "holds photos to check"),
        (["photo.png", "--report", "r", "--json", "r/index.html"], "would replace"),
        (["photo.png", "--report", "photo.png"], "can't write photo.png"),
        (["photo.png", "--annotate", "photo.png/x"], "can't write photo.png"),
        (["photo.png", "--json", "nowhere/o.jsonl"], "can't write nowhere"),
        (["photo.png", "--json", "."], "can't write"),
    ],
)
def test_what_can_not_start_exits_2(photo_file: Path, arguments: list[str], message: str) -> None:
    done = run("check", *arguments, cwd=photo_file.parent)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert [p.name for p in photo_file.parent.iterdir()] == ["photo.png"]


def test_photos_of_one_name_are_annotated_apart(photo_file: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "photo.png").write_bytes(photo_file.read_bytes())
    out = tmp_path / "annotated"
    assert run("check", photo_file, tmp_path / "other", "--annotate", out).returncode == 0
    assert sorted(p.name for p in out.iterdir()) == ["photo-2.jpg", "photo.jpg"]


def test_names_do_not_control_the_terminal(photo_file: Path) -> None:
    evil = photo_file.with_name("\x1b[31mred\n.png")
    evil.write_bytes(b"x")
    done = run("check", evil)
    assert "\x1b" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_name_that_is_not_utf8(photo_file: Path, tmp_path: Path) -> None:
    odd = os.path.join(os.fsencode(tmp_path), b"caf\xe9.png")
    with open(odd, "wb") as file:
        file.write(photo_file.read_bytes())
    done = run("check", os.fsdecode(odd), "--report", tmp_path / "r", "--json", tmp_path / "o")
    assert (done.returncode, done.stderr) == (0, "")


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


def piped(reader: str, *arguments: str | Path) -> tuple[int, str]:
    """Exit code and complaints of the command with its output piped into a reader."""
    line = " ".join(f"'{part}'" for part in (*COMMAND, *CHECK, *arguments))
    done = subprocess.run(
        ["bash", "-c", f"{line} | {reader}; exit ${{PIPESTATUS[0]}}"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr


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


@pytest.mark.parametrize("letter", ["😷", "口", "я"])
def test_a_long_name_in_any_script_stops_nothing(
    photo_file: Path, tmp_path: Path, letter: str
) -> None:
    long = photo_file.with_name(f"{letter * (240 // len(letter.encode()))}.png")
    long.write_bytes(photo_file.read_bytes())
    done = run("check", photo_file.parent, "--annotate", tmp_path / "out")
    assert done.returncode == 0
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_a_folder_with_a_photo_that_can_not_be_read_opens_no_door(
    tmp_path: Path, demo: Demo
) -> None:
    Image.fromarray(demo["correct"]).save(tmp_path / "correct.png")
    (tmp_path / "IMG_0001.HEIC").write_bytes(b"\0\0\0\x18ftypheic")
    (tmp_path / "notes.txt").write_text("no photo")
    done = run("check", tmp_path, "--require", "correct")
    assert done.returncode == 1
    assert "IMG_0001.HEIC: a HEIC photo" in done.stderr
    assert "passed over in folders: 1 other file" in done.stderr
    assert "2 photos, 1 face: 1 correct; 1 not read" in done.stderr


def test_the_same_command_twice_with_its_output_below_its_input(photo_file: Path) -> None:
    folder = photo_file.parent
    for _ in range(2):
        done = run("check", folder, "--annotate", folder / "out", "--report", folder / "out" / "r")
        assert done.returncode == 0
        assert done.stdout.count("nose uncovered") == 1
    alone = run("check", folder)
    assert alone.stdout.count("nose uncovered") == 1
    assert "1 picture drawn by Glassmask" in alone.stderr


def test_a_report_does_not_replace_a_page_of_someone_else(photo_file: Path, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("my site")
    done = run("check", photo_file, "--report", tmp_path / "site")
    assert done.returncode == 2
    assert "no report of Glassmask" in done.stderr
    assert (tmp_path / "site" / "index.html").read_text() == "my site"


def test_a_photo_on_standard_input(photo_file: Path) -> None:
    command = [*COMMAND, *CHECK, "-", "--json", "-"]
    done = subprocess.run(command, input=photo_file.read_bytes(), capture_output=True, check=False)
    assert done.returncode == 0
    assert json.loads(done.stdout)["photo"] == "-"
    nothing = subprocess.run(command, input=b"", capture_output=True, check=False)
    assert json.loads(nothing.stdout)["error_kind"] == "broken"


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


def test_a_log_that_can_not_be_written_stops_nothing(photo_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "o.jsonl"
    words = [*COMMAND, *CHECK, str(tmp_path / "gone.png"), str(photo_file), "--json", str(out)]
    with open("/dev/full", "w") as full:
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=full, check=False, text=True)
    assert done.returncode == 1
    assert "nose uncovered" in done.stdout
    assert len(lines(out)) == 2


def test_a_standard_output_that_is_closed_or_full(photo_file: Path, tmp_path: Path) -> None:
    script = '"$@" >&-'
    words = ["bash", "-c", script, "-", *COMMAND, *CHECK, str(photo_file)]
    closed = subprocess.run(words, capture_output=True, text=True, check=False)
    assert closed.returncode == 2
    assert closed.stderr == "error: can't write standard output: is closed\n"
    words += ["--json", str(tmp_path / "o.jsonl")]
    written = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (written.returncode, written.stderr) == (0, "")
    assert len(lines(tmp_path / "o.jsonl")) == 1
    doctor = ["bash", "-c", '"$@" > /dev/full', "-", *COMMAND, "doctor"]
    full = subprocess.run(doctor, capture_output=True, text=True, check=False)
    assert full.returncode == 2
    assert full.stderr == "error: can't write standard output: No space left on device\n"


def test_a_working_folder_that_is_gone(photo_file: Path, tmp_path: Path) -> None:
    script = 'cd "$1" && rmdir "$1" && shift && exec "$@"'
    for photo, code in ((str(photo_file), 0), ("x.jpg", 2)):
        (tmp_path / "gone").mkdir()
        words = ["bash", "-c", script, "-", str(tmp_path / "gone"), *COMMAND, *CHECK, photo]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        assert ("current folder is gone" in done.stderr) == (code == 2)


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
