"""Hostile files: no crash, no traceback, no hang, no half file, and never much memory."""

from __future__ import annotations

import json
import os
import re
import select
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from cases.command import MAIN
from cases.hostile import hostile_file, sound_files
from glassmask import read_photo

LONGEST_SECONDS = 10.0
LARGEST_BYTES = 1 << 30


def test_the_files_they_are_made_from_are_sound() -> None:
    for name, content in sound_files().items():
        if not name.endswith((".heic", ".heif", ".ppm")):
            assert read_photo(content).shape in ((56, 72, 3), (72, 56, 3)), name


def test_the_same_seed_makes_the_same_file() -> None:
    assert [hostile_file(seed) for seed in (5, 777)] == [hostile_file(seed) for seed in (5, 777)]
    assert len({hostile_file(seed)[1] for seed in range(100)}) > 95


@pytest.mark.heavy
@pytest.mark.parametrize("seeds", [range(200)], ids=["200"])
def test_hostile_files_are_read_or_told(
    seeds: range,
    tmp_path: Path,
    options: list[str],
    record_property: Callable[[str, object], None],
) -> None:
    record_property("measured", require_calm(seeds, tmp_path, options))


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [range(200, 2000)], ids=["the rest of 2000"])
def test_many_hostile_files_are_read_or_told(
    seeds: range,
    tmp_path: Path,
    options: list[str],
    record_property: Callable[[str, object], None],
) -> None:
    record_property("measured", require_calm(seeds, tmp_path, options))


def require_calm(seeds: range, tmp_path: Path, options: list[str]) -> str:
    """Check hostile files in one process, and watch it; gives what was measured."""
    photos, out = tmp_path / "photos", tmp_path / "out"
    photos.mkdir()
    for seed in seeds:
        name, content = hostile_file(seed)
        (photos / name).write_bytes(content)
    words = [*MAIN, *options, photos, "--json", "-", "--csv", out / "a.csv"]
    words += ["--annotate", out / "drawn", "--report", out / "report"]
    out.mkdir()
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(list(map(str, words)), stdout=subprocess.PIPE, stderr=log)
        assert process.stdout is not None
        lines, slowest, most = _watched_lines(process, len(seeds))
        process.stdout.close()
        process.wait()
    told = (tmp_path / "log").read_text(errors="replace")
    assert process.returncode == 1, told[-2000:]
    assert "Traceback" not in told
    assert 0 < most < LARGEST_BYTES
    assert slowest < LONGEST_SECONDS
    records = [json.loads(line) for line in lines]
    assert [Path(record["photo"]).name for record in records] == sorted(
        path.name for path in photos.iterdir()
    )
    kinds = Counter(record["error_kind"] for record in records)
    assert kinds[None] > len(seeds) / 10  # some are only odd
    assert kinds["broken"] > len(seeds) / 10
    failed = [line for line in told.splitlines() if line.startswith(str(photos))]
    several = [
        line for line in failed if line.endswith("holds several pictures: the first was judged")
    ]
    assert len(failed) - len(several) == len(seeds) - kinds[None]
    assert (out / "a.csv").read_text().count("\n") >= len(seeds) + 1
    page = (out / "report" / "index.html").read_text()
    assert page.count("<article") == page.count("</article>") == len(seeds)
    drawn = list((out / "drawn").iterdir())
    assert len(drawn) == kinds[None]
    for path in drawn:
        with Image.open(path) as picture:
            picture.load()
    assert not list(out.rglob(".*"))
    return f"{dict(kinds)}, slowest {slowest:.2f} s, {most >> 20} MiB"


def _watched_lines(process: subprocess.Popen[bytes], count: int) -> tuple[list[bytes], float, int]:
    """The lines that a process writes, the longest time between two, and its most memory in bytes.

    Raises:
        TimeoutError: nothing comes for a minute.
    """
    assert process.stdout is not None
    stream = process.stdout.fileno()
    content, slowest, most, last = b"", 0.0, 0, 0.0
    while True:
        if not select.select([stream], [], [], 60)[0]:
            done = len(content.splitlines())
            process.kill()
            raise TimeoutError(f"hangs after {done} of {count} files")
        part = os.read(stream, 1 << 20)
        now = time.monotonic()
        if last:  # before, networks are loaded
            slowest = max(slowest, now - last)
        last, most = now, max(most, _peak_memory(process.pid))
        if not part:
            return content.splitlines(), slowest, most
        content += part


def _peak_memory(process: int) -> int:
    """In bytes. What `wait4` tells would count its parent's, of which it was forked."""
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return 0 if found is None else int(found[1]) << 10  # none: it has ended
