"""Which cells answer for a face, and the loss."""

from __future__ import annotations

import pytest
import torch
from torchvision.ops import box_iou, generalized_box_iou

from glassmask.lab.networks.finder import (
    FinderNetwork,
    cell_grid,
    decode_boxes,
    decode_points,
)
from glassmask.lab.training.finder_loss import (
    FACE,
    IGNORED,
    Targets,
    assign,
    finder_loss,
    generalised_iou,
    pairwise_iou,
)

SIDE = 128


def targets(*rows: tuple[tuple[float, ...], int]) -> Targets:
    """One picture's targets, points unknown."""
    boxes = torch.tensor([box for box, _ in rows])[None]
    kinds = torch.tensor([kind for _, kind in rows])[None]
    return Targets(boxes, kinds, torch.zeros(1, len(rows), 5, 2), torch.zeros(1, len(rows)).bool())


def test_cells_lie_in_the_middle_of_their_places() -> None:
    centres, strides = cell_grid(64, 96)
    assert len(centres) == 8 * 12 + 4 * 6 + 2 * 3
    assert centres[0].tolist() == [4, 4]
    assert centres[-1].tolist() == [80, 48]
    assert strides[[0, -1], 0].tolist() == [8, 32]


def test_boxes_and_points_are_read_from_the_cell() -> None:
    said = torch.zeros(1, 1, 15)
    said[0, 0, 1:5] = torch.tensor([0.0, 0.0, 2.0, 1.0]).log1p()
    said[0, 0, 5:7] = torch.tensor([-0.5, 0.25])
    centre, stride = torch.tensor([[40.0, 24.0]]), torch.tensor([[16.0]])
    assert decode_boxes(said, centre, stride)[0, 0].tolist() == pytest.approx([8, -8, 136, 88])
    assert decode_points(said, centre, stride)[0, 0, 0].tolist() == [24, 32]


def test_overlaps_are_those_of_torchvision() -> None:
    torch.manual_seed(0)
    some, others = torch.rand(7, 4) * 50, torch.rand(5, 4) * 50
    some[:, 2:] += some[:, :2]
    others[:, 2:] += others[:, :2]
    torch.testing.assert_close(pairwise_iou(some, others), box_iou(some, others))
    torch.testing.assert_close(
        generalised_iou(some[:5], others), generalized_box_iou(some[:5], others).diagonal()
    )


def test_a_face_takes_the_cells_inside_it_that_fit_best() -> None:
    centres, strides = cell_grid(SIDE, SIDE)
    faces = torch.tensor([[20.0, 20.0, 60.0, 60.0], [90.0, 90.0, 110.0, 110.0]])
    boxes = torch.cat([centres - strides, centres + strides], dim=1)
    best = int(((centres - 40).norm(dim=1) + (strides[:, 0] != 16) * 99).argmin())
    boxes[best] = faces[0]  # this cell has it right already
    face, wanted = assign(torch.full((len(centres),), 0.1), boxes, faces, centres, strides)
    assert face[best] == 0
    assert wanted[best] == 1.0
    assert (wanted[face == 0] <= 1.0).all()
    assert 0 < (face == 1).sum() <= 9
    taken = centres[face == 1]
    assert ((taken > 90) & (taken < 110)).all()
    assert (wanted[face < 0] == 0).all()


def test_large_faces_are_left_to_coarse_cells() -> None:
    centres, strides = cell_grid(256, 256)
    boxes = torch.cat([centres - strides, centres + strides], dim=1)
    whole = torch.tensor([[10.0, 10.0, 240.0, 240.0]])
    face, _ = assign(torch.full((len(centres),), 0.1), boxes, whole, centres, strides)
    assert strides[face == 0].min() == 32


def test_no_faces_no_cells() -> None:
    centres, strides = cell_grid(SIDE, SIDE)
    boxes = torch.cat([centres - strides, centres + strides], dim=1)
    face, wanted = assign(torch.rand(len(centres)), boxes, torch.zeros(0, 4), centres, strides)
    assert (face == -1).all()
    assert (wanted == 0).all()


def test_ignored_places_cost_nothing() -> None:
    torch.manual_seed(0)
    said = torch.randn(1, len(cell_grid(SIDE, SIDE)[0]), 15)
    everything = targets(((-1.0, -1.0, SIDE + 1.0, SIDE + 1.0), IGNORED))
    assert float(finder_loss(said, everything, SIDE, SIDE)) == 0
    nothing = targets(((0.0, 0.0, 0.0, 0.0), 0))
    assert float(finder_loss(said, nothing, SIDE, SIDE)) > 0


def test_learning_finds_the_face() -> None:
    torch.manual_seed(0)
    network = FinderNetwork((8, 8, 16, 16, 16))
    photo = torch.full((1, SIDE, SIDE, 3), 60, dtype=torch.uint8)
    photo[:, 40:80, 32:72] = 220
    there = targets(((32.0, 40.0, 72.0, 80.0), FACE))
    optimizer = torch.optim.Adam(network.parameters(), 0.01)
    for _ in range(60):
        optimizer.zero_grad()
        loss = finder_loss(network.cells(photo), there, SIDE, SIDE)
        torch.autograd.backward(loss)
        optimizer.step()
    with torch.inference_mode():
        boxes, scores, _ = network.train()(photo)
    best = boxes[0, int(scores[0].argmax())]
    found = torch.cat([best[:2], best[:2] + best[2:]])
    assert float(box_iou(found[None], there.boxes[0])) > 0.7
