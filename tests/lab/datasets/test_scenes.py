"""Scenes: whole photos with a row a face."""

from __future__ import annotations

from pathlib import Path

import pytest

from glassmask.errors import DatasetError
from glassmask.lab.datasets.mending import Mending
from glassmask.lab.datasets.scenes import MASK, REJECT, read_scenes, read_split_scenes
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
    one, other = read_scenes(folder).scenes
    assert (one.path, one.split, one.size) == (folder / "scenes/a.jpg", "train", (100, 80))
    assert [(face.box, face.label, face.clear) for face in one.faces] == [
        ((10, 12, 20, 24), Wear.CORRECT, True),
        ((50, 12, 10, 14), REJECT, False),
    ]
    assert one.unlabelled == ()
    assert other.faces[0].label is Wear.INCORRECT
    assert other.unlabelled == ((60, 5, 8, 9),)


def test_a_mending_moves_scenes(folder: Path) -> None:
    moved = read_scenes(folder, Mending({"web-7": ("ffhq-1", "test")})).scenes
    assert [(scene.split, scene.group) for scene in moved] == [("test", "ffhq-1"), ("val", "web-8")]


def test_a_mask_worn_somehow_is_a_clear_face(tmp_path: Path) -> None:
    """Scenes of a source that says no more than that, and has neither groups nor reasons."""
    (tmp_path / "scenes.csv").write_text(
        "file,split,source,wear,width,height,face_x,face_y,face_w,face_h,looked_at,note\n"
        "scenes/c.jpg,train,crowd,mask,100,80,10,12,20,24,0,restored\n"
        "scenes/c.jpg,train,crowd,none,100,80,50,12,20,24,0,restored\n"
    )
    reading = read_scenes(tmp_path)
    (scene,) = reading.scenes
    assert reading.problems == ()
    assert scene.group == f"{tmp_path.name}-scenes/c.jpg"
    assert [(face.label, face.clear) for face in scene.faces] == [(MASK, True), (Wear.NONE, True)]


@pytest.mark.parametrize(
    ("row", "detail"),
    [
        ("scenes/c.jpg,train,web,9,100,80,10,12,0,24,correct,\n", "no usable box"),
        ("scenes/c.jpg,train,web,9,100,80,10,x,20,24,correct,\n", "could not convert"),
        ("scenes/c.jpg,holdout,web,9,100,80,10,12,20,24,none,\n", "unknown split"),
        ("scenes/c.jpg,train,web,9,wide,80,10,12,20,24,none,\n", "wide"),
        ("scenes/c.jpg,train,web,9,100,80,10\n", "NoneType"),
        ("../c.jpg,train,web,9,100,80,10,12,20,24,none,\n", "outside the folder"),
    ],
)
def test_a_bad_row_is_listed_by_its_line_and_the_others_go_on(
    folder: Path, row: str, detail: str
) -> None:
    (folder / "scenes.csv").write_text(HEAD + row + ROWS)
    reading = read_scenes(folder)
    assert [scene.path.name for scene in reading.scenes] == ["a.jpg", "b.jpg"]
    (problem,) = reading.problems
    assert problem.where == f"{folder / 'scenes.csv'}, line 2"
    assert problem.what == "unusable row"
    assert detail in problem.detail


def test_bad_boxes_of_the_unlabelled_are_listed_too(folder: Path) -> None:
    (folder / "scenes_unlabelled.csv").write_text(
        "file,split,face_x,face_y,face_w,face_h,score\n"
        "scenes/b.jpg,val,60,5,-8,9,0.7\nscenes/b.jpg,val,60,5,8,9,0.7\n"
    )
    reading = read_split_scenes([folder], None, "val")
    assert [scene.unlabelled for scene in reading.scenes] == [((60, 5, 8, 9),)]
    assert [str(problem) for problem in reading.problems] == [
        f"{folder / 'scenes_unlabelled.csv'}, line 2: unusable row "
        "(no usable box: (60.0, 5.0, -8.0, 9.0))"
    ]


def test_no_table(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="can't be read"):
        read_scenes(tmp_path)


def test_a_table_without_labels(folder: Path) -> None:
    (folder / "scenes.csv").write_text("file,split\nscenes/a.jpg,train\n")
    with pytest.raises(DatasetError, match=r"scenes\.csv: the column 'wear' is missing"):
        read_scenes(folder)
