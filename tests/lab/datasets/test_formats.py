"""Every reader, on small datasets made in its format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from glassmask.errors import DatasetError
from glassmask.lab.datasets import Reading, read_datasets
from glassmask.lab.datasets.formats import FORMATS, detect_format
from glassmask.labels import Uncovered, Wear


def picture(path: Path, width: int = 64, height: int = 64) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((height, width, 3), 90, np.uint8)).save(path)


def published(folder: Path) -> None:
    picture(folder / "CMFD" / "00000" / "00001_Mask.jpg", 1024, 1024)
    picture(folder / "IMFD" / "00000" / "00001_Mask_Mouth_Chin.jpg")
    picture(folder / "IMFD" / "00000" / "00002_Mask_Nose_Mouth.jpg")
    picture(folder / "IMFD" / "01000" / "01003_Mask_Chin.jpg")
    picture(folder / "FFHQ" / "00002.png", 128, 128)


def kaggle(folder: Path) -> None:
    picture(folder / "train" / "covered" / "00001_Mask.jpg")
    picture(folder / "holdout" / "incorrect" / "00002_Mask_Chin.jpg")
    picture(folder / "validation" / "uncovered" / "00003.png")


def voc(folder: Path) -> None:
    picture(folder / "images" / "one.png", 100, 80)
    (folder / "annotations").mkdir()
    faces = "".join(
        f"<object><name>{name}</name><bndbox><xmin>{x}</xmin><ymin>5</ymin>"
        f"<xmax>{x + 20}</xmax><ymax>30</ymax></bndbox></object>"
        for x, name in ((2, "with_mask"), (30, "without_mask"), (60, "mask_weared_incorrect"))
    )
    (folder / "annotations" / "one.xml").write_text(
        f"<annotation><filename>one.png</filename>{faces}</annotation>"
    )


def by_folder(folder: Path) -> None:
    picture(folder / "train" / "with_mask" / "a.jpg", 50, 40)
    picture(folder / "val" / "nose" / "b.jpg")
    picture(folder / "test" / "without_mask" / "deep" / "c.png")


def table(folder: Path) -> None:
    picture(folder / "a.png")
    (folder / "faces.csv").write_text("file,split,wear\na.png,val,correct\n")


MAKERS: dict[str, Callable[[Path], None]] = {
    "table": table,
    "PASCAL VOC": voc,
    "MaskedFace-Net": published,
    "folder per class": by_folder,
}


def read(folder: Path) -> Reading:
    return read_datasets([folder])


def test_every_format_is_known_by_its_layout(tmp_path: Path) -> None:
    assert [known.name for known in FORMATS] == list(MAKERS)
    for name, make in MAKERS.items():
        folder = tmp_path / name
        folder.mkdir()
        make(folder)
        assert detect_format(folder).name == name
        reading = read(folder)
        assert reading.records
        assert not reading.problems


def test_maskedfacenet_as_published(tmp_path: Path) -> None:
    published(tmp_path)
    found = {r.path.name: r for r in read(tmp_path).records}
    assert {name: (r.wear, r.uncovered) for name, r in found.items()} == {
        "00001_Mask.jpg": (Wear.CORRECT, None),
        "00001_Mask_Mouth_Chin.jpg": (Wear.INCORRECT, Uncovered.NOSE),
        "00002_Mask_Nose_Mouth.jpg": (Wear.INCORRECT, Uncovered.CHIN),
        "01003_Mask_Chin.jpg": (Wear.INCORRECT, Uncovered.NOSE_AND_MOUTH),
        "00002.png": (Wear.NONE, None),
    }
    assert found["00001_Mask.jpg"].group == found["00001_Mask_Mouth_Chin.jpg"].group == "ffhq-1"
    assert found["00001_Mask.jpg"].box == (256, 288, 512, 600)
    assert {r.split for r in found.values()} == {""}


def test_maskedfacenet_of_kaggle(tmp_path: Path) -> None:
    kaggle(tmp_path)
    found = [(r.path.name, r.split, r.wear) for r in read(tmp_path).records]
    assert found == [
        ("00002_Mask_Chin.jpg", "test", Wear.INCORRECT),
        ("00001_Mask.jpg", "train", Wear.CORRECT),
        ("00003.png", "val", Wear.NONE),
    ]


def test_maskedfacenet_tells_what_it_can_not_use(tmp_path: Path) -> None:
    published(tmp_path)
    picture(tmp_path / "CMFD" / "00000" / "00009_Mask_Chin.jpg")
    picture(tmp_path / "IMFD" / "00000" / "00009_Mask_Ear.jpg")
    picture(tmp_path / "IMFD" / "00000" / "holiday.jpg")
    (tmp_path / "IMFD" / "00000" / "00010_Mask_Chin.jpg").write_bytes(b"not a picture")
    reading = read(tmp_path)
    assert len(reading.records) == 5
    assert reading.summary() == (
        "2 x unknown label, 1 x folder and file name disagree, 1 x can't be read"
    )


def test_voc(tmp_path: Path) -> None:
    voc(tmp_path)
    records = read(tmp_path).records
    assert [r.wear for r in records] == [Wear.CORRECT, Wear.NONE, Wear.INCORRECT]
    assert records[0].box == (2, 5, 20, 25)
    assert records[2].uncovered is None
    assert not records[2].certain
    assert len({r.group for r in records}) == 1


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("<annotation>", "not an annotation"),
        ('<?xml version="1.0" encoding="nonsense"?><annotation/>', "not an annotation"),
        (f"<annotation><filename>{'x' * 5000}</filename></annotation>", "can't be read"),
        ('<!DOCTYPE a [<!ENTITY x "y">]><annotation>&x;</annotation>', "not an annotation"),
        ("<annotation><filename>two.png</filename></annotation>", "no such picture"),
        ("<annotation><filename>bad.png</filename></annotation>", "can't be read"),
        (
            "<annotation><filename>../../one.png</filename><object><name>hat</name></object>"
            "</annotation>",
            "unknown label",
        ),
        (
            "<annotation><filename>one.png</filename><object><name>with_mask</name><bndbox>"
            "<xmin>9</xmin><ymin>9</ymin><xmax>3</xmax><ymax>20</ymax></bndbox></object>"
            "</annotation>",
            "no usable box",
        ),
        (
            "<annotation><filename>one.png</filename><object><name>with_mask</name></object>"
            "</annotation>",
            "no usable box",
        ),
    ],
)
def test_voc_tells_what_it_can_not_use(tmp_path: Path, text: str, problem: str) -> None:
    voc(tmp_path)
    (tmp_path / "images" / "bad.png").write_bytes(b"\x89PNG")
    (tmp_path / "annotations" / "two.xml").write_text(text)
    reading = read(tmp_path)
    assert len(reading.records) == 3
    (found,) = reading.problems
    assert found.what == problem
    assert "two.xml" in str(found)


def test_folders(tmp_path: Path) -> None:
    by_folder(tmp_path)
    picture(tmp_path / "train" / "odd" / "d.jpg")
    picture(tmp_path / "val" / "nose" / "chin" / "e.jpg")
    picture(tmp_path / "val" / "incorrect" / "chin" / "f.jpg")
    (tmp_path / "train" / "with_mask" / "broken.jpg").write_bytes(b"")
    reading = read(tmp_path)
    assert [(r.split, r.wear, r.uncovered) for r in reading.records] == [
        ("test", Wear.NONE, None),
        ("train", Wear.CORRECT, None),
        ("val", Wear.INCORRECT, Uncovered.CHIN),
        ("val", Wear.INCORRECT, Uncovered.NOSE),
    ]
    assert reading.records[1].box == (0, 0, 50, 40)
    assert reading.summary() == "2 x unknown label, 1 x can't be read"


def test_folders_named_like_kaggles_are_not_taken_for_it(tmp_path: Path) -> None:
    for name in ("correct", "incorrect", "none"):
        picture(tmp_path / "train" / name / "img1.png")
    assert {r.wear for r in read(tmp_path).records} == set(Wear)


def test_boxes_follow_exif_rotation(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (80, 40)).save(tmp_path / "none" / "a.jpg", exif=exif)
    assert read(tmp_path).records[0].box == (0, 0, 40, 80)


def test_no_dataset(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no such folder"):
        read(tmp_path / "nowhere")
    with pytest.raises(DatasetError, match=r"no dataset of a known format \(table, PASCAL VOC"):
        read(tmp_path)
    for known in FORMATS:
        with pytest.raises(DatasetError):
            known.read(tmp_path)


def test_a_split_file_settles_split_and_group(tmp_path: Path) -> None:
    published(tmp_path)
    names = [r.path.relative_to(tmp_path).as_posix() for r in read(tmp_path).records]
    rows = [f"{name},{'test' if '00001' in name else 'train'},g{i}" for i, name in enumerate(names)]
    split = tmp_path / "split.csv"
    split.write_text("\n".join(["file,split,group", *rows]))
    found = {r.path.name: (r.split, r.group) for r in read(tmp_path).records}
    assert found["00001_Mask.jpg"] == ("test", "g0")
    assert found["00002.png"][0] == "train"
    split.write_text("\n".join(["file,split,group", *rows[1:]]))
    with pytest.raises(DatasetError, match="is not in it"):
        read(tmp_path)
    split.write_text("\n".join(["file,split,group", *(r.replace("test", "maybe") for r in rows)]))
    with pytest.raises(DatasetError, match="split is 'maybe'"):
        read(tmp_path)
