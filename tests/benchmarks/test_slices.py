"""Which faces count in the figures of the wear network, and in which part of them."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.slices import fairness, median_luma, painted_parts, painted_rows
from benchmarks.wear_runs import counted
from glassmask.lab.datasets import FaceRecord
from glassmask.labels import Uncovered, Wear
from glassmask.painter import Region
from labelled import labelled

FACE = labelled(Wear.INCORRECT, uncovered=Uncovered.NOSE, path=Path("a.jpg"), face_px=60.0)


def test_small_and_doubtful_faces_do_not_count() -> None:
    doubtful = replace(FACE, path=Path("b.jpg"), certain=False)
    small = replace(FACE, path=Path("c.jpg"), face_px=47.0)
    picked = replace(FACE, path=Path("d.jpg"), picked=True)
    assert counted([doubtful, FACE, small, picked]) == ([1], [FACE])


def test_painted_faces_are_sorted_by_what_was_painted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn, faces = tmp_path / "drawn", tmp_path / "faces"
    for folder in ("images", "regions"):
        (drawn / folder).mkdir(parents=True)
    monkeypatch.setattr("benchmarks.slices.read_mesh_faces", lambda _: [])
    columns = ["file", "way", "kind", "object", "pattern", "photo", "regions"]
    rows = [
        ["images/0.png", "nose", "cloth", "", "dots", "images/0.jpg", "regions/0.png"],
        ["images/1.png", "elsewhere", "ffp2", "", "", "images/1.jpg", "regions/1.png"],
        ["images/2.png", "", "", "hand", "", "images/2.jpg", "regions/2.png"],
        ["images/3.png", "correct", "cloth", "", "plain", "images/3.jpg", "regions/3.png"],
    ]
    with (drawn / "painted.csv").open("w", newline="") as lines:
        csv.writer(lines).writerows([columns, *rows])
    records = []
    for number, row in enumerate(rows):
        where = np.zeros((20, 20), np.uint8)
        where[10:] = int(Region.MASK)
        shown = np.full((20, 20), 200, np.uint8)
        shown[10:] = 20 if number == 3 else 120
        cv2.imwrite(str(drawn / row[0]), shown)
        cv2.imwrite(str(drawn / row[-1]), where)
        records.append(replace(FACE, path=drawn / row[0]))
    assert median_luma(records[3], "regions/3.png") == 20
    parts = painted_parts(records, painted_rows([drawn]), faces)
    assert parts == {
        "black mask": [3],
        "cloth": [0, 3],
        "correct": [3],
        "elsewhere": [1],
        "hand": [2],
        "nose": [0],
        "patterned mask": [0],
    }


def test_the_largest_gap_is_between_groups_of_one_kind_that_are_large_enough(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def group(gender: str, age: str, right: int, count: int) -> None:
        for number in range(count):
            faces.append(replace(FACE, gender=gender, age=age))
            said.append(2 if number < right else 0)

    faces: list[FaceRecord] = []
    said: list[int] = []
    group("f", "25", 40, 40)
    group("m", "70", 36, 40)
    group("", "5", 0, 29)  # too few
    fairness("faces", faces, np.eye(5)[said])
    table = capsys.readouterr().out
    assert "| gender | F | 1.000 |" in table
    assert "| age | under 18 | 0.000 |" in table
    assert "largest gap: 10.0 points, gender: F" in table
