"""A drawing replaces none of another photo, and a photo that is marked as one opens no door."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from cases.command import MAIN, Check, Demo
from glassmask.cli.app import app
from glassmask.formats import OWN_MARK
from glassmask.output.draw import encode_jpeg


@pytest.fixture
def albums(tmp_path: Path, demo: Demo) -> tuple[Path, Path]:
    """Two folders with different photos of one name."""
    albums = (tmp_path / "spring", tmp_path / "autumn")
    for album, wear in zip(albums, ("nose", "none"), strict=True):
        album.mkdir()
        Image.fromarray(demo[wear]).save(album / "x.png")
    return albums


def drawings(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_photos_of_one_name_one_run_after_the_other(
    check: Check, albums: tuple[Path, Path], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    check(albums[0], "--annotate", out)
    first = drawings(out)
    check(albums[1], "--annotate", out)
    both = drawings(out)
    assert list(both) == ["x-2.jpg", "x.jpg"]
    assert both["x.jpg"] == first["x.jpg"] != both["x-2.jpg"]
    for again in (*albums, albums[1]):  # the same command again gives the same names
        check(again, "--annotate", out)
    check(*reversed(albums), "--annotate", out)
    assert drawings(out) == both


def test_an_edited_photo_keeps_the_drawing_of_the_one_before(
    check: Check, albums: tuple[Path, Path], tmp_path: Path
) -> None:
    out, (spring, autumn) = tmp_path / "out", albums
    check(spring, "--annotate", out)
    before = drawings(out)["x.jpg"]
    (spring / "x.png").write_bytes((autumn / "x.png").read_bytes())
    check(spring, "--annotate", out)
    assert list(drawings(out)) == ["x-2.jpg", "x.jpg"]
    assert drawings(out)["x.jpg"] == before


def test_a_drawing_tells_no_path(check: Check, albums: tuple[Path, Path], tmp_path: Path) -> None:
    check(albums[0], "--annotate", tmp_path / "out")
    content = (tmp_path / "out" / "x.jpg").read_bytes()
    assert b"spring" not in content
    assert str(tmp_path).encode() not in content


def test_names_that_are_taken_by_what_is_no_file(
    check: Check, albums: tuple[Path, Path], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    (out / "x.jpg").mkdir(parents=True)
    (out / "x-2.jpg").symlink_to(tmp_path / "nowhere.jpg")
    assert check(albums[0], "--annotate", out).exit_code == 0
    assert (out / "x-3.jpg").is_file()
    assert not (tmp_path / "nowhere.jpg").exists()


def explain(*words: str | Path) -> None:
    done = CliRunner().invoke(app, ["explain", "--whole", *map(str, words)])
    assert done.exit_code == 0, done.output


@pytest.mark.heavy
def test_explanations_of_photos_of_one_name_one_run_after_the_other(
    albums: tuple[Path, Path], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    explain(albums[0], "--out", out)
    first = drawings(out)
    assert list(first) == ["x-evidence.json", "x-evidence.npz", "x-evidence.png"]
    explain(albums[1], "--out", out)
    both = drawings(out)
    assert sorted(both.keys() - first) == [f"x-2-evidence.{end}" for end in ("json", "npz", "png")]
    assert first.items() <= both.items()
    assert both["x-2-evidence.npz"] != first["x-evidence.npz"]
    explain(*reversed(albums), "--out", out)  # the same photos again have the same names
    assert drawings(out) == both
    explain(albums[1], "--out", out, "--method", "gradient")  # as with another method
    assert sorted(drawings(out).keys() - both) == [
        f"x-2-gradient.{end}" for end in ("json", "npz", "png")
    ]


@pytest.mark.heavy
@pytest.mark.parametrize("name", ["x-gradient.png", "x-evidence.json", "x-all.png"])
def test_an_explanation_replaces_nothing_of_someone_else(
    albums: tuple[Path, Path], tmp_path: Path, name: str
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / name).write_bytes(encode_jpeg(np.zeros((9, 9, 3), np.uint8), 90, OWN_MARK))
    before = drawings(out)
    explain(albums[0], "--out", out)
    assert before.items() <= drawings(out).items()
    assert (out / "x-2-evidence.png").is_file()


@pytest.mark.heavy
def test_explanations_of_photos_of_one_name_in_two_runs_at_once(
    albums: tuple[Path, Path], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    words = [*MAIN, "explain", "--whole", "--out", str(out)]
    runs = [subprocess.Popen([*words, str(album)]) for album in albums]
    assert [run.wait(timeout=120) for run in runs] == [0, 0]
    both = drawings(out)
    assert list(both) == [
        f"{name}-evidence.{end}" for name in ("x-2", "x") for end in ("json", "npz", "png")
    ]
    explain(*albums, "--out", out)
    assert drawings(out).keys() == both.keys()


@pytest.mark.heavy
def test_photos_of_one_name_in_two_runs_at_once(
    tmp_path: Path, demo: Demo, options: list[str]
) -> None:
    out, runs = tmp_path / "out", []
    for album in ("one", "other", "third"):
        for index in range(5):
            folder = tmp_path / album / str(index)
            folder.mkdir(parents=True)
            Image.fromarray(demo["nose"]).save(folder / "x.png")
        words = [*MAIN, *options, tmp_path / album, "--annotate", out]
        runs.append(subprocess.Popen(list(map(str, words)), stdout=subprocess.DEVNULL))
    assert [run.wait(timeout=120) for run in runs] == [0, 0, 0]
    names = ["x.jpg", *(f"x-{number}.jpg" for number in range(2, 16))]
    assert sorted(path.name for path in out.iterdir()) == sorted(names)


def test_a_photo_with_the_mark_of_a_drawing_opens_no_door(
    check: Check, folder: Path, demo: Demo, tmp_path: Path
) -> None:
    forged = folder / "forged.jpg"
    forged.write_bytes(encode_jpeg(np.asarray(demo["none"]), 95, OWN_MARK + b", photo 0123"))
    for words in ([folder], [f"{folder}/*"], [folder, "--annotate", tmp_path / "out"]):
        done = check(*words, "--require", "correct")
        assert done.exit_code == 3
        assert "--require: pictures marked as drawn by Glassmask were not judged (1)" in done.stderr
    assert check(folder).exit_code == 0
    assert "1 no mask" in check(folder, forged, "--require", "correct").stderr  # named: judged


def test_drawings_of_this_run_shut_no_door(check: Check, folder: Path) -> None:
    for _ in range(2):
        done = check(folder, "--require", "correct", "--annotate", folder / "out")
        assert done.exit_code == 0
    assert check(folder, "--require", "correct").exit_code == 3  # now they may be anyone's
