"""Which faces the baseline is measured on."""

from __future__ import annotations

from benchmarks.baseline import ROWS
from labelled import labelled


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
