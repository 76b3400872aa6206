from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from glassmask.lab.masks import demo_portrait, sketch_mask

Demo = dict[str, NDArray[np.uint8]]


def covered(demo: Demo, name: str, x: float, y: float) -> bool:
    """Whether the mask changed the picture around a point of the portrait."""
    place = slice(round(y) - 2, round(y) + 3), slice(round(x) - 2, round(x) + 3)
    change = np.abs(demo[name][place].astype(int) - demo["none"][place])
    return bool(change.mean() > 25)


@pytest.mark.parametrize(
    ("name", "nose", "mouth", "chin"),
    [
        ("none", False, False, False),
        ("correct", True, True, True),
        ("nose", False, True, True),
        ("chin", True, True, False),
        ("nose_and_mouth", False, False, True),
    ],
)
def test_what_each_class_covers(demo: Demo, name: str, nose: bool, mouth: bool, chin: bool) -> None:
    _, face = demo_portrait()
    tip = face.nose_base[0], face.nose_base[1] - 8
    lips = face.lip_bottom[0], face.lip_bottom[1] - 5
    point = face.chin[0], face.chin[1] - 4
    assert [covered(demo, name, *p) for p in (tip, lips, point)] == [nose, mouth, chin]


def test_the_photo_itself_is_left_alone() -> None:
    portrait, face = demo_portrait()
    before = portrait.copy()
    sketch_mask(portrait, face, "correct")
    np.testing.assert_array_equal(portrait, before)


def test_an_unknown_class() -> None:
    portrait, face = demo_portrait()
    with pytest.raises(ValueError, match="no class 'upside_down'"):
        sketch_mask(portrait, face, "upside_down")
