"""Folders named after classes: every spelling, splits around them, and what else lies there."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from datasets import picture
from glassmask.errors import DatasetError
from glassmask.formats import OWN_MARK
from glassmask.lab.datasets import Reading, read_datasets
from glassmask.lab.datasets.description import describe, write_charts, write_contact_sheet
from glassmask.output.draw import encode_jpeg, encode_png


def read(folder: Path) -> Reading:
    return read_datasets([folder])


@pytest.mark.parametrize(
    ("name", "label"),
    [
        *(
            (name, "correct")
            for name in (
                *("with_mask", "WithMask", "with-mask", "with mask", "WITH_MASK", " With Mask"),
                *(
                    "Mask",
                    "masked",
                    "Masks-On",
                    "face_with_mask",
                    "Correct",
                    "correctly_worn",
                    "Wearing-Mask",
                ),
            )
        ),
        *(
            (name, "none")
            for name in (
                *("without_mask", "WithoutMask", "withoutmask", "no-mask", "NoMask", "No Mask"),
                *(
                    "Masks-Off",
                    "Non Mask",
                    "non_mask",
                    "face_no_mask",
                    "unmasked",
                    "None",
                    "not wearing mask",
                ),
            )
        ),
        *(
            (name, "incorrect")
            for name in (
                *("Mask Worn Incorrectly", "mask_weared_incorrect", "MaskWornIncorrectly"),
                *("incorrect_mask", "Incorrect", "improperly", "Improper-Mask", "incorrectly worn"),
            )
        ),
        *(("nose", "nose"), ("Mask_Mouth_Chin", "nose"), ("mask-under-nose", "nose")),
        *(("Chin", "chin"), ("nose and mouth", "nose_and_mouth"), ("Mask_Chin", "nose_and_mouth")),
        ("elsewhere", "elsewhere"),
    ],
)
def test_spellings(name: str, label: str, tmp_path: Path) -> None:
    picture(tmp_path / name / "a.jpg")
    reading = read(tmp_path)
    assert [record.label for record in reading.records] == [label]
    assert not reading.problems


@pytest.mark.parametrize(
    ("way", "split"),
    [
        ("with_mask/a.jpg", ""),
        ("Train/WithMask/a.jpg", "train"),
        ("Validation/WithMask/a.jpg", "val"),
        ("Test/WithMask/a.jpg", "test"),
        ("WithMask/train/a.jpg", "train"),
        ("Face Mask Dataset/valid/with_mask/a.jpg", "val"),
        ("data/with_mask/deep/er/a.jpg", ""),
        ("archive/dataset/test_images/with mask/a.jpg", "test"),
        ("testimonials/with_mask/a.jpg", ""),
    ],
)
def test_folders_around_a_class_may_name_a_split(way: str, split: str, tmp_path: Path) -> None:
    path = picture(tmp_path / way)
    reading = read(tmp_path)
    assert [(record.path, record.split) for record in reading.records] == [(path, split)]
    assert not reading.problems


def test_a_folder_of_class_folders_may_be_called_like_a_class(tmp_path: Path) -> None:
    for name in ("mask/with_mask", "mask/no mask", "incorrect/nose"):
        picture(tmp_path / name / "a.jpg")
    reading = read(tmp_path)
    assert sorted(record.label for record in reading.records) == ["correct", "none", "nose"]
    assert not reading.problems


def test_what_names_two_classes_or_splits_is_of_none(tmp_path: Path) -> None:
    for way in ("train/nose/a.jpg", "train/nose/chin/b.jpg", "train/nose/test/c.jpg"):
        picture(tmp_path / way)
    reading = read(tmp_path)
    assert [record.path.name for record in reading.records] == ["a.jpg"]
    assert [(p.what, p.detail) for p in reading.problems] == [
        ("several labels", "its folders name chin and nose"),
        ("in several splits", "test and train at once"),
    ]


def test_unknown_folders_are_listed_in_one_line_with_how_often(tmp_path: Path) -> None:
    for number in range(5):
        picture(tmp_path / "train" / "with_mask" / f"{number}.jpg")
        picture(tmp_path / "train" / "scarf" / f"{number}.jpg")
    picture(tmp_path / "test" / "withuot_mask" / "a.jpg")
    picture(tmp_path / "loose.jpg")
    reading = read(tmp_path)
    assert len(reading.records) == 5
    (problem,) = reading.problems
    assert reading.summary() == "7 x unknown label"
    assert f"5 x 'scarf' (first in {tmp_path}/train/scarf/0.jpg)" in str(problem)
    assert "1 x 'withuot_mask' (did you mean 'without_mask'? first in" in str(problem)
    assert "1 x '.' (first in" in str(problem)


def test_hidden_files_and_what_systems_leave_behind_are_no_data(tmp_path: Path) -> None:
    picture(tmp_path / "with_mask" / "a.png")
    for name in (".ipynb_checkpoints/a-checkpoint.png", "@eaDir/a.png", ".a.png"):
        picture(tmp_path / "with_mask" / name)
    (tmp_path / "with_mask" / "._a.png").write_bytes(b"\0\5\x16\7")
    (tmp_path / "with_mask" / "Thumbs.db").write_bytes(b"\xd0\xcf\x11\xe0")
    (tmp_path / "with_mask" / ".DS_Store").touch()
    picture(tmp_path / "__MACOSX" / "with_mask" / "a.png")
    (tmp_path / "__MACOSX" / "with_mask" / "._a.png").write_bytes(b"\0\5\x16\7")
    reading = read(tmp_path)
    assert [record.path for record in reading.records] == [tmp_path / "with_mask" / "a.png"]
    assert not reading.problems
    assert not reading.notes


def test_pictures_that_glassmask_drew_are_no_data(tmp_path: Path) -> None:
    photo = picture(tmp_path / "with_mask" / "a.png")
    pixels = np.asarray(Image.open(photo))
    drawn = {"b.jpg": encode_jpeg(pixels, 90, OWN_MARK), "b.png": encode_png(pixels, OWN_MARK)}
    for name, content in drawn.items():
        (tmp_path / "with_mask" / name).write_bytes(content)
    reading = read(tmp_path)
    assert [record.path for record in reading.records] == [photo]
    assert not reading.problems
    assert reading.notes == (f"{tmp_path}: 2 x a picture that Glassmask drew, passed over",)


def test_a_description_inside_the_dataset_is_no_data(tmp_path: Path) -> None:
    for name in ("with_mask", "without_mask"):
        picture(tmp_path / name / "a.png")
    before = read(tmp_path)
    out = tmp_path / "with_mask"
    written = write_charts(describe(before.records), out)
    write_contact_sheet(before.records, out / "contact-sheet.jpg")
    after = read(tmp_path)
    assert after.records == before.records
    assert not after.problems
    assert after.notes == (
        f"{tmp_path}: {len(written) + 1} x a picture that Glassmask drew, passed over",
    )


def test_a_lone_file_is_counted_as_one(tmp_path: Path) -> None:
    picture(tmp_path / "a.jpg")
    with pytest.raises(DatasetError, match=r"known format; there is 1 \.jpg file \(pictures: 1"):
        read(tmp_path)
    picture(tmp_path / "b.jpg")
    with pytest.raises(DatasetError, match=r"known format; there are 2 \.jpg files \("):
        read(tmp_path)


def test_a_number_before_a_known_word_is_no_part_of_the_hint(tmp_path: Path) -> None:
    picture(tmp_path / "with_mask" / "a.jpg")
    picture(tmp_path / "01_no_mask" / "a.jpg")
    (problem,) = read(tmp_path).problems
    assert "1 x '01_no_mask' (did you mean 'no_mask'? first in" in str(problem)


def test_whatever_looks_like_a_photo_or_a_film_is_read_or_listed(tmp_path: Path) -> None:
    folder = tmp_path / "with_mask"
    picture(folder / "a.avif")
    picture(folder / "b.jpg").rename(folder / "b.no-ending-of-a-photo")
    for name, head in {
        "c.heic": b"\0\0\0\x18ftypheic",
        "d.jp2": b"\0\0\0\x0cjP  \r\n\x87\n",
        "e.mov": b"\0\0\0\x18ftypqt  ",
        "f.CR2": b"II*\0",
        "film": b"\x1a\x45\xdf\xa3",
        "cut.jpg": b"\xff\xd8\xff",
        "notes.txt": b"a",
        "list.csv": b"b",
        "more.csv": b"c",
    }.items():
        (folder / name).write_bytes(head)
    reading = read(tmp_path)
    assert {record.path.name for record in reading.records} == {"a.avif", "b.no-ending-of-a-photo"}
    assert Counter(problem.what for problem in reading.problems) == {"can't be read": 6}
    assert "a film, not a photo" in str(reading.problems[-1])
    assert reading.notes == (f"{tmp_path}: other files passed over: 2 .csv, 1 .txt",)


def test_a_pipe_is_not_waited_for_and_a_link_to_nothing_is_listed(tmp_path: Path) -> None:
    picture(tmp_path / "with_mask" / "a.jpg")
    os.mkfifo(tmp_path / "with_mask" / "pipe.jpg")
    (tmp_path / "with_mask" / "gone.jpg").symlink_to(tmp_path / "nothing.jpg")
    reading = read(tmp_path)
    assert [record.path.name for record in reading.records] == ["a.jpg"]
    assert [str(problem) for problem in reading.problems] == [
        f"{tmp_path}/with_mask/gone.jpg: can't be read (No such file or directory)"
    ]
    assert reading.notes == (f"{tmp_path}: other files passed over: 1 .jpg",)


def test_links_to_folders_are_not_followed_and_said(tmp_path: Path) -> None:
    picture(tmp_path / "set" / "with_mask" / "a.jpg")
    picture(tmp_path / "private" / "b.jpg")
    (tmp_path / "set" / "without_mask").symlink_to(tmp_path / "private")
    (tmp_path / "set" / "loop").symlink_to(tmp_path / "set")
    reading = read(tmp_path / "set")
    assert [record.path.name for record in reading.records] == ["a.jpg"]
    assert reading.summary() == "2 x a link to a folder: not followed"


def test_names_of_one_s_own(tmp_path: Path) -> None:
    for name in ("yes", "no", "blurred"):
        picture(tmp_path / name / "a.jpg")
    with pytest.raises(DatasetError, match=r"pictures: 1 in 'blurred', 1 in 'no', 1 in 'yes'"):
        read(tmp_path)
    labels = {"YES": "correct", "no": "none", "blurred": "skip"}
    reading = read_datasets([tmp_path], labels=labels)
    assert sorted(record.label for record in reading.records) == ["correct", "none"]
    assert not reading.problems
    assert reading.notes == (f"{tmp_path}: 1 x a face skipped, as asked",)
