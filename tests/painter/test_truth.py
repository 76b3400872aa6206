from __future__ import annotations

import numpy as np
import pytest

from glassmask.errors import PaintError
from glassmask.labels import QUESTIONS
from glassmask.painter.regions import Region
from glassmask.painter.truth import (
    ANSWERS,
    VISIBLE,
    Painted,
    check_truth,
    hidden_shares,
    require_told,
)
from glassmask.painter.wearing import WAYS


def regions(*values: Region) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A map of ten pixels for each value, one below the other."""
    return np.repeat(np.array(values, np.uint8), 10).reshape(-1, 10)


BARE = regions(Region.NOSE, Region.MOUTH, Region.CHIN)
PICTURE = np.zeros((3, 10, 3), np.uint8)


def test_every_way_has_answers_and_a_truth_to_check() -> None:
    assert set(ANSWERS) == set(VISIBLE) == {"none", *WAYS}
    assert {len(answers) for answers in ANSWERS.values()} == {len(QUESTIONS)}


@pytest.mark.parametrize(
    ("way", "answers"),
    [
        ("none", (False, True, True, True)),
        ("correct", (True, False, False, False)),
        ("nose", (True, True, False, False)),
        ("nose_and_mouth", (True, True, True, None)),
    ],
)
def test_what_a_label_says_of_the_questions(way: str, answers: tuple[bool | None, ...]) -> None:
    assert tuple(Painted(PICTURE, BARE, way).answers.values()) == answers


def test_a_part_of_which_more_than_a_quarter_is_hidden_is_open() -> None:
    covered = BARE.copy()
    covered[0, :2] = Region.OBJECT
    covered[1, :3] = Region.OBJECT
    hidden = hidden_shares(covered, BARE)
    assert tuple(hidden.values()) == pytest.approx((0.2, 0.3, 0.0))
    painted = Painted(PICTURE, covered, "none", hidden)
    assert tuple(painted.answers.values()) == (False, True, None, True)


def test_a_part_outside_of_the_photo_is_not_hidden_by_anything() -> None:
    bare = regions(Region.NOSE, Region.MOUTH)
    assert hidden_shares(bare, bare)[Region.CHIN] == 0


def test_a_label_that_the_picture_does_not_show_is_refused() -> None:
    masked = regions(Region.MASK, Region.MASK, Region.MASK)
    check_truth(Painted(PICTURE, masked, "correct"), BARE)
    with pytest.raises(PaintError, match="worn 'nose', 0% of the nose is visible"):
        check_truth(Painted(PICTURE, masked, "nose"), BARE)


def test_a_mask_that_is_mostly_hidden_is_refused() -> None:
    worn = Painted(PICTURE, regions(Region.MASK, Region.MASK, Region.MASK), "correct")
    left = regions(Region.MASK, Region.OBJECT, Region.OBJECT)
    with pytest.raises(PaintError, match="hides most of the mask"):
        require_told(Painted(PICTURE, left, "correct"), worn)
    half = Painted(PICTURE, left, "correct", hidden_shares(left, BARE))
    with pytest.raises(PaintError, match="hides 100% of the mouth"):
        require_told(half, worn)
