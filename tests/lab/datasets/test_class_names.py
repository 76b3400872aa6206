"""The one entry of a data.yaml that is read, in all the ways in which it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from glassmask.lab.datasets.class_names import read_class_names


@pytest.mark.parametrize(
    "text",
    [
        "names: [mask, no mask]",
        "names: ['mask', \"no mask\"]",
        "train: ../train/images\nnc: 2\nnames: ['mask', 'no mask']\n\nroboflow:\n  version: 1\n",
        "names:\n- mask\n- no mask\nnc: 2\n",
        "names:\n  - mask\n  - 'no mask'  # bare\nnc: 2",
        "names:\n  0: mask\n  1: no mask\nother: 3",
        "names:\n  1: no mask\n\n  # the first\n  0: 'mask'",
        "names: {0: mask, 1: 'no mask'}",
        "names: [\n  mask,\n  no mask,\n]",
        "names:\n  [mask, no mask]",
        "names :  [ mask ,no mask ] # as Roboflow has it",
        "\ufeffnames: [mask, no mask]\r\n",
    ],
)
def test_the_ways_of_writing_names(text: str, tmp_path: Path) -> None:
    path = tmp_path / "data.yaml"
    path.write_text(text, encoding="utf-8")
    assert read_class_names(path) == ("mask", "no mask")


def test_names_with_marks(tmp_path: Path) -> None:
    path = tmp_path / "data.yaml"
    path.write_text("names: ['worn, loosely', doctor's mask, 'it''s none']")
    assert read_class_names(path) == ("worn, loosely", "doctor's mask", "it's none")
    path.write_text("names:\n  2: mask\n")
    assert read_class_names(path) == ("", "", "mask")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nc: 2",
        "names:",
        "names: [a, b",
        "names: {0: a",
        "names: {mask}",
        "names: mask",
        "names: &a [*a]",
        "names: !!python/object/apply:os.system [ls]",
        "names:\n  99999: mask",
        "names: [" + "'" * 200_000,
    ],
)
def test_what_names_nothing(text: str, tmp_path: Path) -> None:
    path = tmp_path / "data.yaml"
    path.write_text(text)
    with pytest.raises(OSError, match="names"):
        read_class_names(path)


def test_a_list_of_lines(tmp_path: Path) -> None:
    path = tmp_path / "classes.txt"
    path.write_text("mask\n no mask \n")
    assert read_class_names(path) == ("mask", "no mask")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(OSError, match="no text"):
        read_class_names(path)
