"""A folded network is the same network."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from glassmask.errors import FoldingError
from glassmask.lab.networks.classifier import Classifier, Preprocessing
from glassmask.lab.networks.classifiers import build_classifier
from glassmask.lab.networks.folding import fold_batchnorm

pytestmark = pytest.mark.heavy

NETWORKS = ["inception_resnet_v1", "resnet50", "mobilenet_v2", "alexnet", "timm/efficientnet_lite0"]


@pytest.mark.parametrize("name", NETWORKS)
def test_the_same_logits_without_batchnorm(name: str) -> None:
    torch.manual_seed(0)
    network = build_classifier(name, 3)
    photos = torch.randint(0, 256, (3, 96, 96, 3), dtype=torch.uint8)
    with torch.no_grad():
        network.logits(photos)  # statistics that are not those of the start
    before = {key: value.clone() for key, value in network.state_dict().items()}
    other = fold_batchnorm(network, 96)
    assert not [m for m in other.modules() if isinstance(m, nn.BatchNorm2d)]
    assert not any(parameter.is_inference() for parameter in other.parameters())
    network.eval()
    with torch.inference_mode():
        torch.testing.assert_close(
            other.logits(photos), network.logits(photos), rtol=1e-4, atol=1e-5
        )
        if name != "alexnet":  # it pools, but has more than one layer after that
            wanted, got = network.with_evidence(), other.with_evidence()
            for one, two in zip(got.evidence(photos), wanted.evidence(photos), strict=True):
                torch.testing.assert_close(one, two, rtol=1e-3, atol=1e-4)
    assert all(torch.equal(value, before[key]) for key, value in network.state_dict().items())


class Shared(nn.Module):
    """Uses what its convolution gives twice: with BatchNorm, and without."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.norm = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)
        nn.init.uniform_(self.norm.weight, 2, 3)

    def forward(self, pixels: Tensor) -> Tensor:
        maps = self.conv(pixels)
        total: Tensor = (self.norm(maps) + maps).mean(dim=(2, 3))
        return total


def test_a_network_that_can_not_be_folded_is_told() -> None:
    torch.manual_seed(0)
    network = Classifier(Shared(), Preprocessing(8, (0, 0, 0), (9, 9, 9)), "conv")
    with pytest.raises(FoldingError, match="off by"):
        fold_batchnorm(network, 8)
