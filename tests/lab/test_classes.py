from __future__ import annotations

import numpy as np
import pytest

from glassmask.lab.classes import CLASSES, class_index, fold_wears
from glassmask.labels import WEARS, Uncovered, Wear


def test_fold_sums_the_three_incorrect_classes() -> None:
    folded = fold_wears(np.array([0.1, 0.2, 0.3, 0.15, 0.25]))
    assert dict(zip(WEARS, folded, strict=True)) == pytest.approx(
        {Wear.CORRECT: 0.2, Wear.INCORRECT: 0.7, Wear.NONE: 0.1}
    )


def test_fold_keeps_leading_axes() -> None:
    assert fold_wears(np.full((4, 2, 5), 0.2)).shape == (4, 2, 3)


def test_fold_refuses_another_number_of_classes() -> None:
    with pytest.raises(ValueError, match=r"expected 5 .* shape \(2, 3\)"):
        fold_wears(np.zeros((2, 3)))


@pytest.mark.parametrize(
    ("wear", "uncovered", "name"),
    [
        (Wear.NONE, None, "none"),
        (Wear.CORRECT, None, "correct"),
        (Wear.INCORRECT, Uncovered.NOSE, "nose"),
        (Wear.INCORRECT, Uncovered.CHIN, "chin"),
        (Wear.INCORRECT, Uncovered.NOSE_AND_MOUTH, "nose_and_mouth"),
    ],
)
def test_class_index(wear: Wear, uncovered: Uncovered | None, name: str) -> None:
    assert CLASSES[class_index(wear, uncovered)] == name


@pytest.mark.parametrize(("wear", "part"), [(Wear.INCORRECT, None), (Wear.NONE, Uncovered.NOSE)])
def test_class_index_refuses_what_does_not_go_together(wear: Wear, part: Uncovered | None) -> None:
    with pytest.raises(ValueError, match="does not go with"):
        class_index(wear, part)
