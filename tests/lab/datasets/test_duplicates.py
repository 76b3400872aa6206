from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from glassmask.errors import DatasetError, SplitError
from glassmask.lab.datasets import FaceRecord, read_datasets
from glassmask.lab.datasets.duplicates import Match, find_matches, merged_groups
from glassmask.lab.datasets.mending import Mending, fix_leaks, read_mending, write_mending
from glassmask.lab.datasets.splits import make_split, write_split

Photo = NDArray[np.uint8]


def scene(seed: int) -> Photo:
    """A random smooth picture, like no other."""
    coarse = np.random.default_rng(seed).integers(0, 256, (9, 8, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(coarse, (96, 108), interpolation=cv2.INTER_CUBIC), np.uint8)


def dataset(folder: Path, pictures: dict[str, tuple[Photo, str]]) -> Path:
    """A table dataset: file name -> picture and split."""
    folder.mkdir()
    rows = ["file,split,wear"]
    for name, (photo, split) in pictures.items():
        Image.fromarray(photo).save(folder / name)
        rows.append(f"{name},{split},none")
    (folder / "faces.csv").write_text("\n".join(rows))
    return folder


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    one = dataset(
        tmp_path / "one",
        {
            "a.png": (scene(1), "train"),
            "b.png": (scene(2), "val"),
            "even.png": (np.full((90, 90, 3), 99, np.uint8), "train"),
        },
    )
    smaller = np.asarray(cv2.resize(scene(1), (48, 54), interpolation=cv2.INTER_AREA), np.uint8)
    two = dataset(
        tmp_path / "two",
        {
            "smaller.jpg": (smaller, "test"),
            "same.png": (scene(2), "val"),
            "other.png": (scene(3), "test"),
            "even.png": (np.full((80, 90, 3), 101, np.uint8), "test"),
        },
    )
    return [one, two]


def found(matches: Sequence[Match]) -> set[tuple[str, str, str, bool]]:
    return {(m.first.path.name, m.second.path.name, m.reason, m.leaks) for m in matches}


def test_matches(folders: list[Path]) -> None:
    matches = find_matches(read_datasets(folders).records).matches
    assert found(matches) == {
        ("a.png", "smaller.jpg", "near-duplicate", True),
        ("b.png", "same.png", "same bytes", False),
    }


def test_the_same_id_is_the_same_person(tmp_path: Path) -> None:
    folder = tmp_path / "mfn"
    for name, seed in (("00001_Mask.jpg", 1), ("00001_Mask_Chin.jpg", 2), ("00002_Mask.jpg", 3)):
        (folder / "CMFD").mkdir(parents=True, exist_ok=True)
        (folder / "IMFD").mkdir(exist_ok=True)
        kind = "IMFD" if "Chin" in name else "CMFD"
        Image.fromarray(scene(seed)).save(folder / kind / name)
    (match,) = find_matches(read_datasets([folder]).records).matches
    assert match.reason == "same id"
    assert not match.leaks  # there is no split yet


def test_a_broken_picture_is_passed_over(folders: list[Path]) -> None:
    records = read_datasets(folders).records
    (folders[0] / "b.png").write_bytes(b"broken")
    compared = find_matches(records)
    assert len(compared.matches) == 1
    assert "b.png" in str(compared.problems[0])


def test_one_picture_or_one_person_in_two_splits(tmp_path: Path) -> None:
    Image.fromarray(scene(1)).save(tmp_path / "a.png")
    Image.fromarray(scene(2)).save(tmp_path / "b.png")
    rows = ["a.png,train,none,ann", "a.png,test,none,bob", "b.png,val,none,ann"]
    (tmp_path / "faces.csv").write_text("\n".join(["file,split,wear,person", *rows]))
    records = read_datasets([tmp_path]).records
    matches = find_matches(records).matches
    assert {(m.first.group, m.second.group, m.reason, m.leaks) for m in matches} == {
        ("ann", "bob", "same bytes", True),
        ("ann", "ann", "same id", True),
    }
    assert len(set(merged_groups(records, []))) == 1  # a picture of both joins them


def test_faces_of_one_picture_stay_together(tmp_path: Path) -> None:
    rows = []
    for number in range(60):
        Image.fromarray(np.full((20, 20, 3), number, np.uint8)).save(tmp_path / f"{number}.png")
        rows += [f"{number}.png,,none,p{number}", f"{number}.png,,correct,p{number + 1}"]
    (tmp_path / "faces.csv").write_text("\n".join(["file,split,wear,person", *rows[:80]]))
    records = read_datasets([tmp_path]).records
    with pytest.raises(SplitError, match="1 groups are too few"):  # a chain of everybody
        make_split(records, merged_groups(records, []))
    splits, groups = ["train", "test"] * 40, [r.group for r in records]
    with pytest.raises(SplitError, match="its faces are in different splits"):
        write_split(tmp_path / "out.csv", tmp_path, records, groups, splits)
    assert not list(tmp_path.glob("*out.csv*"))


def test_mending_takes_the_strictest_side(folders: list[Path], tmp_path: Path) -> None:
    records = read_datasets(folders).records
    path = tmp_path / "mended.csv"
    write_mending(fix_leaks(records, find_matches(records).matches), path)
    mended = read_datasets(folders, path).records
    assert {r.path.name: r.split for r in mended if r.path.name != "even.png"} == {
        "a.png": "test",
        "b.png": "val",
        "smaller.jpg": "test",
        "same.png": "val",
        "other.png": "test",
    }
    groups = {r.path.name: r.group for r in mended}
    assert groups["a.png"] == groups["smaller.jpg"] != groups["b.png"]
    matches = find_matches(mended).matches
    assert matches
    assert not any(match.leaks for match in matches)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("group,into\na,b\n", "not a table of group, into, split"),
        ("", "not a table of group, into, split"),
        ("group,into,split\na,b,maybe\n", "line 2: not a group, a group and a split"),
        (None, "can't be read"),
    ],
)
def test_wrong_mendings(tmp_path: Path, text: str | None, message: str) -> None:
    path = tmp_path / "mended.csv"
    if text is not None:
        path.write_text(text)
    with pytest.raises(DatasetError, match=message):
        read_mending(path)


def many(tmp_path: Path, count: int = 120) -> tuple[Path, tuple[FaceRecord, ...]]:
    folder = tmp_path / "many"
    for number in range(count):
        path = folder / ("nose" if number % 3 else "none") / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((20, 20, 3), number, np.uint8)).save(path)
    return folder, read_datasets([folder]).records


def test_splits_keep_groups_whole_and_classes_even(tmp_path: Path) -> None:
    folder, records = many(tmp_path)
    groups = [f"g{i // 2}" for i in range(len(records))]
    splits = make_split(records, groups, {"train": 0.7, "val": 0.1, "test": 0.2}, seed=3)
    assert len({(g, s) for g, s in zip(groups, splits, strict=True)}) == len(set(groups))
    assert splits.count("train") == pytest.approx(84, abs=6)
    assert splits.count("test") == pytest.approx(24, abs=5)
    bare = sum(r.wear == "none" for r, s in zip(records, splits, strict=True) if s == "test")
    assert bare == pytest.approx(8, abs=4)
    assert splits == make_split(records, groups, {"train": 0.7, "val": 0.1, "test": 0.2}, seed=3)
    write_split(folder / "split.csv", folder, records, groups, splits)
    again = read_datasets([folder]).records
    assert [r.split for r in again] == splits
    assert [r.group for r in again] == groups


def test_splits_that_make_no_sense(tmp_path: Path) -> None:
    _, records = many(tmp_path, 30)
    groups = [r.group for r in records]
    with pytest.raises(SplitError, match="add up to 1"):
        make_split(records, groups, {"train": 0.5, "val": 0.1, "test": 0.1})
    with pytest.raises(SplitError, match="in steps of"):
        make_split(records, groups, {"train": 0.78, "val": 0.12, "test": 0.1})
    with pytest.raises(SplitError, match="in steps of"):
        make_split(records, groups, {"train": 0.98, "val": 0.01, "test": 0.01})
    with pytest.raises(SplitError, match="no class has 20 or more"):
        make_split(records[:24], groups[:24])
    with pytest.raises(SplitError, match="3 groups are too few"):
        make_split(records, [f"g{i % 3}" for i in range(30)])


def test_merged_groups_join_chains(folders: list[Path]) -> None:
    a, b, c, *_ = read_datasets(folders).records
    chained = [Match(a, b, "same bytes"), Match(b, c, "near-duplicate")]
    assert len(set(merged_groups([a, b, c], chained))) == 1
    assert len(set(merged_groups([a, b, c], []))) == 3


def test_a_group_that_is_named_after_no_text_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no name in UTF-8"):
        write_mending(Mending({"caf\udce9": ("other", "test")}), tmp_path / "mended.csv")
    assert not (tmp_path / "mended.csv").exists()
