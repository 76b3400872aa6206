from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from glassmask.lab.datasets import PictureCache, fold_numbers, read_tables
from glassmask.lab.datasets.tables import FFHQ_BOX, TableError
from glassmask.labels import Uncovered, Wear
from glassmask.photos import PhotoError


def test_a_table(dataset: Path) -> None:
    records = read_tables([dataset])
    assert len(records) == 30
    nose = next(r for r in records if r.uncovered is Uncovered.NOSE)
    assert nose.wear is Wear.INCORRECT
    assert nose.dataset == "real"
    assert nose.box == (56, 60, 92, 120)
    assert nose.target().tolist() == [False, False, True, False, False]


def test_an_unknown_reason_allows_all_incorrect_classes(tmp_path: Path) -> None:
    (tmp_path / "faces.csv").write_text(
        "file,split,wear,uncovered\na.jpg,train,incorrect,elsewhere\nb.jpg,train,incorrect,\n"
    )
    for record in read_tables([tmp_path]):
        assert record.uncovered is None
        assert record.target().tolist() == [False, False, True, True, True]


def test_a_bare_table_is_of_unmasked_ffhq_faces(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "mine.csv").write_text("file,split,ffhq_id\n00012_Mask.jpg,val,00012\n")
    (record,) = read_tables([folder])
    assert (record.wear, record.box, record.group) == (Wear.NONE, FFHQ_BOX, "ffhq-12")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("file,wear\na.jpg,none\n", "the column 'split' is missing"),
        ("file,split\na.jpg,holdout\n", "line 2: split is 'holdout'"),
        ("file,split,wear\na.jpg,val,maybe\n", "line 2: 'maybe' is not a valid Wear"),
        ("file,split,face_x\na.jpg,val,1\n", "line 2: 'face_y'"),
    ],
)
def test_faults_name_the_table_and_the_line(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "faces.csv").write_text(text)
    with pytest.raises(TableError, match=rf"faces\.csv.*{message}"):
        read_tables([tmp_path])


def test_a_folder_without_a_table(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no table; expected"):
        read_tables([tmp_path])


def test_no_group_crosses_folds(dataset: Path) -> None:
    records = read_tables([dataset]) * 2  # every group twice
    numbers = fold_numbers(records, 3)
    assert set(numbers) == {0, 1, 2}
    folds_of: dict[str, set[int]] = {}
    for record, number in zip(records, numbers, strict=True):
        folds_of.setdefault(record.group, set()).add(int(number))
    assert all(len(folds) == 1 for folds in folds_of.values())
    np.testing.assert_array_equal(numbers, fold_numbers(records, 3))


def test_the_cache_holds_the_pictures(dataset: Path, tmp_path: Path) -> None:
    records = read_tables([dataset])
    for _ in range(2):  # made, then found
        cache = PictureCache(records, tmp_path / "cache")
        for record in records[::7]:
            with Image.open(record.path) as image:
                np.testing.assert_array_equal(cache[record], np.asarray(image))
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_the_cache_names_a_broken_picture(tmp_path: Path) -> None:
    (tmp_path / "faces.csv").write_text("file,split\nbad.jpg,train\n")
    (tmp_path / "bad.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(PhotoError, match=r"bad\.jpg: "):
        PictureCache(read_tables([tmp_path]), tmp_path / "cache")
