from __future__ import annotations

import numpy as np
import pytest
import torch

from glassmask.lab.networks import EvidenceHead, EvidenceNetwork, build_network


@pytest.fixture(scope="module")
def network() -> EvidenceNetwork:
    torch.manual_seed(0)
    return build_network("mobilenet_v2", "random", 16, 4, 0.2).eval()


@pytest.fixture(scope="module")
def crops() -> torch.Tensor:
    rng = np.random.default_rng(0)
    return torch.from_numpy(rng.integers(0, 256, (3, 160, 160, 3), dtype=np.uint8))


def test_head_by_hand() -> None:
    head = EvidenceHead(2, 2)
    with torch.no_grad():
        head.weight.copy_(torch.tensor([[1.0, 2.0], [-1.0, 0.5]]).reshape(2, 2, 1, 1))
        head.bias.copy_(torch.tensor([0.5, -0.5]))
    activations = torch.tensor([[[[1.0, 0.0], [2.0, 1.0]], [[0.0, 3.0], [1.0, 0.0]]]])
    logits, evidence = head(activations)
    assert evidence[0].tolist() == [[[1, 6], [4, 1]], [[-1, 1.5], [-1.5, -1]]]
    assert logits[0].tolist() == [3.5, -1.0]


@pytest.mark.parametrize(("stride", "cells"), [(16, 10), (32, 5)])
def test_the_map_is_as_fine_as_the_stride_says(stride: int, cells: int) -> None:
    network = build_network("mobilenet_v2", "random", stride, 0, 0.0).eval()
    logits, evidence = network(torch.zeros(2, 160, 160, 3, dtype=torch.uint8))
    assert logits.shape == (2, 4)
    assert evidence.shape == (2, 4, cells, cells)


def test_grad_cam_by_autograd_is_relu_of_the_evidence(
    network: EvidenceNetwork, crops: torch.Tensor
) -> None:
    """Selvaraju et al. 2017, eq. 1-2, at the activations that enter the 1x1 convolution."""
    activations = network.activations(crops).detach().requires_grad_()
    logits, evidence = network.head(activations)
    for target in range(4):
        (gradient,) = torch.autograd.grad(logits[:, target].sum(), activations, retain_graph=True)
        alpha = gradient.mean(dim=(2, 3), keepdim=True)  # (N, K, 1, 1)
        cam = (alpha * activations).sum(dim=1).relu()  # (N, h, w)
        expected = evidence[:, target].relu() / evidence[0, 0].numel()
        error = (cam - expected).detach().abs().max() / expected.detach().max().clamp(min=1e-12)
        assert float(error) <= 1e-5


def test_normalisation_is_inside(network: EvidenceNetwork, crops: torch.Tensor) -> None:
    from torchvision.transforms.functional import normalize

    pixels = crops.permute(0, 3, 1, 2).float() / 255
    by_hand = normalize(pixels, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    with torch.no_grad():
        expected = network.head(network.body(network.stem(by_hand)))[0]
        np.testing.assert_allclose(network(crops)[0], expected, atol=1e-4)


def test_under_autocast_the_logit_is_still_the_mean_of_the_map(
    network: EvidenceNetwork, crops: torch.Tensor
) -> None:
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        logits, evidence = network(crops)
    assert logits.dtype == evidence.dtype == torch.float32
    np.testing.assert_allclose(
        logits, evidence.mean(dim=(2, 3)) + network.head.bias.detach(), atol=1e-5
    )


def test_the_frozen_stem_stays_as_it_is(crops: torch.Tensor) -> None:
    network = build_network("mobilenet_v2", "random", 16, 4, 0.0).train()
    before = {k: v.clone() for k, v in network.stem.state_dict().items()}
    torch.autograd.backward(network(crops)[0].sum())
    assert all(p.grad is None for p in network.stem.parameters())
    assert all(p.grad is not None for p in network.body.parameters())
    for name, value in network.stem.state_dict().items():
        assert torch.equal(value, before[name]), name


def test_unknown_names_are_told() -> None:
    with pytest.raises(ValueError, match="no backbone 'vgg'"):
        build_network("vgg", "random", 16, 0, 0.0)
    with pytest.raises(ValueError, match="stride 16 or 32, not 8"):
        build_network("mobilenet_v2", "random", 8, 0, 0.0)
