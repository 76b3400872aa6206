"""Toy networks whose explanations are known by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from glassmask.lab.networks.classifier import Classifier, Pooled, Preprocessing

PLAIN = Preprocessing(4, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
"""Photos as they are."""


class Linear(nn.Module):
    """logit[c] = mean over the photo of (weights[c] . colour) + bias[c]."""

    def __init__(self, weights: list[list[float]], biases: list[float]) -> None:
        super().__init__()
        self.maps = nn.Identity()
        self.fc = nn.Linear(3, len(weights))
        with torch.no_grad():
            self.fc.weight.copy_(torch.tensor(weights))
            self.fc.bias.copy_(torch.tensor(biases))

    def forward(self, pixels: Tensor) -> Tensor:
        logits: Tensor = self.fc(self.maps(pixels).mean(dim=(2, 3)))
        return logits


AsClassifier = Callable[[nn.Module, str], Classifier]


def _as_classifier(network: nn.Module, layer: str) -> Classifier:
    return Classifier(network, PLAIN, layer).eval()


@pytest.fixture
def as_classifier() -> AsClassifier:
    """Makes a network that takes photos out of one that takes (N, 3, H, W), 0 to 255."""
    return _as_classifier


@pytest.fixture
def linear() -> Classifier:
    """Logit 0 is the mean of red - green, logit 1 of twice blue, + 1."""
    network = Linear([[1.0, -1.0, 0.0], [0.0, 0.0, 2.0]], [0.0, 1.0])
    pooled = Pooled(
        lambda own: own.maps, lambda own: (own.fc.weight.detach(), own.fc.bias.detach())
    )
    return Classifier(network, PLAIN, "maps", pooled).eval()


class Bent(nn.Module):
    """A convolution, BatchNorm, ReLU in place, pooling, and two linear layers."""

    def __init__(self, classes: int = 3) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 6, 3, padding=1),
            nn.BatchNorm2d(6),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
            nn.Conv2d(6, 8, 3, padding=1),
            nn.ReLU(inplace=True),
        )
        self.classifier = nn.Sequential(
            nn.Dropout(0.5), nn.Linear(8, 5), nn.Tanh(), nn.Linear(5, classes)
        )

    def forward(self, pixels: Tensor) -> Tensor:
        logits: Tensor = self.classifier(self.features(pixels / 64 - 2).mean(dim=(2, 3)))
        return logits


@pytest.fixture
def bent() -> Classifier:
    torch.manual_seed(3)
    return _as_classifier(Bent(), "features.4")


@pytest.fixture
def one_class() -> Classifier:
    torch.manual_seed(1)
    return _as_classifier(Bent(classes=1), "features.3")
