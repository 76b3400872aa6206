"""LeNet-5 (LeCun et al. 1998), for colour: the literature's smallest baseline."""

from __future__ import annotations

from torch import Tensor, nn


class LeNet5(nn.Module):
    """Normalised photos (N, 3, 32, 32) to logits (N, classes).

    The paper's layers C1 to F6, each of C3's maps seeing all of S2's, and a linear output.
    """

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 6, 5), nn.Tanh(), nn.AvgPool2d(2),
            nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2),
            nn.Conv2d(16, 120, 5), nn.Tanh(),
        )  # fmt: skip
        self.classifier = nn.Sequential(
            nn.Flatten(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, classes)
        )

    def forward(self, pixels: Tensor) -> Tensor:
        """Normalised photos (N, 3, 32, 32) to logits (N, classes)."""
        logits: Tensor = self.classifier(self.features(pixels))
        return logits
