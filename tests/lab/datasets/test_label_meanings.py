"""Words of datasets, and meanings that are given for those that are not known."""

from __future__ import annotations

from pathlib import Path

import pytest

from datasets import BOX, picture, voc
from glassmask.errors import DatasetError
from glassmask.lab.datasets import Reading, read_datasets
from glassmask.lab.datasets.label_words import WORDS
from glassmask.lab.datasets.labels import fold
from glassmask.labels import Uncovered, Wear


def read(folder: Path, **labels: str) -> Reading:
    return read_datasets([folder], labels=labels)


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    """Three faces, two with labels that mean nothing."""
    picture(tmp_path / "images" / "a.png")
    labels = [("face_mask", BOX), ("face_mask", (1, 1, 9, 9)), ("Hat", (30, 20, 60, 40))]
    voc(tmp_path / "annotations" / "a.xml", [*labels, ("no mask", (0, 0, 60, 46))])
    return tmp_path


def test_no_word_means_two_things() -> None:
    words = [fold(word) for words in WORDS.values() for word in words]
    assert len(words) == len(set(words))


def test_unknown_words_are_one_problem_with_how_often_each_occurs(faces: Path) -> None:
    reading = read(faces)
    assert len(reading.records) == 1
    (problem,) = reading.problems
    assert problem.count == 3
    assert problem.detail.startswith("2 x 'face_mask' (first in ")
    assert "; 1 x 'Hat' (first in " in problem.detail
    assert problem.detail.endswith("none, nose, chin, nose_and_mouth, elsewhere, mask, skip")


@pytest.mark.parametrize(
    ("ours", "wear", "uncovered", "certain"),
    [
        ("correct", Wear.CORRECT, None, True),
        ("incorrect", Wear.INCORRECT, None, False),
        ("none", Wear.NONE, None, True),
        ("nose", Wear.INCORRECT, Uncovered.NOSE, True),
        ("Nose-and-Mouth", Wear.INCORRECT, Uncovered.NOSE_AND_MOUTH, True),
        ("elsewhere", Wear.INCORRECT, None, True),
        ("mask", None, None, True),
    ],
)
def test_a_meaning_that_is_given(
    ours: str, wear: Wear | None, uncovered: Uncovered | None, certain: bool, faces: Path
) -> None:
    reading = read_datasets([faces], labels={"Face Mask": ours, "hat": "skip"})
    assert not reading.problems
    record = reading.records[0]
    assert (record.wear, record.uncovered, record.certain) == (wear, uncovered, certain)
    assert record.elsewhere is (ours == "elsewhere")
    assert reading.notes[0].endswith("1 x a face skipped, as asked")


def test_a_meaning_overrules_what_is_known(faces: Path) -> None:
    reading = read(faces, no_mask="chin", face_mask="skip", hat="skip")
    assert [record.label for record in reading.records] == ["chin"]


def test_a_meaning_of_a_word_that_is_nowhere_is_a_problem(faces: Path) -> None:
    reading = read(faces, fase_mask="correct", hat="skip")
    assert str(reading.problems[-1]) == (
        "label 'fase_mask': is in none of the datasets (there are 'face_mask', 'Hat', 'no mask')"
    )


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ({"face_mask": "corect"}, r"label 'face_mask': .* 'corect'; did you mean correct\?"),
        ({"face_mask": "with_mask"}, r"did you mean mask\? There are correct, incorrect, none"),
        ({"face_mask": ""}, "no such meaning ''; there are correct, "),
        ({"face_mask": "none", "Face Mask": "correct"}, "given two meanings"),
    ],
)
def test_meanings_that_are_none(labels: dict[str, str], message: str, faces: Path) -> None:
    with pytest.raises(DatasetError, match=message):
        read_datasets([faces], labels=labels)


def test_many_and_long_words_are_cut(tmp_path: Path) -> None:
    for number in range(30):
        picture(tmp_path / f"{number:02}{'x' * 200}" / "a.png")
    picture(tmp_path / "mask" / "a.png")
    problem = str(read(tmp_path).problems[0])
    assert "and 18 other words" in problem
    assert "x" * 57 + "…'" in problem


def test_words_of_tables(tmp_path: Path) -> None:
    """`mask` alone says in a table that it is worn somehow."""
    for name in ("a", "b", "c", "d"):
        picture(tmp_path / f"{name}.png")
    rows = "a.png,train,With Mask\nb.png,train,mask\nc.png,val,odd\nd.png,val,odd\n"
    (tmp_path / "faces.csv").write_text(f"file,split,wear\n{rows}")
    reading = read(tmp_path)
    assert [record.label for record in reading.records] == ["correct", "mask"]
    assert reading.records[1].wear is None
    assert reading.summary() == "2 x unknown label"
    reading = read(tmp_path, mask="correct", odd="nose")
    assert [record.label for record in reading.records] == ["correct", "correct", "nose", "nose"]
    assert not reading.problems


def test_words_of_scenes(tmp_path: Path) -> None:
    from glassmask.lab.datasets.scenes import read_scenes

    picture(tmp_path / "a.png")
    header = "file,split,wear,width,height,face_x,face_y,face_w,face_h\n"
    words = ("mask", "WithMask", "reject", "odd", "hat")
    rows = "".join(f"a.png,train,{word},64,48,{n},1,9,9\n" for n, word in enumerate(words))
    (tmp_path / "scenes.csv").write_text(header + rows)
    reading = read_scenes(tmp_path, labels={"hat": "skip"})
    (scene,) = reading.scenes
    assert [face.label for face in scene.faces] == ["mask", "correct", "reject"]
    assert scene.unlabelled == ((4, 1, 9, 9),)
    assert [(problem.what, problem.count) for problem in reading.problems] == [("unknown label", 1)]
