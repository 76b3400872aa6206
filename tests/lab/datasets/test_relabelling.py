"""Labels that were found wrong: corrected in train alone, or the face is left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from glassmask.errors import DatasetError
from glassmask.lab.datasets.relabelling import read_relabelling
from glassmask.labels import Uncovered, Wear
from labelled import labelled

FACE = labelled(Wear.CORRECT, certain=False)


def table(folder: Path, *rows: str) -> Path:
    path = folder / "relabelled.csv"
    path.write_text("\n".join(["dataset,file,was,label", *rows]) + "\n")
    return path


@pytest.mark.parametrize(
    ("label", "wear", "uncovered"),
    [
        ("nose", Wear.INCORRECT, Uncovered.NOSE),
        ("none", Wear.NONE, None),
        ("incorrect", Wear.INCORRECT, None),
    ],
)
def test_labels_are_corrected_and_certain(
    tmp_path: Path, label: str, wear: Wear, uncovered: Uncovered | None
) -> None:
    relabelling = read_relabelling(table(tmp_path, f"real,a.jpg,correct,{label}"))
    (found,) = relabelling.of([FACE])
    assert found == replace(FACE, wear=wear, uncovered=uncovered, certain=True)
    assert relabelling.of([found]) == [found]  # corrected already


def test_rejected_faces_are_left_out_and_others_stay(tmp_path: Path) -> None:
    relabelling = read_relabelling(table(tmp_path, "real,a.jpg,correct,reject"))
    others = [
        replace(FACE, split="val"),
        replace(FACE, split="test"),
        replace(FACE, dataset="faces"),
        replace(FACE, path=Path("pictures/b.jpg")),
    ]
    assert relabelling.of([FACE, *others]) == others


def test_a_table_of_other_data_is_told(tmp_path: Path) -> None:
    relabelling = read_relabelling(table(tmp_path, "real,a.jpg,nose,none"))
    with pytest.raises(DatasetError, match=r"a\.jpg of 'real' is 'correct', the table says 'nose'"):
        relabelling.of([FACE])


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["real,a.jpg,correct,scarf"], "line 2: labels are"),
        (["real,a.jpg,reject,none"], "line 2: labels are"),
        (["real,a.jpg,none,correct", "real,a.jpg,none,nose"], "line 3: a.jpg is there twice"),
    ],
)
def test_broken_tables_are_told(tmp_path: Path, rows: list[str], told: str) -> None:
    with pytest.raises(DatasetError, match=told):
        read_relabelling(table(tmp_path, *rows))


def test_a_missing_table_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="can't be read"):
        read_relabelling(tmp_path / "none.csv")


def test_a_name_that_two_faces_go_by_is_told(tmp_path: Path) -> None:
    relabelling = read_relabelling(table(tmp_path, "real,a.jpg,correct,nose"))
    twin = replace(FACE, path=Path("elsewhere/a.jpg"))
    with pytest.raises(DatasetError, match="of 'real' is the name of 2 faces"):
        relabelling.of([FACE, twin])
    # What is not of `train` keeps its label, whatever it is called.
    assert len(relabelling.of([FACE, replace(twin, split="val")])) == 2
