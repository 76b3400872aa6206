"""The finder as it is shipped computes what was trained."""

from __future__ import annotations

import torch
from torch import nn

from glassmask.lab.tasks.finder.export import OnePhoto
from glassmask.lab.tasks.finder.network import (
    FinderNetwork,
    cell_grid,
    decode_boxes,
    decode_points,
)


def test_the_shipped_form_gives_what_the_trained_cells_say() -> None:
    torch.manual_seed(0)
    network = FinderNetwork((8, 8, 16, 16, 16), (1, 1, 1), 16).eval()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):  # as after training: none is the identity
            assert module.running_mean is not None
            assert module.running_var is not None
            module.running_mean.normal_(std=0.3)
            module.running_var.uniform_(0.5, 2)
    nn.init.normal_(network.head.weight, std=0.5)
    with torch.no_grad():  # numbers that 16 bits can hold: the shipped form keeps its first so
        network.first()[0].weight.copy_(network.first()[0].weight.half())
    photo = torch.randint(0, 256, (1, 96, 160, 3), dtype=torch.uint8)
    with torch.inference_mode():
        cells, grid = network.cells(photo)[0], cell_grid(96, 160)
        boxes, scores, points = OnePhoto(network)(photo)
    assert cells[:, 1:].std() > 0.1
    corners = torch.cat([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], dim=1)
    torch.testing.assert_close(corners, decode_boxes(cells, grid), rtol=2e-3, atol=0.1)
    torch.testing.assert_close(points, decode_points(cells, grid), rtol=2e-3, atol=0.1)
    torch.testing.assert_close(scores, cells[:, 0].sigmoid(), rtol=0, atol=5e-3)
