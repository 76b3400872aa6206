"""Does an answer come from the part that it is about? Hide the part, and ask all four again.

Who says that the nose is uncovered must have seen it: with the nose hidden, that answer leaves
*uncovered*, and the other answers, whose parts are as they were, stay. One place is hidden, named
beforehand, so that a map's shape plays no part, as it does where pixels are hidden in its order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glassmask.lab.audit.queries import crop_scores
from glassmask.lab.classes import said_signs
from glassmask.lab.datasets.pairs import widened
from glassmask.lab.judging.hiding import Fill, hide
from glassmask.lab.networks.photo_network import PhotoNetwork
from glassmask.labels import QUESTIONS, Part, Question

_MARGIN = 1 / 40  # of the crop's side: what is hidden around the part


@dataclass(frozen=True, slots=True, eq=False)
class Hiding:
    """Of N parts that a network calls uncovered; NaN where it does not.

    Attributes:
        leaves: float64 (N,), 1 where the answer leaves *uncovered* when the part is hidden, else 0.
        stay: float64 (N,), 1 where the three other answers stay as they were, else 0.
    """

    leaves: NDArray[np.float64]
    stay: NDArray[np.float64]


def measure_hiding(
    network: PhotoNetwork,
    crops: NDArray[np.uint8],
    parts: Sequence[Part],
    places: NDArray[np.bool_],
    fill: Fill,
    temperature: float = 1.0,
) -> Hiding:
    """Hide one part of each crop, and see which answers change.

    Args:
        network: in evaluation mode; one that answers the questions.
        crops: RGB uint8 (N, S, S, 3).
        parts: which part of each is hidden: one that its label calls uncovered.
        places: bool (N, S, S), where that is.
        fill: what is put there.
        temperature: by which the network is calibrated.
    """
    radius = max(1, round(crops.shape[1] * _MARGIN))
    hidden = np.stack(
        [
            hide(crop, widened(place, radius), fill, np.random.default_rng(row))
            for row, (crop, place) in enumerate(zip(crops, places, strict=True))
        ]
    )
    before, after = (
        said_signs(crop_scores(network, some), temperature) for some in (crops, hidden)
    )
    asked = np.array([QUESTIONS.index(Question(part)) for part in parts])
    rows = np.arange(len(crops))
    known = (before[rows, asked] > 0) & places.any(axis=(1, 2))
    leaves = after[rows, asked] <= 0
    same = before == after
    same[rows, asked] = True
    return Hiding(
        np.where(known, leaves, np.nan).astype(np.float64),
        np.where(known, same.all(axis=1), np.nan).astype(np.float64),
    )
