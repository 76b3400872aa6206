"""Boxes of scenes that were looked at again."""

from __future__ import annotations

from pathlib import Path

import pytest

from glassmask.errors import DatasetError
from glassmask.lab.datasets.boxes import BoxChange, Change, read_box_changes
from glassmask.lab.datasets.mending import read_mending
from glassmask.lab.datasets.scenes import UNKNOWN, read_scenes
from glassmask.labels import Wear

HEAD = "dataset,file,change,old_x,old_y,old_w,old_h,x,y,w,h\n"
ROWS = """\
real,a.jpg,move,10,10,20,20,12,8,18,26
real,a.jpg,drop,50,10,20,20,,,,
real,a.jpg,ignore,80,10,20,20,80,10,20,20
real,a.jpg,ignore,,,,,5,60,9,9
real,a.jpg,add,,,,,60,60,12,14
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder `real` with a scene of four labelled faces, and one of what is mended."""
    real, mended = tmp_path / "real", tmp_path / "mended"
    real.mkdir()
    mended.mkdir()
    (real / "scenes.csv").write_text(
        "file,split,group,wear,width,height,face_x,face_y,face_w,face_h\n"
        + "".join(
            f"a.jpg,train,g,{wear},200,100,{x},10,20,20\n"
            for x, wear in ((10, "none"), (50, "none"), (80, "correct"), (120, "correct"))
        )
    )
    (mended / "mended.csv").write_text("group,into,split\nreal-g,real-g,val\n")
    (mended / "boxes.csv").write_text(HEAD + ROWS)
    return tmp_path


def test_a_scene_is_read_with_its_boxes_as_they_were_mended(folder: Path) -> None:
    mending = read_mending(folder / "mended")
    (scene,) = read_scenes(folder / "real", mending).scenes
    assert scene.split == "val"
    assert [(face.box, face.label) for face in scene.faces] == [
        ((12, 8, 18, 26), Wear.NONE),
        ((120, 10, 20, 20), Wear.CORRECT),
        ((60, 60, 12, 14), UNKNOWN),
    ]
    assert all(face.clear for face in scene.faces)
    assert scene.unlabelled == ((80, 10, 20, 20), (5, 60, 9, 9))


def test_a_table_of_groups_alone_changes_no_box(folder: Path) -> None:
    mending = read_mending(folder / "mended" / "mended.csv")
    (scene,) = read_scenes(folder / "real", mending).scenes
    assert scene.split == "val"
    assert len(scene.faces) == 4
    assert scene.unlabelled == ()


def test_a_label_is_known_by_its_box() -> None:
    change = BoxChange(Change.DROP, (10.0, 10.0, 20.0, 20.0), None)
    assert change.is_of((10.04, 10, 20, 20))
    assert not change.is_of((11, 10, 20, 20))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("real,a.jpg,shift,1,1,2,2,1,1,2,2", "line 2: 'shift' is not a valid Change"),
        ("real,a.jpg,move,,,,,1,1,2,2", "every other one has"),
        ("real,a.jpg,add,1,1,2,2,1,1,2,2", "an added face has no old box"),
        ("real,a.jpg,drop,1,1,2,2,1,1,2,2", "a dropped box has no new one"),
        ("real,a.jpg,move,1,1,2,2,1,1,0,2", "no usable box"),
        ("real,a.jpg,move,1,1,2,2,1,1,2", "could not convert"),
    ],
)
def test_a_row_that_makes_no_sense_is_told(tmp_path: Path, row: str, message: str) -> None:
    path = tmp_path / "boxes.csv"
    path.write_text(HEAD + row + "\n")
    with pytest.raises(DatasetError, match=message):
        read_box_changes(path)
