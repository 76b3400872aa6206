from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from glassmask.faces.nms import suppress


def iou(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    w = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    h = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    shared = max(w, 0.0) * max(h, 0.0)
    return float(shared / (one[2] * one[3] + other[2] * other[3] - shared))


def brute(boxes: NDArray[np.float64], scores: NDArray[np.float64], overlap: float) -> list[int]:
    """Keep a box unless one that is kept, with a better score, overlaps it too much."""
    kept: list[int] = []
    for i in sorted(range(len(boxes)), key=lambda i: (-scores[i], *boxes[i])):
        if all(iou(boxes[i], boxes[j]) <= overlap for j in kept):
            kept.append(i)
    return kept


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("overlap", [0.0, 0.3, 0.7, 1.0])
def test_as_brute_force(seed: int, overlap: float) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(0, 60))
    boxes = np.concatenate([rng.uniform(0, 50, (count, 2)), rng.uniform(5, 40, (count, 2))], axis=1)
    scores = rng.integers(0, 8, count) / 8  # with ties
    assert suppress(boxes, scores, overlap).tolist() == brute(boxes, scores, overlap)


def test_the_order_of_the_boxes_does_not_matter() -> None:
    rng = np.random.default_rng(3)
    boxes = rng.integers(1, 30, (80, 4)).astype(float)
    scores = rng.integers(0, 3, 80) / 3
    kept = boxes[suppress(boxes, scores, 0.4)]
    order = rng.permutation(80)
    np.testing.assert_array_equal(boxes[order][suppress(boxes[order], scores[order], 0.4)], kept)


def test_by_hand() -> None:
    boxes = np.array([[0, 0, 10, 10], [1, 0, 10, 10], [20, 0, 10, 10]], float)  # IoU 90 / 110
    scores = np.array([0.5, 0.9, 0.1])
    assert suppress(boxes, scores, 0.8).tolist() == [1, 2]
    assert suppress(boxes, scores, 0.82).tolist() == [1, 0, 2]
    assert suppress(np.zeros((0, 4)), np.zeros(0), 0.5).tolist() == []


def test_a_box_in_another_goes_if_asked() -> None:
    boxes = np.array([[0.0, 0, 100, 100], [10, 10, 30, 30], [90, 90, 40, 40]])
    scores = np.array([0.9, 0.8, 0.7])
    assert suppress(boxes, scores, 0.5).tolist() == [0, 1, 2]
    assert suppress(boxes, scores, 0.5, within=0.7).tolist() == [0, 2]
    assert suppress(boxes, scores[::-1], 0.5, within=0.7).tolist() == [2, 1]  # around the better
