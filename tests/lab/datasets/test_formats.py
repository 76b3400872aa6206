"""Every reader, on small datasets made in its format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from datasets import coco, picture, voc, yolo
from glassmask.errors import DatasetError
from glassmask.lab.datasets import Reading, read_datasets
from glassmask.lab.datasets.contents import Contents
from glassmask.lab.datasets.formats import FORMATS, detect_format, read_unsplit
from glassmask.lab.datasets.labels import LabelReader
from glassmask.labels import Uncovered, Wear


def published(folder: Path) -> None:
    picture(folder / "CMFD" / "00000" / "00001_Mask.jpg", (1024, 1024))
    picture(folder / "IMFD" / "00000" / "00001_Mask_Mouth_Chin.jpg")
    picture(folder / "IMFD" / "00000" / "00002_Mask_Nose_Mouth.jpg")
    picture(folder / "IMFD" / "01000" / "01003_Mask_Chin.jpg")
    picture(folder / "FFHQ" / "00002.png", (128, 128))


def kaggle(folder: Path) -> None:
    picture(folder / "train" / "covered" / "00001_Mask.jpg")
    picture(folder / "holdout" / "incorrect" / "00002_Mask_Chin.jpg")
    picture(folder / "validation" / "uncovered" / "00003.png")


def voc_set(folder: Path) -> None:
    picture(folder / "images" / "one.png", (100, 80))
    words = ((2, "with_mask"), (30, "without_mask"), (60, "mask_weared_incorrect"))
    faces = [(name, (x, 5, x + 20, 30)) for x, name in words]
    voc(folder / "annotations" / "one.xml", faces, "one.png", (100, 80))


def yolo_set(folder: Path) -> None:
    picture(folder / "images" / "one.png")
    yolo(folder / "labels" / "one.txt", "0 0.5 0.5 0.5 0.5")
    (folder / "data.yaml").write_text("names: [mask]")


def coco_set(folder: Path) -> None:
    picture(folder / "images" / "one.png")
    coco(folder / "annotations.json", {"one.png": [("with_mask", (1, 1, 9, 9))]})


def by_folder(folder: Path) -> None:
    picture(folder / "train" / "with_mask" / "a.jpg", (50, 40))
    picture(folder / "val" / "nose" / "b.jpg")
    picture(folder / "test" / "without_mask" / "deep" / "c.png")


def table(folder: Path) -> None:
    picture(folder / "a.png")
    (folder / "faces.csv").write_text("file,split,wear\na.png,val,correct\n")


MAKERS: dict[str, Callable[[Path], None]] = {
    "table": table,
    "PASCAL VOC": voc_set,
    "YOLO": yolo_set,
    "COCO": coco_set,
    "MaskedFace-Net": published,
    "folder per class": by_folder,
}


def read(folder: Path) -> Reading:
    return read_datasets([folder])


def test_every_format_is_known_by_its_layout(tmp_path: Path) -> None:
    assert [known.name for known in FORMATS] == list(MAKERS)
    for name, make in MAKERS.items():
        folder = tmp_path / name
        folder.mkdir()
        make(folder)
        assert detect_format(Contents(folder), LabelReader()).name == name
        reading = read(folder)
        assert reading.records
        assert not reading.problems


def test_maskedfacenet_as_published(tmp_path: Path) -> None:
    published(tmp_path)
    found = {r.path.name: r for r in read(tmp_path).records}
    assert {name: (r.wear, r.uncovered) for name, r in found.items()} == {
        "00001_Mask.jpg": (Wear.CORRECT, None),
        "00001_Mask_Mouth_Chin.jpg": (Wear.INCORRECT, Uncovered.NOSE),
        "00002_Mask_Nose_Mouth.jpg": (Wear.INCORRECT, Uncovered.CHIN),
        "01003_Mask_Chin.jpg": (Wear.INCORRECT, Uncovered.NOSE_AND_MOUTH),
        "00002.png": (Wear.NONE, None),
    }
    assert found["00001_Mask.jpg"].group == found["00001_Mask_Mouth_Chin.jpg"].group == "ffhq-1"
    assert found["00001_Mask.jpg"].box == (256, 288, 512, 600)
    assert {r.split for r in found.values()} == {""}


def test_maskedfacenet_of_kaggle(tmp_path: Path) -> None:
    kaggle(tmp_path)
    found = [(r.path.name, r.split, r.wear) for r in read(tmp_path).records]
    assert found == [
        ("00002_Mask_Chin.jpg", "test", Wear.INCORRECT),
        ("00001_Mask.jpg", "train", Wear.CORRECT),
        ("00003.png", "val", Wear.NONE),
    ]


def test_maskedfacenet_tells_what_it_can_not_use(tmp_path: Path) -> None:
    published(tmp_path)
    picture(tmp_path / "CMFD" / "00000" / "00009_Mask_Chin.jpg")
    picture(tmp_path / "IMFD" / "00000" / "00009_Mask_Ear.jpg")
    picture(tmp_path / "IMFD" / "00000" / "holiday.jpg")
    (tmp_path / "IMFD" / "00000" / "00010_Mask_Chin.jpg").write_bytes(b"not a picture")
    reading = read(tmp_path)
    assert len(reading.records) == 5
    assert reading.summary() == (
        "2 x unknown label, 1 x folder and file name disagree, 1 x can't be read"
    )


def test_what_a_known_set_says_of_its_labels(tmp_path: Path) -> None:
    voc_set(tmp_path)
    records = read(tmp_path).records
    assert [r.wear for r in records] == [Wear.CORRECT, Wear.NONE, Wear.INCORRECT]
    assert records[2].uncovered is None
    assert not records[2].certain
    assert len({r.group for r in records}) == 1


def test_folders(tmp_path: Path) -> None:
    by_folder(tmp_path)
    picture(tmp_path / "train" / "odd" / "d.jpg")
    picture(tmp_path / "val" / "nose" / "chin" / "e.jpg")
    picture(tmp_path / "val" / "incorrect" / "chin" / "f.jpg")
    (tmp_path / "train" / "with_mask" / "broken.jpg").write_bytes(b"")
    reading = read(tmp_path)
    assert [(r.split, r.wear, r.uncovered) for r in reading.records] == [
        ("test", Wear.NONE, None),
        ("train", Wear.CORRECT, None),
        ("val", Wear.INCORRECT, Uncovered.CHIN),
        ("val", Wear.INCORRECT, Uncovered.NOSE),
    ]
    assert reading.records[1].box == (0, 0, 50, 40)
    assert reading.summary() == "1 x unknown label, 1 x can't be read, 1 x several labels"


def test_folders_named_like_kaggles_are_not_taken_for_it(tmp_path: Path) -> None:
    for name in ("correct", "incorrect", "none"):
        picture(tmp_path / "train" / name / "img1.png")
    assert {r.wear for r in read(tmp_path).records} == set(Wear)


def test_boxes_follow_exif_rotation(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (80, 40)).save(tmp_path / "none" / "a.jpg", exif=exif)
    assert read(tmp_path).records[0].box == (0, 0, 40, 80)


def test_no_dataset(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no such folder"):
        read(tmp_path / "nowhere")
    with pytest.raises(DatasetError, match=r"no dataset of a known format; there are no files"):
        read(tmp_path)
    (tmp_path / "note.md").touch()
    with pytest.raises(DatasetError, match=r"note\.md: no folder of a dataset and no table"):
        read(tmp_path / "note.md")


def test_the_message_says_what_was_found_and_what_is_read(tmp_path: Path) -> None:
    picture(tmp_path / "portraits" / "a.png")
    picture(tmp_path / "portraits" / "b.png")
    (tmp_path / "notes.odt").touch()
    with pytest.raises(DatasetError) as caught:
        read(tmp_path)
    message = str(caught.value)
    assert "there are 2 .png, 1 .odt files (pictures: 2 in 'portraits')" in message
    assert "\n" not in message
    for known in FORMATS:
        assert f"{known.name} ({known.layout})" in message


def test_several_formats_in_one_folder_are_refused_by_their_names(tmp_path: Path) -> None:
    voc_set(tmp_path / "one")
    coco_set(tmp_path / "two")
    picture(tmp_path / "three" / "with_mask" / "a.png")
    with pytest.raises(DatasetError) as caught:
        read(tmp_path)
    message = str(caught.value)
    assert "PASCAL VOC (1 files, for instance one/annotations/one.xml)" in message
    assert "COCO (1 files, for instance two/annotations.json)" in message
    assert "folder per class (1 files, for instance three/with_mask/a.png)" in message
    for name in ("one", "two", "three"):
        assert read(tmp_path / name).records


def test_annotated_pictures_may_lie_in_folders_called_like_classes(tmp_path: Path) -> None:
    picture(tmp_path / "images" / "with_mask" / "a.png")
    voc(tmp_path / "annotations" / "a.xml", [("no mask", (1, 1, 9, 9))])
    picture(tmp_path / "mask" / "train" / "b.png")
    voc(tmp_path / "mask" / "train" / "b.xml", [("no mask", (1, 1, 9, 9))])
    assert {record.wear for record in read(tmp_path).records} == {Wear.NONE}
    picture(tmp_path / "with_mask" / "a.png")
    with pytest.raises(DatasetError, match="several formats"):
        read(tmp_path)


def test_pictures_of_a_list_may_lie_in_folders_called_like_classes(tmp_path: Path) -> None:
    picture(tmp_path / "images" / "with_mask" / "a.png")
    coco(tmp_path / "annotations.json", {"with_mask/a.png": [("without_mask", (1, 1, 9, 9))]})
    assert [record.wear for record in read(tmp_path).records] == [Wear.NONE]
    picture(tmp_path / "images" / "with_mask" / "without-faces.png")
    assert len(read(tmp_path).records) == 1
    picture(tmp_path / "more" / "with_mask" / "b.png")
    with pytest.raises(DatasetError, match="several formats"):
        read(tmp_path)


def test_a_table_settles_what_a_folder_is(tmp_path: Path) -> None:
    voc_set(tmp_path)
    table(tmp_path)
    assert [record.path.name for record in read(tmp_path).records] == ["a.png"]


def test_a_table_does_not_name_hidden_files(tmp_path: Path) -> None:
    table(tmp_path)
    picture(tmp_path / ".ipynb_checkpoints" / "a-checkpoint.png")
    with (tmp_path / "faces.csv").open("a") as rows:
        rows.write(".ipynb_checkpoints/a-checkpoint.png,val,none\n")
    reading = read(tmp_path)
    assert len(reading.records) == 1
    assert reading.summary() == "1 x a hidden file"


def test_a_table_with_other_columns_says_which(tmp_path: Path) -> None:
    (tmp_path / "faces.csv").write_text("file;split;wear\n")
    with pytest.raises(DatasetError, match=r"there are 'file;split;wear': commas are wanted"):
        read(tmp_path)


def test_a_split_file_settles_split_and_group(tmp_path: Path) -> None:
    published(tmp_path)
    names = [r.path.relative_to(tmp_path).as_posix() for r in read(tmp_path).records]
    rows = [f"{name},{'test' if '00001' in name else 'train'},g{i}" for i, name in enumerate(names)]
    split = tmp_path / "split.csv"
    split.write_text("\n".join(["file,split,group", *rows]))
    found = {r.path.name: (r.split, r.group) for r in read(tmp_path).records}
    assert found["00001_Mask.jpg"] == ("test", "g0")
    assert {record.split for record in read_unsplit(tmp_path).records} == {""}
    assert found["00002.png"][0] == "train"
    split.write_text("\n".join(["file,split,group", *rows[1:]]))
    with pytest.raises(DatasetError, match="is not in it"):
        read(tmp_path)
    split.write_text("\n".join(["file,split,group", *(r.replace("test", "maybe") for r in rows)]))
    with pytest.raises(DatasetError, match="split is 'maybe'"):
        read(tmp_path)
