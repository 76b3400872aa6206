from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from glassmask.errors import DatasetError
from glassmask.lab.datasets import FaceRecord, fold_numbers, read_datasets
from glassmask.lab.datasets.ffhq import FFHQ_BOX
from glassmask.lab.datasets.reading import numbered_rows
from glassmask.labels import Uncovered, Wear


def faces_of(folder: Path) -> list[FaceRecord]:
    return list(read_datasets([folder]).records)


def test_a_table(dataset: Path) -> None:
    records = faces_of(dataset)
    assert len(records) == 30
    nose = next(r for r in records if r.uncovered is Uncovered.NOSE)
    assert nose.wear is Wear.INCORRECT
    assert nose.dataset == "real"
    assert nose.box == (56, 60, 92, 120)
    assert nose.target().tolist() == [False, False, True, False, False]


def test_a_bare_table_is_of_unmasked_ffhq_faces(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "00012_Mask.jpg").touch()
    (folder / "mine.csv").write_text("file,split,ffhq_id\n00012_Mask.jpg,val,00012\n")
    (record,) = faces_of(folder)
    assert (record.wear, record.box, record.group) == (Wear.NONE, FFHQ_BOX, "ffhq-12")


def test_a_table_without_a_column(tmp_path: Path) -> None:
    (tmp_path / "faces.csv").write_text("file,wear\na.jpg,none\n")
    with pytest.raises(DatasetError, match=r"faces\.csv: the column 'split' is missing"):
        faces_of(tmp_path)
    (tmp_path / "faces.csv").write_bytes(b"file,split\n\xff\xfe,train\n")
    with pytest.raises(DatasetError, match="not a CSV table"):
        faces_of(tmp_path)


def test_rows_that_can_not_be_used_are_listed(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    rows = [
        "a.jpg,holdout,none,,",
        "a.jpg,val,maybe,,",
        "a.jpg,val,none,1,",
        "b.jpg,val,none,,",
        "a.jpg,val,none,,x",
        "a.jpg,val",
        "../a.jpg,val,none,,",
        "a.jpg,val,,,",
        "a.jpg,val,none,,",
    ]
    table = "\n".join(["file,split,wear,face_x,ffhq_id", *rows])
    (tmp_path / "faces.csv").write_text(table)
    reading = read_datasets([tmp_path])
    assert len(reading.records) == 1
    unknown, *others = reading.problems
    assert (unknown.what, unknown.count) == ("unknown label", 2)
    assert "1 x 'maybe'" in unknown.detail
    assert "faces.csv, line 3" in unknown.detail
    assert [(p.where.rsplit(" ", 1)[1], p.what) for p in others] == [
        ("2", "unknown split"),
        ("4", "not a number"),
        ("5", "no such picture"),
        ("6", "not a number"),
        ("7", "not as many fields as columns"),
        ("8", "a file outside the folder"),
    ]
    assert reading.summary().startswith("2 x unknown label, 2 x not a number")


def test_a_table_as_a_spreadsheet_writes_it(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    header = "file,split,face_x,face_y,face_w,face_h"
    rows = "a.jpg,val,1,2,nan,4\r\na.jpg,val,1,2,3,4\r\n"
    (tmp_path / "faces.csv").write_bytes(f"\ufeff{header}\r\n{rows}".encode())
    reading = read_datasets([tmp_path / "faces.csv"])
    assert [r.box for r in reading.records] == [(1, 2, 3, 4)]
    assert reading.summary() == "1 x no usable box"


def test_no_group_crosses_folds(dataset: Path) -> None:
    records = faces_of(dataset) * 2  # every group twice
    numbers = fold_numbers(records, 3)
    assert set(numbers) == {0, 1, 2}
    folds_of: dict[str, set[int]] = {}
    for record, number in zip(records, numbers, strict=True):
        folds_of.setdefault(record.group, set()).add(int(number))
    assert all(len(folds) == 1 for folds in folds_of.values())
    np.testing.assert_array_equal(numbers, fold_numbers(records, 3))


def test_more_folds_than_groups_are_an_error(dataset: Path) -> None:
    records = read_datasets([dataset]).records[:2]
    with pytest.raises(DatasetError, match="can't be cut into 5 folds"):
        fold_numbers(records, 5)


def test_a_line_with_too_many_fields_is_an_error(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("dataset,file,traits\nreal,a.jpg,beard, glasses\n")
    with pytest.raises(DatasetError, match="line 2 has more than 3 fields"):
        numbered_rows(table, ("dataset", "file", "traits"))
