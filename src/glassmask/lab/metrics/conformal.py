"""Prediction sets that hold the true wear as often as promised, whatever the network.

Split conformal prediction with the least ambiguous sets (Sadinle, Lei, Wasserman 2019; Vovk,
Gammerman, Shafer 2005): a wear is in the set if its probability is at least a threshold, which
is chosen on faces that were not trained on. For a new face like them the set holds the true wear
with at least the promised probability. A network that is right more often than that gives empty
sets where it hesitates: none of the wears is likely enough to be promised.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from glassmask.lab.classes import fold_wears
from glassmask.lab.datasets import FaceRecord
from glassmask.lab.datasets.records import wear_positions

COVERAGE = 0.95
"""How often the set must hold the true wear."""


def true_probabilities(
    probabilities: NDArray[np.floating], records: Sequence[FaceRecord]
) -> NDArray[np.float64]:
    """What the network gives to the true wear: class probabilities (N, 5) to float64 (N,)."""
    wears = wear_positions(records)
    return np.asarray(fold_wears(probabilities)[np.arange(len(wears)), wears], np.float64)


def choose_threshold(true: NDArray[np.floating], coverage: float = COVERAGE) -> float:
    """The least probability of a wear in the set, from those of true wears, (N,).

    The k-th largest of them with k = ceil((N + 1) coverage), so that of N + 1 faces that are
    alike the last one is covered with at least that probability; 0, which holds every wear,
    where N is too small to promise anything.
    """
    place = math.ceil((len(true) + 1) * coverage)
    return float(np.sort(true)[::-1][place - 1]) if place <= len(true) else 0.0


def choose_confidence(probabilities: NDArray[np.floating], records: Sequence[FaceRecord]) -> float:
    """The confidence of a network's manifest: under it a verdict is unsure.

    The shown set, `glassmask.verdict.prediction_set`, is the likeliest wears that together reach
    the confidence; the promise stands if it holds every wear whose probability is at least the
    threshold. With a threshold t of one half or more, t itself does that: a promised set has
    one wear or none, and the shown one has that, or at least two. Under one half it takes
    1 - t: what comes before a wear of probability t or more is at most that. To four decimals,
    so that the shown set is never the smaller one.

    Args:
        probabilities: class probabilities (N, 5), calibrated.
        records: N labelled faces, of a split that was not trained on.
    """
    threshold = math.floor(choose_threshold(true_probabilities(probabilities, records)) * 1e4) / 1e4
    return threshold if threshold >= 0.5 else round(min(1.0, 1 - threshold + 1e-4), 4)


def estimate_coverage(
    true: NDArray[np.floating], groups: Sequence[str], rounds: int = 200, share: float = 0.5
) -> NDArray[np.float64]:
    """How often sets hold the true wear when threshold and faces are of other people.

    Args:
        true: (N,), of `true_probabilities`.
        groups: whose each face is; two groups or more.
        rounds: how many random splits, with a fixed seed.
        share: of the groups that choose the threshold.

    Returns:
        float64 (rounds,): the share of the other groups' faces whose set holds the true wear.
    """
    numbers = np.unique(list(groups), return_inverse=True)[1]
    count = int(numbers.max()) + 1
    rng = np.random.default_rng(0)
    found = []
    for _ in range(rounds):
        chosen = np.zeros(count, np.bool_)
        chosen[rng.permutation(count)[: min(max(1, round(share * count)), count - 1)]] = True
        calibrates = chosen[numbers]
        found.append(float((true[~calibrates] >= choose_threshold(true[calibrates])).mean()))
    return np.array(found)
