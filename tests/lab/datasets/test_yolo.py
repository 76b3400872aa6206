"""YOLO labels: where they and their names lie, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from datasets import picture, yolo
from glassmask.lab.datasets import Reading, read_datasets
from glassmask.labels import Wear

LINE = "0 0.5 0.5 0.25 0.5"


def read(folder: Path) -> Reading:
    return read_datasets([folder])


@pytest.mark.parametrize(
    ("label_file", "photo", "names", "split"),
    [
        ("labels/a.txt", "images/a.jpg", "data.yaml", ""),
        ("labels/train/a.txt", "images/train/a.jpg", "data.yaml", "train"),
        ("train/labels/a.txt", "train/images/a.jpg", "data.yaml", "train"),
        ("valid/labels/a.txt", "valid/images/a.jpg", "dataset.yml", "val"),
        ("Test/Labels/a.txt", "Test/Images/a.JPG", "data.yaml", "test"),
        ("mask.v1/train/labels/a.txt", "mask.v1/train/images/a.jpg", "mask.v1/data.yaml", "train"),
        ("labels/a.txt", "images/a.jpg", "labels/classes.txt", ""),
        ("labels/a.txt", "images/a.jpg", "classes.txt", ""),
        ("train/a.txt", "train/a.jpg", "train/_darknet.labels", "train"),
        ("obj_train_data/a.txt", "obj_train_data/a.jpg", "obj.names", ""),
        ("a.txt", "a.jpg", "classes.txt", ""),
    ],
)
def test_layouts(label_file: str, photo: str, names: str, split: str, tmp_path: Path) -> None:
    yolo(tmp_path / label_file, "1 0.5 0.5 0.25 0.5", "", "0 0.125 0.125 0.25 0.25")
    path = picture(tmp_path / photo)
    yaml = names.endswith(("yaml", "yml"))
    (tmp_path / names).write_text("names: [NoMask, Mask]\n" if yaml else "NoMask\nMask\n")
    reading = read(tmp_path)
    assert [(r.path, r.wear, r.split, r.box) for r in reading.records] == [
        (path, Wear.CORRECT, split, (24, 12, 16, 24)),
        (path, Wear.NONE, split, (0, 0, 16, 12)),
    ]
    assert not reading.problems
    assert not reading.notes


def test_lists_name_the_splits(tmp_path: Path) -> None:
    for name in ("a", "b"):
        yolo(tmp_path / "obj_train_data" / f"{name}.txt", LINE)
        picture(tmp_path / "obj_train_data" / f"{name}.jpg")
    (tmp_path / "obj.names").write_text("mask\n")
    (tmp_path / "train.txt").write_text("data/obj_train_data/a.jpg\n")
    (tmp_path / "test.txt").write_text("data/obj_train_data/b.jpg\n")
    reading = read(tmp_path)
    assert [(r.path.stem, r.split) for r in reading.records] == [("a", "train"), ("b", "test")]
    assert not reading.notes


def test_without_names_the_numbers_are_the_labels(tmp_path: Path) -> None:
    yolo(tmp_path / "labels" / "a.txt", LINE, "1 0.2 0.2 0.2 0.2")
    picture(tmp_path / "images" / "a.jpg")
    reading = read(tmp_path)
    assert reading.summary() == "2 x unknown label"
    reading = read_datasets([tmp_path], labels={"0": "correct", "1": "chin"})
    assert [record.label for record in reading.records] == ["correct", "chin"]


def test_a_folder_with_names_of_its_own(tmp_path: Path) -> None:
    for split, names in (("train", "mask\nno mask\n"), ("valid", "no mask\nmask\n")):
        yolo(tmp_path / split / "a.txt", LINE)
        picture(tmp_path / split / "a.jpg")
        (tmp_path / split / "_darknet.labels").write_text(names)
    found = {record.split: record.wear for record in read(tmp_path).records}
    assert found == {"train": Wear.CORRECT, "val": Wear.NONE}


def test_broken_lines_alone_are_no_annotation_without_a_face(tmp_path: Path) -> None:
    for name, line in (("a", "0 0,5 0,5 0,25 0,5"), ("b", ""), ("c", LINE)):
        yolo(tmp_path / "labels" / f"{name}.txt", line)
        picture(tmp_path / "images" / f"{name}.jpg")
    (tmp_path / "classes.txt").write_text("mask\n")
    reading = read(tmp_path)
    assert [problem.what for problem in reading.problems] == ["not a line of labels"]
    assert reading.notes == (f"{tmp_path}: 1 x an annotation without a face",)


@pytest.mark.parametrize(
    ("line", "problem", "detail"),
    [
        ("0 0.5 0.5 0.25", "not a line of labels", "4 numbers"),
        ("mask 0.5 0.5 0.25 0.5", "not a line of labels", "more than numbers"),
        ("-1 0.5 0.5 0.25 0.5", "not a line of labels", "no class"),
        ("0.5 0.5 0.5 0.25 0.5", "not a line of labels", "no class"),
        ("nan 0.5 0.5 0.25 0.5", "not a line of labels", "no class"),
        ("0 nan 0.5 0.25 0.5", "not a line of labels", "no number"),
        ("0 1e999 0.5 0.25 0.5", "not a line of labels", "no number"),
        ("0 0.5 0.5 0 0.5", "no usable box", "empty"),
        ("0 0.5 0.5 -0.25 0.5", "no usable box", "upside down"),
        ("0 320 240 100 90", "no usable box", "reaches out"),
        ("7 0.5 0.5 0.25 0.5", "unknown label", "1 x '7'"),
        ("1000000000000000000000 0.5 0.5 0.25 0.5", "unknown label", "1 x '1000"),
    ],
)
def test_lines_that_can_not_be_used(line: str, problem: str, detail: str, tmp_path: Path) -> None:
    yolo(tmp_path / "labels" / "a.txt", line, LINE)
    picture(tmp_path / "images" / "a.jpg")
    (tmp_path / "classes.txt").write_text("mask\n")
    reading = read(tmp_path)
    assert len(reading.records) == 1
    (found,) = reading.problems
    assert found.what == problem
    assert detail in found.detail
    assert "a.txt, line 1" in str(found)


@pytest.mark.parametrize(
    ("line", "box"),
    [
        ("0 0.5 0.5 0.25 0.5 0.9", (24, 12, 16, 24)),
        ("0 0.25 0.25 0.75 0.25 0.5 0.75", (16, 12, 32, 24)),
        ("0.0 0.5 0.5 0.25 0.5", (24, 12, 16, 24)),
        ("0 0.5 0.5 1.02 1.02", (0, 0, 64, 48)),
    ],
)
def test_lines_of_other_tools(line: str, box: tuple[float, ...], tmp_path: Path) -> None:
    """A sureness as sixth number, an outline instead of a box, and a box a hair too large."""
    yolo(tmp_path / "labels" / "a.txt", line)
    picture(tmp_path / "images" / "a.jpg")
    (tmp_path / "classes.txt").write_text("mask\n")
    assert read(tmp_path).records[0].box == pytest.approx(box)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00\x01", b"0 0.5\0 0.5", b"0" * 5_000_001])
def test_label_files_that_are_no_text(content: bytes, tmp_path: Path) -> None:
    for name in ("a", "b"):
        yolo(tmp_path / "labels" / f"{name}.txt", LINE)
        picture(tmp_path / "images" / f"{name}.jpg")
    (tmp_path / "labels" / "a.txt").write_bytes(content)
    (tmp_path / "classes.txt").write_text("mask\n")
    reading = read(tmp_path)
    assert [record.path.stem for record in reading.records] == ["b"]
    assert reading.summary() == "1 x not an annotation"


def test_pictures_and_labels_without_each_other(tmp_path: Path) -> None:
    yolo(tmp_path / "labels" / "a.txt", LINE)
    yolo(tmp_path / "labels" / "empty.txt")
    yolo(tmp_path / "labels" / "alone.txt", LINE)
    yolo(tmp_path / "labels" / "two.txt", LINE)
    for name in ("a.jpg", "empty.jpg", "negative.jpg", "two.jpg", "two.png"):
        picture(tmp_path / "images" / name)
    (tmp_path / "data.yaml").write_text("nc: 1\nnames: ['mask']\n")
    reading = read(tmp_path)
    assert len(reading.records) == 1
    assert reading.summary() == "1 x no such picture, 1 x not plain which picture it is of"
    assert [note.split(": ")[1] for note in reading.notes] == [
        "3 x a picture without a usable annotation",
        "1 x an annotation without a face",
    ]


def test_broken_names_are_listed_once(tmp_path: Path) -> None:
    for name in ("a", "b"):
        yolo(tmp_path / "labels" / f"{name}.txt", LINE)
        picture(tmp_path / "images" / f"{name}.jpg")
    (tmp_path / "data.yaml").write_text("train: images\n")
    reading = read(tmp_path)
    assert [problem.what for problem in reading.problems] == ["unknown label", "can't be read"]
    assert "`names:` is wanted" in reading.problems[1].detail
