"""Toy networks whose evidence is where it seems to be, and one where it is not."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from glassmask.lab.networks.classifier import Classifier, Pooled, Preprocessing

SIDE = 20

_PLAIN = Preprocessing(SIDE, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))


class _Colours(nn.Module):
    """Logits: none by red, correct by green, incorrect by blue; local, or of the whole photo."""

    def __init__(self, local: bool) -> None:
        super().__init__()
        self.maps = nn.Identity() if local else _Spread()
        self.fc = nn.Linear(3, 3)
        with torch.no_grad():
            self.fc.weight.copy_(torch.eye(3) / 50)
            self.fc.bias.zero_()

    def forward(self, pixels: Tensor) -> Tensor:
        logits: Tensor = self.fc(self.maps(pixels).mean(dim=(2, 3)))
        return logits


class _Spread(nn.Module):
    """The photo's mean colour at every place."""

    def forward(self, pixels: Tensor) -> Tensor:
        return pixels.mean(dim=(2, 3), keepdim=True).expand_as(pixels)


def _classifier(local: bool) -> Classifier:
    network = _Colours(local)
    pooled = Pooled(
        lambda own: own.maps, lambda own: (own.fc.weight.detach(), own.fc.bias.detach())
    )
    return Classifier(network, _PLAIN, "maps", pooled).eval()


@pytest.fixture
def local() -> Classifier:
    """Evidence at a place comes from the pixel there."""
    return _classifier(local=True)


@pytest.fixture
def spread() -> Classifier:
    """Evidence at a place comes from everywhere."""
    return _classifier(local=False)


@pytest.fixture
def bent() -> Classifier:
    """A small network with weights at random."""
    torch.manual_seed(3)
    features = nn.Sequential(
        nn.Conv2d(3, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU(), nn.Conv2d(6, 8, 3, padding=1)
    )
    network = nn.Sequential()
    network.features = features
    network.pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    network.classifier = nn.Sequential(nn.ReLU(), nn.Linear(8, 5), nn.Tanh(), nn.Linear(5, 3))
    return Classifier(network, _PLAIN, "features").eval()


@pytest.fixture
def crops() -> NDArray[np.uint8]:
    """Two grey photos, each with a patch of blue, the second's on the right."""
    photos = np.full((2, SIDE, SIDE, 3), 60, np.uint8)
    photos[0, 4:8, 2:6] = photos[1, 4:8, 12:16] = (0, 0, 250)
    return photos
