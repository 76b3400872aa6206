"""Scenes: whole photos with a row a face."""

from __future__ import annotations

from pathlib import Path

import pytest

from glassmask.errors import DatasetError
from glassmask.lab.datasets.mending import Mending
from glassmask.lab.datasets.scenes import read_scenes
from glassmask.labels import Wear

HEAD = "file,split,source,group,width,height,face_x,face_y,face_w,face_h,wear,uncovered\n"
ROWS = (
    "scenes/a.jpg,train,web,7,100,80,10,12,20,24,correct,\n"
    "scenes/a.jpg,train,web,7,100,80,50,12,10,14,reject,\n"
    "scenes/b.jpg,val,web,8,90,60,1,2,30,40,incorrect,nose\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder `web` with two scenes."""
    folder = tmp_path / "web"
    folder.mkdir()
    (folder / "scenes.csv").write_text(HEAD + ROWS)
    return folder


def test_rows_are_gathered_by_photo(folder: Path) -> None:
    (folder / "scenes_unlabelled.csv").write_text(
        "file,split,face_x,face_y,face_w,face_h,score\nscenes/b.jpg,val,60,5,8,9,0.7\n"
    )
    one, other = read_scenes(folder)
    assert (one.path, one.split, one.size) == (folder / "scenes/a.jpg", "train", (100, 80))
    assert [(face.box, face.wear) for face in one.faces] == [
        ((10, 12, 20, 24), Wear.CORRECT),
        ((50, 12, 10, 14), None),
    ]
    assert one.unlabelled == ()
    assert other.faces[0].wear is Wear.INCORRECT
    assert other.unlabelled == ((60, 5, 8, 9),)


def test_a_mending_moves_scenes(folder: Path) -> None:
    moved = read_scenes(folder, Mending({"web-7": ("ffhq-1", "test")}))
    assert [(scene.split, scene.group) for scene in moved] == [("test", "ffhq-1"), ("val", "web-8")]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("scenes/c.jpg,train,web,9,100,80,10,12,0,24,correct,\n", "no usable box"),
        ("scenes/c.jpg,train,web,9,100,80,10,x,20,24,correct,\n", "could not convert"),
        ("scenes/c.jpg,train,web,9,100,80,10,12,20,24,perhaps,\n", "perhaps"),
        ("scenes/c.jpg,holdout,web,9,100,80,10,12,20,24,none,\n", "unknown split"),
    ],
)
def test_a_bad_row_is_told_by_its_line(folder: Path, row: str, told: str) -> None:
    (folder / "scenes.csv").write_text(HEAD + ROWS + row)
    with pytest.raises(DatasetError, match=f"scenes.csv, line 5: .*{told}"):
        read_scenes(folder)


def test_no_table(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="can't be read"):
        read_scenes(tmp_path)
