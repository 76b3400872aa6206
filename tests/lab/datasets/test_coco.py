"""COCO annotations: where they lie, and what is wrong with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from datasets import coco, picture
from glassmask.lab.datasets import Reading, read_datasets
from glassmask.labels import Wear

FACE = ("with_mask", (10, 8, 30, 30))


def read(folder: Path) -> Reading:
    return read_datasets([folder])


@pytest.mark.parametrize(
    ("annotation", "photo", "name", "split"),
    [
        ("_annotations.coco.json", "a.jpg", "a.jpg", ""),
        ("train/_annotations.coco.json", "train/a.jpg", "a.jpg", "train"),
        ("valid/_annotations.coco.json", "valid/a.jpg", "a.jpg", "val"),
        ("annotations/instances_train2017.json", "train2017/a.jpg", "a.jpg", "train"),
        ("annotations/instances_val.json", "images/a.jpg", "a.jpg", "val"),
        ("annotations/instances_default.json", "images/a.jpg", "a.jpg", ""),
        ("annotations.json", "images/a.jpg", "a.jpg", ""),
        ("labels.json", "data/a.jpg", "a.jpg", ""),
        ("annotations/test.json", "images/test/a.jpg", "images/test/a.jpg", "test"),
        ("annotations/x.json", "images/deep/a.jpg", "deep/a.jpg", ""),
        ("annotations/x.json", "images/a.jpg", "../images/a.jpg", ""),
        ("annotations/x.json", "images/a.jpg", r"C:\photos\a.jpg", ""),
        ("annotations/x.json", "images/a.jpg", "/content/a.jpg", ""),
    ],
)
def test_layouts(annotation: str, photo: str, name: str, split: str, tmp_path: Path) -> None:
    coco(tmp_path / annotation, {name: [FACE, ("without_mask", (1, 1, 8, 8))]})
    path = picture(tmp_path / photo)
    reading = read(tmp_path)
    assert [(r.path, r.wear, r.split, r.box) for r in reading.records] == [
        (path, Wear.CORRECT, split, (10, 8, 30, 30)),
        (path, Wear.NONE, split, (1, 1, 8, 8)),
    ]
    assert not reading.problems
    assert not reading.notes


def test_the_same_names_in_two_splits_are_two_pictures(tmp_path: Path) -> None:
    for split, label in (("train", "with_mask"), ("test", "without_mask")):
        coco(tmp_path / split / "_annotations.coco.json", {"a.jpg": [(label, (1, 1, 9, 9))]})
        picture(tmp_path / split / "a.jpg")
    found = {(r.split, r.path.parent.name, r.wear) for r in read(tmp_path).records}
    assert found == {("train", "train", Wear.CORRECT), ("test", "test", Wear.NONE)}


def test_what_can_not_be_used_is_listed(tmp_path: Path) -> None:
    path = coco(
        tmp_path / "annotations.json",
        {
            "a.jpg": [FACE, ("hat", (1, 1, 9, 9)), ("with_mask", (60, 1, 5, 9))],
            "gone.jpg": [FACE],
            "../../outside.jpg": [FACE],
            "b.jpg": [],
            "other.jpg": [FACE],
        },
        ["with_mask", "hat"],
    )
    picture(tmp_path.parent.parent / "outside.jpg")
    picture(tmp_path / "images" / "other.jpg", (32, 24))
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        picture(tmp_path / "images" / name)
    content = json.loads(path.read_text())
    content["images"].append({"id": 9, "file_name": "a.jpg"})
    content["annotations"] += [
        {"image_id": 0, "category_id": 0, "bbox": [1, 1, 9, 9], "iscrowd": 1},
        {"image_id": 77, "category_id": 0, "bbox": [1, 1, 9, 9]},
        {"image_id": 77, "category_id": 0, "bbox": [1, 1, 9, 9]},
        {"image_id": "0", "category_id": 5, "bbox": [1, 1, 9, 9]},
        {"category_id": 0},
        "nothing",
        *({"image_id": 0, "category_id": 0, "bbox": box} for box in BOXES),
    ]
    path.write_text(json.dumps(content))
    reading = read(tmp_path)
    assert [record.box for record in reading.records] == [(10, 8, 30, 30), (60, 1, 4, 9)]
    assert {kind.split(" x ")[1]: int(kind[0]) for kind in reading.summary().split(", ")} == {
        "unknown label": 2,
        "no usable box": len(BOXES),
        "no such picture": 3,
        "a file outside the folder": 1,
        "not an annotation": 2,
        "a box of a crowd": 1,
        "a picture annotated twice": 1,
        "a picture of another size": 1,
    }


BOXES: list[Any] = [
    None,
    [1, 2, 3],
    "1 2 3 4",
    [1, 2, -3, 4],
    [1, 2, float("nan"), 4],
    [True, 2, 3, 4],
    [10**400, 2, 3, 4],
    [1, 2, 300, 4],
]


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        ("[" * 200_000, "nested too deeply"),
        ('{"images": ' + "[" * 200_000, "nested too deeply"),
        ('{"images": [], "annotations": {}, "categories": []}', "no list 'annotations'"),
        ('{"images": [', "no JSON"),
        ("[]", "no list 'images'"),
        ("9" * 5000, "no JSON"),
        ("\xff", "no JSON"),
        ("", "no JSON"),
    ],
)
def test_hostile_json_is_a_problem(content: str, detail: str, tmp_path: Path) -> None:
    (tmp_path / "_annotations.coco.json").write_text(content, encoding="latin-1")
    picture(tmp_path / "a.jpg")
    reading = read(tmp_path)
    (problem,) = reading.problems
    assert problem.what == "not an annotation"
    assert detail in problem.detail


def test_a_crowd_alone_is_no_annotation_without_a_face(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        picture(tmp_path / name)
    face = ("with_mask", (10, 8, 30, 30))
    path = coco(
        tmp_path / "_annotations.coco.json", {"a.jpg": [face], "b.jpg": [], "c.jpg": [face]}
    )
    content = json.loads(path.read_text())
    content["annotations"][0]["iscrowd"] = 1
    path.write_text(json.dumps(content))
    reading = read_datasets([tmp_path])
    assert reading.summary() == "1 x a box of a crowd"
    assert reading.notes == (f"{tmp_path}: 1 x an annotation without a face",)
