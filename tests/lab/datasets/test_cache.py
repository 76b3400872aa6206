"""Pictures decoded once."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from glassmask.lab.datasets import FaceRecord, PictureCache, read_datasets


def faces_of(folder: Path) -> list[FaceRecord]:
    return list(read_datasets([folder]).records)


def test_the_cache_holds_the_pictures(dataset: Path, tmp_path: Path) -> None:
    records = faces_of(dataset)
    for _ in range(2):  # made, then found
        cache = PictureCache(records, tmp_path / "cache")
        for record in records[::7]:
            with Image.open(record.path) as image:
                np.testing.assert_array_equal(cache[record], np.asarray(image))
    assert len(list((tmp_path / "cache").iterdir())) == 2  # one of pixels, one of shapes


def test_the_cache_leaves_broken_pictures_out(dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "faces.csv").write_text("file,split\nbad.jpg,train\n")
    (tmp_path / "bad.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    broken, whole = faces_of(tmp_path), faces_of(dataset)[:2]
    for _ in range(2):  # made, then found
        cache = PictureCache([*broken, *whole], tmp_path / "cache")
        assert cache.readable([*broken, *whole]) == whole
        (problem,) = cache.problems
        assert "bad.jpg" in str(problem)
        with Image.open(whole[1].path) as image:
            np.testing.assert_array_equal(cache[whole[1]], np.asarray(image))


def test_large_pictures_are_kept_reduced_and_boxes_go_with_them(
    dataset: Path, tmp_path: Path
) -> None:
    small = faces_of(dataset)[0]
    (tmp_path / "faces.csv").write_text(
        "file,split,face_x,face_y,face_w,face_h\nlarge.png,train,200,100,400,500\n"
    )
    photo = np.zeros((600, 1000, 3), np.uint8)
    photo[100:, 200:600] = 255
    Image.fromarray(photo).save(tmp_path / "large.png")
    (large,) = faces_of(tmp_path)
    for _ in range(2):  # made, then found
        cache = PictureCache([small, large], tmp_path / "cache", longest=250)
        assert cache.scale(small) == 1
        assert small.scaled(cache.scale(small)) is small
        assert cache.scale(large) == 0.25
        kept = cache[large]
        assert kept.shape == (150, 250, 3)
        box = large.scaled(cache.scale(large)).box
        assert box == (50, 25, 100, 125)
        assert kept[25:, 50:150].min() == 255
        assert kept.mean() == pytest.approx(photo.mean())
    assert PictureCache([large], tmp_path / "cache")[large].shape == photo.shape


def test_no_half_written_cache_stays(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(OSError, match="No space"):
        PictureCache(faces_of(dataset), tmp_path / "cache")
    monkeypatch.undo()
    assert not [f for f in (tmp_path / "cache").iterdir() if f.name.endswith(".part")]
    assert PictureCache(faces_of(dataset), tmp_path / "cache").problems == []


def test_parts_of_a_folder_share_a_file_unless_they_are_few(dataset: Path, tmp_path: Path) -> None:
    records = faces_of(dataset)  # 30
    folder = tmp_path / "cache"
    for some in (records, records[:20], records[10:]):
        cache = PictureCache(some, folder)
        with Image.open(some[3].path) as image:
            np.testing.assert_array_equal(cache[some[3]], np.asarray(image))
    assert len(list(folder.glob("*.pixels"))) == 1
    whole = next(folder.glob("*.pixels")).stat().st_size
    few = PictureCache(records[:3], folder)
    assert few[records[2]].shape == cache[records[10]].shape
    assert sorted(f.stat().st_size for f in folder.glob("*.pixels")) == [whole // 10, whole]
    copy = pickle.loads(pickle.dumps(few))  # as worker processes get it
    np.testing.assert_array_equal(copy[records[2]], few[records[2]])


def test_what_nobody_asked_for_is_no_problem(dataset: Path, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    shutil.copytree(dataset, folder)
    (folder / "broken.png").write_bytes(b"no picture")
    cache = PictureCache(faces_of(folder), tmp_path / "cache")
    assert cache.problems == []


def test_a_face_outside_of_its_picture_is_left_out(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((100, 80, 3), np.uint8)).save(tmp_path / "a.png")
    boxes = {"30,40,20,30": True, "70,-20,40,60": True, "90,40,20,30": False, "30,-50,20,30": False}
    rows = [f"a.png,train,{box}" for box in boxes]
    header = "file,split,face_x,face_y,face_w,face_h"
    (tmp_path / "faces.csv").write_text("\n".join([header, *rows]) + "\n")
    records = faces_of(tmp_path)
    for longest in (None, 50):
        cache = PictureCache(records, tmp_path / "cache", longest=longest)
        kept = [r for r, inside in zip(records, boxes.values(), strict=True) if inside]
        assert cache.readable(records) == kept
        assert [problem.what for problem in cache.problems] == ["a face outside of its picture"] * 2
