"""What an audit takes a network to say."""

from __future__ import annotations

import numpy as np

from glassmask.combinations import EVERY
from glassmask.lab.attribution import Contrast, WeightedSum
from glassmask.lab.audit.queries import (
    difference_target,
    predicted_contrasts,
    predicted_targets,
    predicted_wears,
)
from glassmask.lab.classes import CLASSES, class_probabilities, decide
from glassmask.lab.judging.judge import predicted_classes
from glassmask.labels import QUESTIONS, Uncovered, Wear
from labelled import labelled


def test_what_a_network_says() -> None:
    five = np.array([[3, 0, 0, 0, 0], [0, 1, 0, 1.5, 0], [0, 0, 1, 0.9, 0.9]], np.float32)
    assert predicted_wears(five) == [Wear.NONE, Wear.INCORRECT, Wear.INCORRECT]
    assert [(c.this, c.that) for c in predicted_contrasts(five)] == [(0, 1), (3, 1), (2, 0)]
    # The largest is *correct*, but the three incorrect classes together are likelier.
    together = np.array([[0, 2.0, 1.9, 1.8, -1]], np.float32)
    assert predicted_wears(together) == [Wear.INCORRECT]
    assert [(c.this, c.that) for c in predicted_contrasts(together)] == [(2, 1)]
    assert decide(class_probabilities(together, 1.0)[0]) == "nose"
    assert predicted_classes(together, 0.1) == [1]  # as sure as that, it says the largest
    three = np.array([[0, 2, 1], [0, 1, 2]], np.float32)
    assert predicted_wears(three) == [Wear.CORRECT, Wear.INCORRECT]
    assert [(c.this, c.that) for c in predicted_contrasts(three)] == [(1, 2), (2, 1)]


def test_a_network_of_questions_is_asked_for_its_verdict() -> None:
    """Mask and nose yes, mouth and chin no: each answer with its sign."""
    logits = np.array([[3.0, 2.0, -2.0, -3.0], [-4.0, 1.0, 2.0, 1.0]], np.float32)
    scores = logits @ np.array(EVERY, np.float32).T
    assert predicted_wears(scores) == [Wear.INCORRECT, Wear.NONE]
    nose, bare = predicted_targets(QUESTIONS, scores)
    assert isinstance(nose, WeightedSum)
    assert isinstance(bare, WeightedSum)
    assert nose.weights == (1.0, 1.0, -1.0, -1.0)
    assert bare.weights == (-1.0, 1.0, 1.0, 1.0)


def test_why_a_face_is_not_as_another() -> None:
    correct, nose = labelled(Wear.CORRECT), labelled(Wear.INCORRECT, uncovered=Uncovered.NOSE)
    assert difference_target(nose, correct, CLASSES) == Contrast(2, 1)
    asked = difference_target(nose, correct, QUESTIONS)
    assert asked == WeightedSum("nose rather than correct", (0.0, 1.0, 0.0, 0.0))
    both = labelled(Wear.INCORRECT, uncovered=Uncovered.NOSE_AND_MOUTH)
    asked = difference_target(correct, both, QUESTIONS)  # of the chin, nobody says
    assert asked == WeightedSum("correct rather than nose_and_mouth", (0.0, -1.0, -1.0, 0.0))
