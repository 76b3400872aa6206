"""Answers that go together: by hand, against independent questions, against the five classes."""

from __future__ import annotations

import numpy as np
import pytest

from glassmask.combinations import (
    EVERY,
    answer_probabilities,
    combination_probabilities,
    likeliest,
    require_combinations,
    uncovered_parts,
    wear_of,
    wear_probabilities,
)
from glassmask.lab.classes import (
    CLASS_ANSWERS,
    CLASS_SIGNS,
    CLASSES,
    UNCOVERED_OF_CLASS,
    WEAR_OF_CLASS,
    class_probabilities,
    decide,
    fold_wears,
)
from glassmask.lab.classes import answer_probabilities as answers_of_classes
from glassmask.labels import Wear

LOGITS = np.random.default_rng(0).normal(0, 2, (200, 4))


def test_over_all_sixteen_the_questions_are_independent() -> None:
    chances = answer_probabilities(combination_probabilities(LOGITS, EVERY, 1.0), EVERY)
    np.testing.assert_allclose(chances, 1 / (1 + np.exp(-LOGITS)), atol=1e-12)


def test_the_five_classes_are_five_combinations() -> None:
    logits = np.random.default_rng(1).normal(0, 3, (200, 5)).astype(np.float32)
    signs = np.array(CLASS_SIGNS)  # (4, 5): the questions' logits of the classes'
    for row in logits:
        classes = class_probabilities(row, 1.7)
        own = combination_probabilities(signs @ row, CLASS_ANSWERS, 1.7)
        np.testing.assert_allclose(own, classes, atol=1e-6)
        np.testing.assert_allclose(
            wear_probabilities(own, CLASS_ANSWERS), fold_wears(classes), atol=1e-6
        )
        np.testing.assert_allclose(
            answer_probabilities(own, CLASS_ANSWERS), answers_of_classes(row, 1.7), atol=1e-6
        )
        assert likeliest(own, CLASS_ANSWERS) == CLASS_ANSWERS[CLASSES.index(decide(classes))]


@pytest.mark.parametrize("name", CLASSES)
def test_what_a_combination_amounts_to(name: str) -> None:
    combination = CLASS_ANSWERS[CLASSES.index(name)]
    assert wear_of(combination) is WEAR_OF_CLASS[name]
    if name != "none":
        assert uncovered_parts(combination) == UNCOVERED_OF_CLASS[name]


def test_every_combination_is_one_that_a_network_may_know() -> None:
    assert len(EVERY) == 16
    require_combinations(EVERY)


def test_by_hand() -> None:
    known = ((0, 1, 1, 1), (1, 0, 0, 0), (1, 1, 0, 0))
    chances = combination_probabilities(np.array([1.0, 0.5, -1.0, 0.5]), known, 2.0)
    powers = np.exp(np.array([0.0, 1.0, 1.5]) / 2)
    np.testing.assert_allclose(chances, powers / powers.sum())
    np.testing.assert_allclose(wear_probabilities(chances, known), chances[[1, 2, 0]])
    assert likeliest(chances, known) == (1, 1, 0, 0)


def test_incorrect_ones_together_may_be_likelier_than_the_likeliest() -> None:
    known = ((1, 0, 0, 0), (1, 1, 0, 0), (1, 0, 0, 1))
    chances = np.array([0.4, 0.35, 0.25])
    assert wear_of(likeliest(chances, known)) is Wear.INCORRECT
