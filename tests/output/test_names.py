from __future__ import annotations

import os

import pytest

from glassmask.output.names import FreeNames, printable


def test_each_name_once() -> None:
    names = FreeNames()
    taken = [names.take(path) for path in ("a/face.png", "b/face.jpg", "c/Face.png", "face-2.png")]
    assert taken == ["face", "face-2", "Face-3", "face-2-2"]


def test_names_that_a_disk_takes_for_the_same_are_told_apart() -> None:
    names = FreeNames()
    assert names.take("caf\u00e9.png") == "caf\u00e9"
    assert names.take("cafe\u0301.png") == "cafe\u0301-2"


@pytest.mark.parametrize("letter", ["x", "口", "😷"])
def test_long_names_leave_room_for_endings(letter: str) -> None:
    name = FreeNames().take(f"{letter * 300}.png")
    assert 90 < len(os.fsencode(name)) <= 100


def test_joiners_are_letters_and_controls_are_not() -> None:
    assert printable("می‌خواهم 👩‍⚕️") == "می‌خواهم 👩‍⚕️"
    assert printable("\x1b[31mred\n\u202e") == "�[31mred��"
