"""Which cells answer for a face, and the loss."""

from __future__ import annotations

import pytest
import torch
from torchvision.ops import box_iou, generalized_box_iou

from glassmask.lab.tasks.finder.loss import (
    FACE,
    IGNORED,
    Assignment,
    Targets,
    assign,
    finder_loss,
    generalised_iou,
)
from glassmask.lab.tasks.finder.network import (
    STRIDES,
    FinderNetwork,
    cell_grid,
    decode_boxes,
    decode_points,
)

pytestmark = pytest.mark.heavy

SIDE = 128


def targets(*rows: tuple[tuple[float, ...], int]) -> Targets:
    """One picture's targets, points unknown."""
    boxes = torch.tensor([box for box, _ in rows])[None]
    kinds = torch.tensor([kind for _, kind in rows])[None]
    return Targets(boxes, kinds, torch.zeros(1, len(rows), 5, 2), torch.zeros(1, len(rows)).bool())


def duties(boxes: torch.Tensor, faces: list[list[float]], *pictures: int) -> Assignment:
    """Of cells that give these boxes (A, 4) in two pictures, all with a score of 0.1."""
    return assign(
        torch.full((2, len(boxes)), 0.1),
        boxes.expand(2, -1, -1),
        torch.tensor(faces).reshape(-1, 4),
        torch.tensor(pictures, dtype=torch.long),
        cell_grid(SIDE, SIDE),
    )


def small_boxes() -> torch.Tensor:
    """What cells give that know nothing: boxes of their own size."""
    grid = cell_grid(SIDE, SIDE)
    centres, strides = grid[:, :2], grid[:, 2:]
    return torch.cat([centres - strides, centres + strides], dim=1)


def test_cells_lie_in_the_middle_of_their_places() -> None:
    grid = cell_grid(64, 96)
    assert len(grid) == 8 * 12 + 4 * 6 + 2 * 3
    assert grid[0].tolist() == [4, 4, 8]
    assert grid[8 * 12 - 1].tolist() == [92, 60, 8]
    assert grid[-1].tolist() == [80, 48, 32]
    assert sorted(set(grid[:, 2].tolist())) == list(STRIDES)


def test_boxes_and_points_are_read_from_the_cell() -> None:
    said = torch.zeros(1, 1, 15)
    said[0, 0, 1:5] = torch.tensor([0.0, 0.0, 2.0, 1.0]).log1p()
    said[0, 0, 5:7] = torch.tensor([-0.5, 0.25])
    cell = torch.tensor([[40.0, 24.0, 8.0]])
    assert decode_boxes(said, cell)[0, 0].tolist() == pytest.approx([24, 8, 88, 56])
    assert decode_points(said, cell)[0, 0, 0].tolist() == [32, 28]
    cell[0, 2] = 32  # four times as far
    assert decode_points(said, cell)[0, 0, 0].tolist() == [8, 40]


def test_the_overlap_is_that_of_torchvision() -> None:
    torch.manual_seed(0)
    some, others = torch.rand(5, 4) * 50, torch.rand(5, 4) * 50
    some[:, 2:] += some[:, :2]
    others[:, 2:] += others[:, :2]
    torch.testing.assert_close(
        generalised_iou(some, others), generalized_box_iou(some, others).diagonal()
    )


def test_a_face_takes_the_cells_inside_it_that_fit_best() -> None:
    faces = [[20.0, 20.0, 60.0, 60.0], [90.0, 90.0, 110.0, 110.0]]
    boxes, centres = small_boxes(), cell_grid(SIDE, SIDE)[:, :2]
    best = int((centres - 40).norm(dim=1).argmin())
    boxes[best] = torch.tensor(faces[0])  # this cell has it right already
    found = duties(boxes, faces, 0, 0)
    score = dict(zip(found.cell.tolist(), found.score.tolist(), strict=True))
    assert score[best] == 1.0
    assert max(score.values()) == 1.0
    assert (found.picture == 0).all()
    assert 0 < int((found.face == 1).sum()) <= 9
    taken = centres[found.cell[found.face == 1]]
    assert ((taken > 90) & (taken < 110)).all()


def test_a_cell_answers_for_one_face_and_pictures_do_not_mix() -> None:
    same = [20.0, 20.0, 60.0, 60.0]
    beside = [30.0, 20.0, 70.0, 60.0]
    found = duties(small_boxes(), [same, beside, same], 0, 0, 1)
    pairs = list(zip(found.picture.tolist(), found.cell.tolist(), strict=True))
    assert len(pairs) == len(set(pairs))
    assert set(found.picture[found.face == 2].tolist()) == {1}
    assert int((found.face == 2).sum()) == 9


def test_no_faces_no_cells() -> None:
    assert all(len(part) == 0 for part in duties(small_boxes(), []))


def test_ignored_places_cost_nothing() -> None:
    torch.manual_seed(0)
    said = torch.randn(1, len(cell_grid(SIDE, SIDE)), 15)
    everything = targets(((-1.0, -1.0, SIDE + 1.0, SIDE + 1.0), IGNORED))
    assert float(finder_loss(said, everything, SIDE, SIDE)) == 0
    nothing = targets(((0.0, 0.0, 0.0, 0.0), 0))
    assert float(finder_loss(said, nothing, SIDE, SIDE)) > 0


def test_learning_finds_the_face() -> None:
    torch.manual_seed(0)
    network = FinderNetwork((8, 8, 16, 16, 16), (1, 1, 1), 16)
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
        cells = network.train().cells(photo)[0]
    best = int(cells[:, 0].argmax())
    found = decode_boxes(cells, cell_grid(SIDE, SIDE))[best]
    assert float(box_iou(found[None], there.boxes[0])) > 0.7
