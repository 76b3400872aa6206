"""Recall and false finds of a face finder, by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision.ops import box_iou

from glassmask.faces.crop import Box
from glassmask.lab.datasets.scenes import REJECT, Scene, SceneFace, SceneLabel
from glassmask.lab.metrics.detection import Find, choose_score, iou, tally
from glassmask.labels import Wear


def scene(*faces: tuple[Box, SceneLabel], unlabelled: tuple[Box, ...] = ()) -> Scene:
    """A scene of 320 x 240 pixels."""
    rows = tuple(SceneFace(box, label) for box, label in faces)
    return Scene(Path("s.jpg"), "val", "g", (320, 240), rows, unlabelled)


def find(*rows: tuple[Box, float]) -> Find:
    """What a finder gave."""
    boxes = np.array([box for box, _ in rows], np.float64).reshape(-1, 4)
    return Find(boxes, np.array([score for _, score in rows]))


def test_hits_false_finds_and_what_counts_neither_way() -> None:
    photo = scene(
        ((10, 10, 20, 20), Wear.CORRECT),
        ((100, 10, 40, 50), Wear.NONE),
        ((200, 100, 30, 30), REJECT),
        unlabelled=((10, 100, 30, 30),),
    )
    held = tally(
        [photo],
        [
            find(
                ((11, 11, 20, 20), 0.9),  # the first face
                ((10, 10, 20, 20), 0.8),  # the same again: no hit, but no false find either
                ((200, 100, 30, 30), 0.7),  # the one that can't be judged
                ((12, 100, 30, 30), 0.6),  # the unlabelled one
                ((280, 200, 30, 30), 0.5),  # nothing
            )
        ],
    )
    assert held.hits.tolist() == [True, False]
    assert held.sizes.tolist() == [40.0, 80.0]  # the longer side is scaled from 320 to 640
    assert held.false == 1
    assert held.recall().value == 0.5
    assert held.recall(24, 48).value == 1.0
    assert held.recall(labels=(Wear.NONE,)).hits == 0
    assert held.recall(48, 96, (Wear.CORRECT,)).count == 0


def test_one_find_is_one_face() -> None:
    photo = scene(((10, 10, 40, 40), Wear.NONE), ((14, 10, 40, 40), Wear.NONE))
    assert tally([photo], [find(((12, 10, 40, 40), 0.9))]).hits.sum() == 1


def test_nothing_found_and_nothing_there() -> None:
    held = tally([scene(), scene(((1, 1, 9, 9), Wear.NONE))], [find(), find()])
    assert (held.false_per_photo, held.hits.tolist()) == (0.0, [False])


def test_the_score_is_the_lowest_that_keeps_the_promise() -> None:
    photos = [scene(((10, 10, 20, 20), Wear.NONE))] * 2
    finds = [
        find(((10, 10, 20, 20), 0.3), ((200, 10, 20, 20), 0.2)),
        find(((10, 10, 20, 20), 0.9), ((200, 10, 20, 20), 0.6)),
    ]
    assert choose_score(photos, finds, max_false=0.0) == 0.9
    assert choose_score(photos, finds, max_false=0.5) == 0.3
    assert choose_score(photos, finds, max_false=1.0) == 0.2


def test_overlap_is_that_of_torchvision() -> None:
    rng = np.random.default_rng(0)
    some, others = rng.uniform(1, 50, (6, 4)), rng.uniform(1, 50, (5, 4))

    def corners(boxes: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], 1))

    wanted = box_iou(corners(some), corners(others)).numpy()
    assert iou(some, others) == pytest.approx(wanted)
    assert iou(some, np.zeros((0, 4))).shape == (6, 0)
