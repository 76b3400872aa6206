"""The project's own network: a backbone that ends in an evidence head of the four questions."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from glassmask.combinations import EVERY
from glassmask.errors import NetworkNameError
from glassmask.lab.networks.backbones import BACKBONES
from glassmask.lab.networks.photo_network import EvidenceHead, EvidenceModel
from glassmask.lab.networks.pretrained import IMAGENET_MEAN, IMAGENET_STD
from glassmask.labels import QUESTIONS


class EvidenceNetwork(EvidenceModel):
    """Photos in; logits and evidence of `QUESTIONS` out; normalisation is part of the graph.

    Attributes:
        combinations: of answers, those that it tells apart.

    Args:
        stem: first stages of the backbone, kept as they were pretrained.
        body: the rest of the backbone.
        channels: channels that `body` gives.
        dropout: probability that a channel is dropped before the head, in training.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self, stem: nn.Module, body: nn.Module, channels: int, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.stem, self.body = stem, body
        self.combinations = EVERY
        self.head = EvidenceHead(channels, len(QUESTIONS), dropout)
        for name, values in (("mean", IMAGENET_MEAN), ("std", IMAGENET_STD)):
            pixels = 255 * torch.tensor(values).reshape(1, 3, 1, 1)
            self.register_buffer(name, pixels, persistent=False)
        self.stem.requires_grad_(False)

    def train(self, mode: bool = True) -> EvidenceNetwork:
        """Switch modes; the frozen stem stays in evaluation mode."""
        super().train(mode)
        self.stem.eval()
        return self

    def activations(self, crops: Tensor) -> Tensor:
        """Crops, RGB uint8 (N, H, W, 3), to the activations (N, K, h, w) that enter the head."""
        pixels = crops.permute(0, 3, 1, 2).float()  # (N, 3, H, W), channels_last in memory
        # Nothing of the frozen stem is recorded for a backward pass, unless the crops ask for it.
        high: Tensor = self.body(self.stem((pixels - self.mean) / self.std))
        return high

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor]:
        """Crops, RGB uint8 (N, H, W, 3), to logits (N, 4) and evidence (N, 4, h, w), float32."""
        logits, evidence = self.head(self.activations(crops))
        return logits, evidence

    def scores(self, logits: Tensor) -> Tensor:
        """The scores (N, K) of the combinations: the sums of the logits of their yeses."""
        return logits @ logits.new_tensor(self.combinations).T


def build_network(
    backbone: str, init: str, stride: int, frozen: int, dropout: float, window: int | None = None
) -> EvidenceNetwork:
    """Build a backbone with an evidence head on it.

    Args:
        backbone: one of `BACKBONES`.
        init: `imagenet` or `random`.
        stride: pixels of the crop from one cell of the map to the next.
        frozen: how many of its first stages keep their weights.
        dropout: probability that a channel is dropped before the head, in training.
        window: side of the square of pixels that a cell may see; None: as much as it does.

    Raises:
        NetworkNameError: a backbone or stride that does not exist, or a window that it can't have.
    """
    if backbone not in BACKBONES:
        raise NetworkNameError(f"no backbone {backbone!r}; there are: {', '.join(BACKBONES)}")
    stem, body, channels = BACKBONES[backbone](init, stride, frozen, window)
    network = EvidenceNetwork(stem, body, channels, dropout)
    return network.to(memory_format=torch.channels_last)
