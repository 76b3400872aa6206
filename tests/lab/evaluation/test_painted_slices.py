"""In which parts of the figures a painted face counts."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from glassmask.lab.datasets.traits import read_traits
from glassmask.lab.evaluation.painted_slices import (
    mask_luma,
    painted_slices,
    photo_name,
    read_painted_rows,
    with_person,
)
from glassmask.labels import Uncovered, Wear
from glassmask.painter import Region
from labelled import labelled

FACE = labelled(Wear.INCORRECT, uncovered=Uncovered.NOSE, path=Path("a.jpg"), face_px=60.0)


def test_painted_faces_are_sorted_by_what_was_painted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn, faces = tmp_path / "drawn", tmp_path / "faces"
    for folder in ("images", "regions"):
        (drawn / folder).mkdir(parents=True)
    monkeypatch.setattr("glassmask.lab.evaluation.painted_slices.read_mesh_faces", lambda _: [])
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
    assert mask_luma(records[3], "regions/3.png") == 20
    (tmp_path / "traits.csv").write_text("dataset,file,traits\nfaces,0.jpg,smile\n")
    painted = read_painted_rows([drawn])
    assert photo_name(painted[records[1].path]) == "1.jpg"
    parts = painted_slices(records, painted, faces, read_traits(tmp_path / "traits.csv"))
    assert parts == {
        "black mask": [3],
        "cloth": [0, 3],
        "correct": [3],
        "elsewhere": [1],
        "hand": [2],
        "nose": [0],
        "patterned mask": [0],
        "smile (person)": [0],
    }


def test_a_painted_face_is_of_the_person_of_its_photo() -> None:
    person = replace(FACE, gender="f", age="30", ethnicity="asian", face_px=99.0)
    assert with_person(FACE, person) == replace(FACE, gender="f", age="30", ethnicity="asian")
    assert with_person(FACE, None) == FACE
