"""Which faces the baseline is measured on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from benchmarks.baseline import ROWS, trained_on
from labelled import labelled


def test_groups_that_mending_moved_out_of_train_may_have_been_seen() -> None:
    """By the shipped network, which was trained on `real` and never on `wild`."""
    given = [
        labelled(path=Path("moved.jpg"), group="a", split="train"),
        labelled(path=Path("twin.jpg"), group="b", split="val", dataset="wild"),
        labelled(path=Path("new.jpg"), group="c", split="train", dataset="wild"),
        labelled(path=Path("stays.jpg"), group="d", split="val"),
    ]
    mended = [
        replace(given[0], group="b", split="val"),
        *given[1:2],
        replace(given[2], split="test"),
        given[3],
    ]
    assert trained_on(given, mended) == {"b"}


def test_rows_that_figures_are_of() -> None:
    faces = {
        "all": labelled(certain=False, face_px=20.0),
        "certain": labelled(face_px=20.0),
        "certain, from 48 px": labelled(face_px=48.0),
    }
    counted = {name: [rows(face) for face in faces.values()] for name, rows in ROWS.items()}
    assert counted == {
        "all": [True, True, True],
        "certain": [False, True, True],
        "certain, from 48 px": [False, False, True],
    }
