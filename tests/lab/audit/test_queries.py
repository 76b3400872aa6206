"""What an audit takes a network to say."""

from __future__ import annotations

import numpy as np

from glassmask.lab.audit.queries import predicted_contrasts, predicted_wears
from glassmask.lab.classes import decide
from glassmask.lab.judging.judge import five_probabilities, predicted_classes
from glassmask.labels import Wear


def test_what_a_network_says() -> None:
    five = np.array([[3, 0, 0, 0, 0], [0, 1, 0, 1.5, 0], [0, 0, 1, 0.9, 0.9]], np.float32)
    assert predicted_wears(five) == [Wear.NONE, Wear.INCORRECT, Wear.INCORRECT]
    assert [(c.this, c.that) for c in predicted_contrasts(five)] == [(0, 1), (3, 1), (2, 0)]
    # The largest is *correct*, but the three incorrect classes together are likelier.
    together = np.array([[0, 2.0, 1.9, 1.8, -1]], np.float32)
    assert predicted_wears(together) == [Wear.INCORRECT]
    assert [(c.this, c.that) for c in predicted_contrasts(together)] == [(2, 1)]
    assert decide(five_probabilities(together, 1.0)[0]) == "nose"
    assert predicted_classes(together, 0.1) == [1]  # as sure as that, it says the largest
    three = np.array([[0, 2, 1], [0, 1, 2]], np.float32)
    assert predicted_wears(three) == [Wear.CORRECT, Wear.INCORRECT]
    assert [(c.this, c.that) for c in predicted_contrasts(three)] == [(1, 2), (2, 1)]
