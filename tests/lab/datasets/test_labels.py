"""What a table's row says of a face: its label, what that answers, and what it may be used for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from glassmask.errors import DatasetError
from glassmask.lab.datasets import (
    Answers,
    FaceRecord,
    Reading,
    Reason,
    fold_numbers,
    measurable,
    read_datasets,
    require_measurable,
)
from glassmask.lab.datasets.records import wear_positions
from glassmask.labels import Part, Uncovered, Wear
from labelled import labelled

COLUMNS = "file,split,wear,uncovered,certain,reader_a,reader_b,picked,trait,licence,object"


def read(folder: Path, *rows: str) -> Reading:
    """Read a table of these rows, whose pictures are there."""
    (folder / "faces.csv").write_text("\n".join([COLUMNS, *rows]))
    for row in rows:
        (folder / row.split(",")[0]).touch()
    return read_datasets([folder])


def label(
    folder: Path, wear: str, uncovered: str = "", readers: str = ",", more: str = "0,,,"
) -> FaceRecord:
    """The record of one row."""
    (record,) = read(folder, f"a.jpg,train,{wear},{uncovered},1,{readers},{more}").records
    return record


def test_a_row_says_who_read_it_and_where_it_is_from(tmp_path: Path) -> None:
    row = "a.jpg,train,incorrect,nose,0,nose:2,nose:0,1,cloth child,CC BY 4.0,"
    (record,) = read(tmp_path, row).records
    assert record.readers == ("nose:2", "nose:0")
    assert record.traits == ("cloth", "child")
    assert record.licence == "CC BY 4.0"
    assert record.picked
    assert not record.certain


def test_elsewhere_is_a_label_of_its_own(tmp_path: Path) -> None:
    record = label(tmp_path, "incorrect", "elsewhere")
    assert (record.wear, record.uncovered) == (Wear.INCORRECT, None)
    assert record.reason is Reason.ELSEWHERE
    assert record.label == "elsewhere"
    assert record.target().tolist() == [False, False, True, True, True]
    assert record.answers == Answers(mask=True, nose=None, mouth=True, chin=True)


def test_an_incorrect_label_without_a_reason_allows_all_of_them(tmp_path: Path) -> None:
    record = label(tmp_path, "incorrect")
    assert record.reason is Reason.UNKNOWN
    assert record.label == "incorrect"
    assert record.target().tolist() == [False, False, True, True, True]
    assert record.answers == Answers(mask=True, nose=None, mouth=None, chin=None)


@pytest.mark.parametrize(
    ("wear", "uncovered", "answers"),
    [
        ("correct", "", Answers(mask=True, nose=False, mouth=False, chin=False)),
        ("incorrect", "nose", Answers(mask=True, nose=True, mouth=False, chin=False)),
        ("incorrect", "chin", Answers(mask=True, nose=False, mouth=False, chin=True)),
        ("incorrect", "nose_and_mouth", Answers(mask=True, nose=True, mouth=True, chin=None)),
    ],
)
def test_a_label_answers_the_four_questions(
    tmp_path: Path, wear: str, uncovered: str, answers: Answers
) -> None:
    assert label(tmp_path, wear, uncovered).answers == answers


def test_of_most_bare_faces_nobody_said_what_else_is_before_them(tmp_path: Path) -> None:
    """A table of wears is open; one without them lists bare faces with nothing before them."""
    open_ = Answers(mask=False, nose=None, mouth=None, chin=None)
    assert label(tmp_path, "none").answers == open_
    assert label(tmp_path, "none", "", "none:2,none:2").answers == open_
    (tmp_path / "faces.csv").write_text("file,split\na.jpg,train\n")
    bare = read_datasets([tmp_path]).records[0]
    assert bare.answers == Answers(mask=False, nose=True, mouth=True, chin=True)
    (tmp_path / "faces.csv").write_text("file,split,trait\na.jpg,train,hand_or_thing\n")
    hand = read_datasets([tmp_path]).records[0]
    assert hand.answers == Answers(mask=False, nose=True, mouth=None, chin=None)
    (tmp_path / "faces.csv").write_text("file,split,wear,way,object\na.jpg,train,none,none,cup\n")
    painted = read_datasets([tmp_path]).records[0]
    assert painted.traits == ("hand_or_thing",)
    assert painted.answers == hand.answers


def test_a_chin_that_is_cut_off_is_open(tmp_path: Path) -> None:
    cut = label(tmp_path, "incorrect", "nose", more="0,cut,,")
    assert cut.answers == Answers(mask=True, nose=True, mouth=False, chin=None)


def test_a_painted_table_says_which_parts_are_hidden(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"")
    columns = "file,split,way,wear,object,answer_mask,answer_nose,answer_mouth,answer_chin"
    for said, hidden in (
        ("none,none,microphone,no,yes,,yes", (Part.MOUTH,)),
        ("none,none,collar,no,yes,yes,yes", ()),
        ("correct,correct,call,yes,no,no,no", ()),
    ):
        (tmp_path / "faces.csv").write_text(f"{columns}\na.jpg,train,{said}\n")
        (record,) = read_datasets([tmp_path]).records
        assert record.hidden == hidden
        if record.wear is Wear.NONE:
            parts = [getattr(record.answers, part) for part in Part]
            assert parts == [None if part in hidden else True for part in Part]


def test_labels_that_say_nothing_known_are_listed(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        "a.jpg,train,incorrect,noze,1,,,0,,,",
        "b.jpg,train,correct,nose,1,,,0,,,",
        "c.jpg,train,none,elsewhere,1,,,0,,,",
        "d.jpg,train,none,,1,,,yes,,,",
        "e.jpg,train,none,,1,,,,,,",
    )
    assert [record.path.name for record in reading.records] == ["e.jpg"]
    assert [(problem.what, problem.detail) for problem in reading.problems] == [
        ("unknown label", "uncovered 'noze' of wear 'incorrect'"),
        ("unknown label", "uncovered 'nose' of wear 'correct'"),
        ("unknown label", "uncovered 'elsewhere' of wear 'none'"),
        ("picked is neither 0 nor 1", "'yes'"),
    ]


def test_a_record_can_not_contradict_itself() -> None:
    with pytest.raises(ValueError, match="no reason"):
        labelled(Wear.CORRECT, elsewhere=True)
    with pytest.raises(ValueError, match="elsewhere"):
        labelled(Wear.INCORRECT, elsewhere=True, uncovered=Uncovered.NOSE)


def test_picked_faces_are_never_measured_on() -> None:
    faces = [labelled(), labelled(picked=True, path=Path("picked.jpg")), labelled(Wear.CORRECT)]
    assert measurable(faces) == [faces[0], faces[2]]
    require_measurable(measurable(faces))
    with pytest.raises(DatasetError, match=r"1 of 3 faces were picked .* picked\.jpg"):
        require_measurable(faces)
    with pytest.raises(DatasetError):
        wear_positions(faces)


def test_folds_spread_every_label_of_every_dataset() -> None:
    """Of 4 faces with a mask elsewhere and 4 of another dataset, each of 2 folds has 2."""

    def faces(count: int, **fields: Any) -> list[FaceRecord]:
        return [
            labelled(group=f"{fields}-{number}", **{"wear": Wear.INCORRECT, **fields})
            for number in range(count)
        ]

    rows = [
        *faces(20, uncovered=Uncovered.NOSE),
        *faces(4, elsewhere=True),
        *faces(4, uncovered=Uncovered.NOSE, dataset="wild"),
    ]
    numbers = fold_numbers(rows, 2)
    for part in (slice(20, 24), slice(24, 28)):
        assert (numbers[part] == 0).sum() == 2


def test_a_mask_of_which_nobody_says_how_it_is_worn(tmp_path: Path) -> None:
    """It answers one question; it may be trained on, and no figure counts it."""
    record = label(tmp_path, "mask")
    assert (record.wear, record.reason, record.label) == (None, None, "mask")
    assert record.answers == Answers(mask=True, nose=None, mouth=None, chin=None)
    assert record.target().tolist() == [False, True, True, True, True]
    assert not record.is_measurable
    assert measurable([record, labelled()]) == [labelled()]
    with pytest.raises(DatasetError, match="the labels of 1 of 2 faces don't say how the mask"):
        require_measurable([record, labelled()])


def test_an_answer_that_a_bare_face_can_not_have_is_listed(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"")
    (tmp_path / "faces.csv").write_text("file,split,wear,answer_nose\na.jpg,train,none,no\n")
    reading = read_datasets([tmp_path])
    assert not reading.records
    assert reading.problems[0].what == "an answer that a bare face can't have"


def test_a_second_table_of_a_folder_is_a_dataset_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "wild"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(b"")
    for name in ("faces", "scenes"):
        (folder / f"{name}.csv").write_text("file,split,wear\na.jpg,train,none\n")
    names = [read_datasets([path]).records[0].dataset for path in (folder, folder / "scenes.csv")]
    assert names == ["wild", "wild-scenes"]
    groups = {read_datasets([path]).records[0].group for path in (folder, folder / "scenes.csv")}
    assert groups == {"wild-a.jpg"}  # a photo is one group, whichever table names it
    assert read_datasets([folder / "faces.csv"]).records[0].dataset == "wild"
