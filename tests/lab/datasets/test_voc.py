"""PASCAL VOC annotations: where they lie, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from datasets import BOX, picture, voc
from glassmask.lab.datasets import Reading, read_datasets
from glassmask.labels import Wear


def read(folder: Path) -> Reading:
    return read_datasets([folder])


@pytest.mark.parametrize(
    ("annotation", "photo", "split"),
    [
        ("Annotations/a.xml", "JPEGImages/a.jpg", ""),
        ("annotations/a.xml", "images/a.png", ""),
        ("ANNOTATIONS/a.xml", "jpegimages/a.JPG", ""),
        ("VOC2012/Annotations/a.xml", "VOC2012/JPEGImages/a.jpg", ""),
        ("VOCdevkit/VOC2012/Annotations/a.xml", "VOCdevkit/VOC2012/JPEGImages/a.jpg", ""),
        ("a.xml", "a.jpg", ""),
        ("train/a.xml", "train/a.jpg", "train"),
        ("valid/a.xml", "valid/a.jpg", "val"),
        ("Test/Annotations/a.xml", "Test/JPEGImages/a.jpg", "test"),
        ("Annotations/train/a.xml", "JPEGImages/train/a.jpg", "train"),
        ("Annotations/a.xml", "JPEGImages/test/a.jpg", "test"),
    ],
)
def test_layouts(annotation: str, photo: str, split: str, tmp_path: Path) -> None:
    voc(tmp_path / annotation, [("with_mask", BOX), ("without_mask", (1, 1, 9, 9))])
    path = picture(tmp_path / photo)
    reading = read(tmp_path)
    assert [(r.path, r.wear, r.split) for r in reading.records] == [
        (path, Wear.CORRECT, split),
        (path, Wear.NONE, split),
    ]
    assert reading.records[0].box == (10, 8, 30, 30)
    assert not reading.problems
    assert not reading.notes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_annotation_with_attributes_in_a_folder_of_any_name(
    encoding: str, tmp_path: Path
) -> None:
    path = picture(tmp_path / "pics" / "a.jpg")
    annotation = voc(tmp_path / "boxes" / "a.xml", [("with_mask", BOX)])
    text = annotation.read_text().replace("<annotation>", '<annotation verified="yes">')
    head = f'<?xml version="1.0" encoding="{encoding}"?>\n'
    annotation.write_bytes((head + text).encode(encoding))
    reading = read(tmp_path)
    assert [record.path for record in reading.records] == [path]
    assert not reading.problems


def test_lists_of_image_sets_name_the_splits(tmp_path: Path) -> None:
    for name in ("a", "b", "c", "d", "e"):
        voc(tmp_path / "Annotations" / f"{name}.xml", [("mask", BOX)])
        picture(tmp_path / "JPEGImages" / f"{name}.jpg")
    lists = tmp_path / "ImageSets" / "Main"
    lists.mkdir(parents=True)
    (lists / "test.txt").write_text("c\ne\n")
    (lists / "val.txt").write_text("b\ne\n")
    (lists / "trainval.txt").write_text("a\nb\n")
    (lists / "with_mask_train.txt").write_text("a -1\nb 1\n")
    reading = read(tmp_path)
    found = {record.path.stem: record.split for record in reading.records}
    assert found == {"a": "train", "b": "val", "c": "test", "d": ""}
    (problem,) = reading.problems
    assert problem.what == "in several splits"


def test_the_same_names_in_two_splits_are_two_pictures(tmp_path: Path) -> None:
    for split, label in (("train", "with_mask"), ("test", "without_mask")):
        voc(tmp_path / split / "a.xml", [(label, BOX)])
        picture(tmp_path / split / "a.jpg")
    found = {(r.split, r.path.parent.name, r.wear) for r in read(tmp_path).records}
    assert found == {("train", "train", Wear.CORRECT), ("test", "test", Wear.NONE)}
    (tmp_path / "test" / "a.jpg").unlink()
    reading = read(tmp_path)
    assert len(reading.records) == 1
    assert "test/a.xml: no such picture" in str(reading.problems[0])


@pytest.mark.parametrize(
    "filename", ["", "a.jpg", "A.PNG", "a", r"C:\data\images\a.png", "../../../etc/passwd"]
)
def test_a_name_that_is_written_otherwise(filename: str, tmp_path: Path) -> None:
    voc(tmp_path / "annotations" / "a.xml", [("mask", BOX)], filename)
    picture(tmp_path / "images" / "a.png")
    assert len(read(tmp_path).records) == 1


def test_the_name_inside_is_taken_where_the_files_are_called_otherwise(tmp_path: Path) -> None:
    voc(tmp_path / "annotations" / "0001.xml", [("mask", BOX)], "holiday.png")
    voc(tmp_path / "annotations" / "0002.xml", [("mask", BOX)], "../outside.png")
    picture(tmp_path / "images" / "holiday.png")
    picture(tmp_path.parent / "outside.png")
    reading = read(tmp_path)
    assert [record.path.name for record in reading.records] == ["holiday.png"]
    assert reading.summary() == "1 x no such picture"


@pytest.mark.parametrize(
    ("corners", "box"),
    [
        ((-1, 8, 40, 38), (0, 8, 40, 30)),
        ((0, 0, 65, 49), (0, 0, 64, 48)),
        ((10, 8, 40, 38), (10, 8, 30, 30)),
        (("10.5", " 8 ", "4e1", "\n38\n"), (10.5, 8, 29.5, 30)),
    ],
)
def test_boxes_a_pixel_outside_are_cut_and_counted(
    corners: tuple[object, ...], box: tuple[float, ...], tmp_path: Path
) -> None:
    voc(tmp_path / "annotations" / "a.xml", [("mask", corners)])
    picture(tmp_path / "images" / "a.png")
    reading = read(tmp_path)
    assert reading.records[0].box == box
    cut = corners[0] in (-1, 0)
    assert [note.split(": ")[1] for note in reading.notes] == [
        "1 x a box up to a pixel outside of its picture, cut there"
    ] * cut


@pytest.mark.parametrize(
    "corners",
    [
        (10, 8, 66, 38),
        (-2, 8, 40, 38),
        (10, 8, 40, 500),
        (40, 8, 10, 38),
        (10, 8, 10, 38),
        (10, 38, 40, 8),
        ("nan", 8, 40, 38),
        ("inf", 8, 40, 38),
        ("1e999", 8, 40, 38),
        ("10,5", 8, 40, 38),
        ("", 8, 40, 38),
        (64.5, 8, 65, 38),
    ],
)
def test_other_boxes_are_listed(corners: tuple[object, ...], tmp_path: Path) -> None:
    voc(tmp_path / "annotations" / "a.xml", [("mask", corners), ("mask", BOX)])
    picture(tmp_path / "images" / "a.png")
    reading = read(tmp_path)
    assert [record.box for record in reading.records] == [(10, 8, 30, 30)]
    (problem,) = reading.problems
    assert problem.what == "no usable box"
    assert problem.where.endswith("a.xml, object 1")


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"", "no element found"),
        (b"<annotation><filename>a.p", "no element found"),
        (b'<?xml version="1.0" encoding="nonsense"?><annotation/>', "encoding"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><annotation>&x;</annotation>', "entities"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><annotation/>', "entities"),
        (b"<annotation>caf\xe9</annotation>", "not well-formed"),
        (b"\x89PNG\r\n\x1a\n\0\0", "not well-formed"),
        (b"<annotations/>", "it is of 'annotations'"),
        (b"<annotation>" + b" " * 5_000_001 + b"</annotation>", "over 5 MB"),
    ],
)
def test_hostile_xml_is_a_problem_and_the_others_go_on(
    content: bytes, detail: str, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        voc(tmp_path / "annotations" / f"{name}.xml", [("mask", BOX)])
        picture(tmp_path / "images" / f"{name}.png")
    (tmp_path / "annotations" / "a.xml").write_bytes(content)
    reading = read(tmp_path)
    assert [record.path.name for record in reading.records] == ["b.png"]
    (problem,) = reading.problems
    assert problem.what == "not an annotation"
    assert detail in problem.detail


def test_deep_xml(tmp_path: Path) -> None:
    voc(tmp_path / "annotations" / "b.xml", [("mask", BOX)])
    picture(tmp_path / "images" / "b.png")
    deep = f"<annotation>{'<a>' * 100_000}{'</a>' * 100_000}</annotation>"
    (tmp_path / "annotations" / "a.xml").write_text(deep)
    reading = read(tmp_path)
    assert len(reading.records) == 1
    assert len(reading.problems) == 1


def test_pictures_that_can_not_be_used(tmp_path: Path) -> None:
    for name in ("broken", "twice", "other", "small", "resized", "film"):
        voc(tmp_path / "annotations" / f"{name}.xml", [("mask", (1, 1, 6, 6))])
    picture(tmp_path / "images" / "twice.png")
    voc(tmp_path / "annotations" / "zz.xml", [("no-mask", BOX)], "twice.png")
    picture(tmp_path / "images" / "other.png")
    picture(tmp_path / "images" / "other.jpg")
    picture(tmp_path / "images" / "small.png", (7, 7))
    picture(tmp_path / "images" / "resized.png", (32, 24))
    (tmp_path / "images" / "broken.png").write_bytes(b"\x89PNG")
    (tmp_path / "images" / "film.mp4").write_bytes(b"\0\0\0\x18ftypisom")
    reading = read(tmp_path)
    assert [record.path.name for record in reading.records] == ["twice.png"]
    assert {Path(str(p.where).split(": ")[0]).stem: p.what for p in reading.problems} == {
        "broken": "can't be read",
        "film": "can't be read",
        "other": "not plain which picture it is of",
        "resized": "a picture of another size",
        "small": "can't be read",
        "zz": "a picture annotated twice",
    }
    assert any("a film, not a photo" in problem.detail for problem in reading.problems)


def test_of_two_pictures_the_one_with_the_ending_that_is_named(tmp_path: Path) -> None:
    for ending in ("png", "jpg"):
        picture(tmp_path / "images" / f"a.{ending}")
    voc(tmp_path / "annotations" / "a.xml", [("mask", BOX)], "a.jpg")
    assert [record.path.name for record in read(tmp_path).records] == ["a.jpg"]


def test_pictures_without_faces_are_counted(tmp_path: Path) -> None:
    voc(tmp_path / "annotations" / "a.xml", [("mask", BOX), ("mask", BOX)])
    voc(tmp_path / "annotations" / "b.xml", [])
    for name in ("a", "b", "c", "d"):
        picture(tmp_path / "images" / f"{name}.png")
    (tmp_path / "images" / "e.mov").write_bytes(b"\0\0\0\x18ftypqt  ")
    (tmp_path / "README.md").touch()
    reading = read(tmp_path)
    assert len(reading.records) == 1
    assert [note.split(": ", 1)[1] for note in reading.notes] == [
        "1 x a box given twice, counted once",
        "2 x a picture without a usable annotation",
        "1 x an annotation without a face",
        "other files passed over: 1 .md",
    ]
    assert [str(problem) for problem in reading.problems] == [
        f"{tmp_path / 'images' / 'e.mov'}: can't be read (a film, not a photo: glassmask video "
        "reads films; or save a frame of it as a picture)"
    ]


def test_a_box_with_two_labels_is_of_none(tmp_path: Path) -> None:
    labels = ("mask", "no mask", "Mask", "no mask")
    voc(tmp_path / "annotations" / "a.xml", [(label, BOX) for label in labels])
    picture(tmp_path / "images" / "a.png")
    reading = read(tmp_path)
    assert not reading.records
    assert reading.summary() == "4 x several labels"


def test_copies_that_roboflow_altered_are_one_group(tmp_path: Path) -> None:
    for split, name in (("train", "a_jpg.rf.0123456789abcdef"), ("valid", "a_jpg.rf.fedcba98765")):
        voc(tmp_path / split / f"{name}.xml", [("mask", BOX)])
        picture(tmp_path / split / f"{name}.jpg")
    assert len({record.group for record in read(tmp_path).records}) == 1


def test_the_annotation_of_a_turned_photo_is_of_how_it_is_shown(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    (tmp_path / "images").mkdir()
    for name in ("shown", "stored"):
        Image.new("RGB", (64, 48)).save(tmp_path / "images" / f"{name}.jpg", exif=exif)
    voc(tmp_path / "annotations" / "shown.xml", [("mask", BOX)], size=(48, 64))
    voc(tmp_path / "annotations" / "stored.xml", [("mask", BOX)], size=(64, 48))
    reading = read(tmp_path)
    assert [record.path.stem for record in reading.records] == ["shown"]
    assert reading.summary() == "1 x a picture of another size"
