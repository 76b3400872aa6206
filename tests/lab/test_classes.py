from __future__ import annotations

import numpy as np
import pytest

from glassmask.combinations import EVERY, combination_probabilities
from glassmask.lab.classes import (
    CLASS_ANSWERS,
    CLASSES,
    answer_probabilities,
    class_index,
    class_of,
    class_probabilities,
    fold_wears,
)
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


def test_scores_of_wears_classes_and_combinations_become_classes() -> None:
    """The same beliefs, however many scores a network gives."""
    three = class_probabilities(np.log([[0.2, 0.3, 0.5]]), 1.0)
    np.testing.assert_allclose(three, [[0.2, 0.3, 0.5, 0, 0]])
    five = class_probabilities(np.log([[0.1, 0.2, 0.3, 0.15, 0.25]]), 1.0)
    np.testing.assert_allclose(five, [[0.1, 0.2, 0.3, 0.15, 0.25]])
    np.testing.assert_allclose(
        answer_probabilities(np.log([[0.1, 0.2, 0.3, 0.15, 0.25]]), 1.0), [[0.9, 0.65, 0.35, 0.25]]
    )
    logits = np.random.default_rng(3).normal(0, 2, (50, 4))
    chances = combination_probabilities(logits, EVERY, 1.3)
    scores = logits @ np.array(EVERY, np.float64).T
    np.testing.assert_allclose(
        answer_probabilities(scores, 1.3), chances @ np.array(EVERY, np.float64)
    )
    for name, column in zip(CLASSES, class_probabilities(scores, 1.3).T, strict=True):
        own = [k for k, one in enumerate(EVERY) if class_of(one) == name]
        np.testing.assert_allclose(column, chances[:, own].sum(axis=1))


def test_what_combinations_are_called() -> None:
    assert [class_of(one) for one in CLASS_ANSWERS] == list(CLASSES)
    assert {class_of(one) for one in EVERY if not one[0]} == {"none"}
    assert class_of((1, 1, 1, 1)) == class_of((1, 0, 1, 1)) == "nose_and_mouth"


def test_scores_of_another_number_are_refused() -> None:
    with pytest.raises(ValueError, match="no network gives 4 scores"):
        class_probabilities(np.zeros((2, 4)), 1.0)
