"""Does the network need what the explanation calls important?

Pixels are hidden in the order of the map, and the network is asked again: deletion and insertion
(Petsiuk et al. 2018), and ROAD (Rong et al. 2022), which fills holes so that their shape does not
give the answer away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import splu

from glassmask.lab.attribution.baselines import make_baseline
from glassmask.lab.audit.queries import crop_scores
from glassmask.lab.classes import class_probabilities, fold_wears
from glassmask.lab.networks.photo_network import PhotoNetwork

STEPS: Final = 16
"""Parts that the pixels are hidden in."""

SHARES: Final = (0.1, 0.3, 0.5, 0.7, 0.9)
"""Shares of the pixels that ROAD fills."""

_NEAR: Final = ((0, 1, 1 / 6), (1, 0, 1 / 6), (1, 1, 1 / 12), (1, -1, 1 / 12))
_NOISE: Final = 0.01 * 255  # of what is filled in, as in the paper


@dataclass(frozen=True, slots=True, eq=False)
class Faithfulness:
    """Of N maps.

    Attributes:
        deletion: float64 (N,), area under the wear's probability while the most important
            pixels go first; less is better.
        insertion: float64 (N,), likewise while they come first, over the baseline; more is better.
    """

    deletion: NDArray[np.float64]
    insertion: NDArray[np.float64]


def measure_faithfulness(
    network: PhotoNetwork,
    crops: NDArray[np.uint8],
    wears: Sequence[int] | NDArray[np.integer],
    maps: NDArray[np.float32],
    baseline: str,
) -> Faithfulness:
    """Hide and show pixels in the order of maps.

    Args:
        network: in evaluation mode.
        crops: RGB uint8 (N, S, S, 3).
        wears: position in `WEARS` of what is watched, one a crop: `incorrect` stays that, whether
            it is the nose or the chin.
        maps: float32 (N, S, S).
        baseline: what hides in deletion, and what insertion begins with.
    """
    hidden = make_baseline(baseline, torch.from_numpy(crops).float()).numpy().round()
    areas = np.zeros((len(crops), 2))
    for row, (photo, empty, place) in enumerate(
        zip(crops, hidden.astype(np.uint8), wears, strict=True)
    ):
        order = _importance_order(maps[row])
        filled = np.stack([photo, *_steps(photo, empty, order), empty])
        shown = np.stack([empty, *_steps(empty, photo, order), photo])
        chances = _wear_probabilities(network, np.concatenate([filled, shown]), int(place))
        areas[row] = _area_under(chances[: STEPS + 1]), _area_under(chances[STEPS + 1 :])
    return Faithfulness(*areas.T)


def measure_road(
    network: PhotoNetwork,
    crops: NDArray[np.uint8],
    wears: Sequence[int] | NDArray[np.integer],
    maps: NDArray[np.float32],
) -> NDArray[np.float64]:
    """Fill the most and the least important pixels from around (Rong et al. 2022).

    Arguments as those of `measure_faithfulness`.

    Returns:
        float64 (N,), mean over `SHARES` of the probability with the least important pixels filled
        less that with the most important filled; more is better.
    """
    scores = np.zeros(len(crops))
    for row, (photo, place) in enumerate(zip(crops, wears, strict=True)):
        order = _importance_order(maps[row])
        rng = np.random.default_rng(row)
        most = [fill_holes(photo, order < share, rng) for share in SHARES]
        least = [fill_holes(photo, order >= 1 - share, rng) for share in SHARES]
        chances = _wear_probabilities(network, np.stack([*most, *least]), int(place))
        scores[row] = (chances[len(SHARES) :] - chances[: len(SHARES)]).mean()
    return scores


def _importance_order(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """The share of pixels that are more important than each: float64 (S, S) in [0, 1).

    Equal ones in an order of chance, always the same: by place, and a constant map would go from
    top to bottom.
    """
    chance = np.random.default_rng(0).permutation(values.size)
    ranks = np.empty(values.size, np.int64)
    ranks[np.lexsort((chance, -values.ravel()))] = np.arange(values.size)
    return (ranks / values.size).reshape(values.shape)


def _steps(
    under: NDArray[np.uint8], over: NDArray[np.uint8], order: NDArray[np.float64]
) -> list[NDArray[np.uint8]]:
    """The picture `under`, more and more of it replaced by `over`; without its two ends."""
    return [np.where((order < step / STEPS)[..., None], over, under) for step in range(1, STEPS)]


def fill_holes(
    photo: NDArray[np.uint8], holes: NDArray[np.bool_], rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Fill holes by noisy linear imputation (Rong et al. 2022, section 4.2).

    Each hole is the weighted mean of its eight neighbours (1/6 beside, 1/12 across; less of them
    at the border), holes among them, and a little noise.

    Args:
        photo: RGB uint8 (H, W, 3).
        holes: bool (H, W).
        rng: of the noise.
    """
    if not holes.any():
        return photo
    height, width = holes.shape
    number = np.full(holes.shape, -1)
    number[holes] = np.arange(holes.sum())
    known = photo.astype(np.float64)
    rows, columns, weights = [], [], []
    sums = np.zeros(int(holes.sum()))
    known_sums = np.zeros((len(sums), 3))
    for down, right, weight in (*_NEAR, *((-d, -r, w) for d, r, w in _NEAR)):
        here = _shifted(height, width, down, right)
        there = _shifted(height, width, -down, -right)
        number_here, number_there = number[here].ravel(), number[there].ravel()
        hole = number_here >= 0
        np.add.at(sums, number_here[hole], weight)
        linked = hole & (number_there >= 0)
        rows.append(number_here[linked])
        columns.append(number_there[linked])
        weights.append(np.full(int(linked.sum()), -weight))
        visible = hole & (number_there < 0)
        np.add.at(known_sums, number_here[visible], weight * known[there].reshape(-1, 3)[visible])
    if not known_sums.any() and not photo[~holes].size:  # nothing is known
        return photo
    diagonal = np.arange(len(sums))
    matrix = coo_matrix(
        (
            np.concatenate([*weights, sums]),
            (np.concatenate([*rows, diagonal]), np.concatenate([*columns, diagonal])),
        )
    ).tocsc()
    values = splu(matrix).solve(known_sums) + rng.normal(0, _NOISE, known_sums.shape)
    out = photo.copy()
    out[holes] = np.clip(np.round(values), 0, 255).astype(np.uint8)
    return out


def _shifted(height: int, width: int, down: int, right: int) -> tuple[slice, slice]:
    """The pixels that have a neighbour so far down and to the right of them."""
    rows = slice(max(0, -down), height - max(0, down))
    return rows, slice(max(0, -right), width - max(0, right))


def _area_under(curve: NDArray[np.float64]) -> float:
    """Under a curve at equal steps from 0 to 1, by the trapezoid rule."""
    return float((curve[:-1] + curve[1:]).mean() / 2)


def _wear_probabilities(
    network: PhotoNetwork, crops: NDArray[np.uint8], wear: int
) -> NDArray[np.float64]:
    return fold_wears(class_probabilities(crop_scores(network, crops), 1.0))[:, wear]
