"""Files are whole or not there, also where the disk is full in the middle of one."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cases.command import MAIN, Demo, shell

pytestmark = pytest.mark.heavy

ATTRIBUTION = """
import sys
import numpy as np
from glassmask.lab.attribution import Attribution, Gradient
n = np.random.default_rng(0)
found = Attribution(
    Gradient(), n.integers(0, 256, (1, 64, 64, 3), np.uint8), (0,), np.zeros(1, np.float32),
    n.random((1, 64, 64), np.float32), None, None, None, None, {},
)
for size in map(int, sys.argv[2:]):
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    try:
        found.save(sys.argv[1], [str(size)])
    except OSError as error:
        print(error.strerror)
"""

DESCRIPTION = """
import resource, sys
from pathlib import Path
from glassmask.lab.datasets.description import describe, write_charts, write_contact_sheet
from glassmask.lab.datasets.formats import read_datasets
records, out = read_datasets([Path(sys.argv[1])]).records, Path(sys.argv[2])
write_charts(describe(records), out / "all")
write_contact_sheet(records, out / "all" / "sheet.jpg")
for path in list((out / "all").iterdir()):
    for size in (path.stat().st_size - 1, path.stat().st_size // 2):  # the last bytes do not fit
        limits = (size, resource.getrlimit(resource.RLIMIT_FSIZE)[1])
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        try:
            if path.suffix == ".jpg":
                write_contact_sheet(records, out / str(size) / "sheet.jpg")
            else:
                write_charts(describe(records), out / str(size))
        except OSError as error:
            print(error.strerror)
"""


def run(code: str, *words: object) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own."""
    return shell('exec "$@"', sys.executable, "-c", code, *words)


def run_limited(limit: int, *words: object) -> subprocess.CompletedProcess[str]:
    """Run the command where files may have so many KiB: what is more is refused."""
    return shell(f'ulimit -f {limit}; exec "$@"', *MAIN, *words)


def require_whole(path: Path) -> None:
    """Check that a file is no part of one."""
    content = path.read_bytes()
    match path.suffix:
        case ".png" | ".jpg":
            with Image.open(io.BytesIO(content)) as image:
                image.load()
            ends = {".png": b"IEND\xaeB`\x82", ".jpg": b"\xff\xd9"}
            assert content.endswith(ends[path.suffix])
        case ".npz":
            with zipfile.ZipFile(io.BytesIO(content)) as arrays:
                assert arrays.testzip() is None
        case ".json":
            json.loads(content)
        case ".svg":
            assert content.rstrip().endswith(b"</svg>")
        case _:
            raise AssertionError(path)


@pytest.mark.parametrize("limit", [20, 41, 57])
def test_demo_photos_are_whole_or_absent(tmp_path: Path, limit: int) -> None:
    done = run_limited(limit, "demo", tmp_path / "demo")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f"error: can't write to {tmp_path / 'demo'}: File too large"
    ]
    for path in tmp_path.rglob("*.*"):
        require_whole(path)


def test_attributions_are_whole_or_absent(tmp_path: Path) -> None:
    sizes = [200, 5000, *range(20_000, 1_000_000, 90_001), 9_000_000]
    done = run(ATTRIBUTION, tmp_path, *sizes)
    assert done.returncode == 0, done.stderr
    assert 2 <= done.stdout.count("File too large\n") < len(sizes)
    written = [path for path in tmp_path.iterdir() if path.is_file()]
    assert {path.suffix for path in written} == {".npz", ".png", ".json"}
    for path in written:
        require_whole(path)


def test_charts_and_contact_sheets_are_whole_or_absent(dataset: Path, tmp_path: Path) -> None:
    done = run(DESCRIPTION, dataset, tmp_path)
    assert done.returncode == 0, done.stderr
    whole = list((tmp_path / "all").iterdir())
    assert len(whole) == 7
    assert done.stdout.splitlines() == ["File too large"] * 2 * len(whole)
    for path in tmp_path.rglob("*.*"):
        require_whole(path)
    assert len(list(tmp_path.rglob("sheet.jpg"))) == 1


def test_a_photo_whose_explanation_can_not_be_written_does_not_stop_the_others(
    tmp_path: Path,
) -> None:
    rng = np.random.default_rng(0)
    Image.fromarray(rng.integers(0, 256, (300, 300, 3), np.uint8)).save(tmp_path / "a.png")
    Image.new("RGB", (300, 300), "grey").save(tmp_path / "b.png")
    out = tmp_path / "out"
    photos = [tmp_path / "a.png", tmp_path / "b.png"]
    done = run_limited(200, "explain", *photos, "--whole", "--out", out)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [f"{photos[0]}: can't write to {out}: File too large"]
    for path in out.iterdir():
        require_whole(path)
    assert (out / "b-evidence.png").is_file()
    assert not (out / "a-evidence.png").exists()


@pytest.mark.parametrize("limit", [1, 3, 40, 80])
def test_results_of_check_are_whole_or_absent(
    tmp_path: Path, demo: Demo, options: list[str], limit: int
) -> None:
    photos, out = tmp_path / "photos", tmp_path / "out"
    photos.mkdir()
    for name, picture in demo.items():
        Image.fromarray(picture).save(photos / f"{name}.png")
    targets = ["--json", out / "a.jsonl", "--csv", out / "a.csv"]
    targets += ["--annotate", out / "drawn", "--report", out / "report"]
    out.mkdir()
    done = run_limited(limit, *options, photos, *targets)
    assert "Traceback" not in done.stderr
    assert "5 photos, 5 faces" in done.stderr  # all were checked
    assert len(done.stdout.splitlines()) == 6  # and stand in the table
    assert done.returncode == 2
    assert "File too large" in done.stderr
    for path in out.rglob("*"):
        if path.suffix == ".jsonl":
            assert len([json.loads(line) for line in path.read_text().splitlines()]) == 5
        elif path.suffix == ".csv":
            assert path.read_text().count("\n") == 6
        elif path.suffix == ".html":
            assert path.read_text().rstrip().endswith("</html>")
        elif path.is_file():
            require_whole(path)
