"""A bounded network sees what it says, and nothing else: asked by autograd."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from glassmask.lab.networks import build_network
from glassmask.lab.networks.windows import limit_receptive_field, receptive_field


@pytest.mark.parametrize(
    ("wanted", "seen"), [(None, 395), (160, 139), (80, 75), (60, 59), (43, 43)]
)
def test_a_cell_sees_its_window_only(wanted: int | None, seen: int) -> None:
    """395 = 3 + 2 * 4 + 2 * 8 + 3 * 16 + 10 * 32: 3x3 kernels at steps of 1, 2, 4, 8 and 16."""
    torch.manual_seed(0)
    network = build_network("mobilenet_v2", "random", 16, 0, 0.0, wanted).eval()
    assert isinstance(network.stem, nn.Sequential)
    assert isinstance(network.body, nn.Sequential)
    assert receptive_field(network.stem + network.body) == seen
    if wanted is None:
        return
    size, cell = 256, 8
    pixels = torch.rand(1, size, size, 3) * 255
    pixels.requires_grad_()
    _, evidence = network(pixels)
    (slopes,) = torch.autograd.grad(evidence[0, :, cell, cell].sum(), pixels)
    touched = slopes[0].abs().sum(dim=2) > 0  # (S, S)
    rows, columns = touched.any(dim=1).nonzero()[:, 0], touched.any(dim=0).nonzero()[:, 0]
    for ends in (rows, columns):
        assert 0.9 * seen <= int(ends.max() - ends.min()) + 1 <= seen
    assert abs(float(rows.double().mean()) - 16 * cell) < 16


def test_what_is_narrowed_says_the_same_of_a_plain_surface() -> None:
    torch.manual_seed(0)
    stages = nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1, bias=False),
        nn.Conv2d(4, 4, 3, stride=2, padding=1, groups=4, bias=False),
    )
    plain = torch.ones(1, 3, 9, 9)
    before = stages(plain)[0, :, 2, 2]
    limit_receptive_field(stages, 3)
    assert receptive_field(stages) == 3
    after = stages(plain)
    assert after.shape == (1, 4, 5, 5)
    torch.testing.assert_close(after[0, :, 2, 2], before)


def test_a_window_that_can_not_be_had() -> None:
    stages = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Conv2d(4, 4, 3))
    with pytest.raises(ValueError, match="a window of 4 pixels is too small: 1 sees 5"):
        limit_receptive_field(stages, 4)
