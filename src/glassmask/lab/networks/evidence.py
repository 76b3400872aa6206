"""A classifier whose explanation is its own computation: the evidence head.

    evidence[c, i, j] = sum_k W[c, k] * A[k, i, j]
    logit[c]          = mean_ij evidence[c, i, j] + b[c]

A are the activations that enter the 1x1 convolution, after BatchNorm and ReLU. The gradient of
a logit by A[k, i, j] is W[c, k] / (h w), the same at every place, so Grad-CAM (Selvaraju et al.
2017, eq. 1-2: alpha_k = mean_ij of the gradient, map = ReLU(sum_k alpha_k A_k)) at A equals
ReLU(evidence[c]) / (h w). No backward pass is needed to have it, for any class.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from glassmask.lab.networks.backbones import BACKBONES
from glassmask.lab.networks.photo_network import PhotoNetwork
from glassmask.lab.networks.pretrained import IMAGENET_MEAN, IMAGENET_STD
from glassmask.labels import CLASSES


class EvidenceHead(nn.Module):
    """A 1x1 convolution to one map per class; a logit is its map's mean plus a bias."""

    def __init__(self, channels: int, classes: int = len(CLASSES), dropout: float = 0.0) -> None:
        super().__init__()
        self.dropout = nn.Dropout2d(dropout)
        self.weight = nn.Parameter(torch.empty(classes, channels, 1, 1))
        self.bias = nn.Parameter(torch.zeros(classes))
        nn.init.normal_(self.weight, std=0.01)

    def forward(self, activations: Tensor) -> tuple[Tensor, Tensor]:
        """Activations (N, K, h, w) to logits (N, C) and evidence (N, C, h, w), both float32."""
        evidence = nn.functional.conv2d(self.dropout(activations), self.weight)  # (N, C, h, w)
        evidence = evidence.float()  # under autocast too: the mean of the map *is* the logit
        return evidence.mean(dim=(2, 3)) + self.bias, evidence


class EvidenceGiver(PhotoNetwork):
    """Gives logits (N, C) and evidence (N, C, h, w), float32, from an evidence head.

    Attributes:
        head: the evidence head; it stands on what `body` gives.
    """

    cam_layer = "body"
    head: EvidenceHead

    def logits(self, photos: Tensor) -> Tensor:
        """Logits (N, C), float32."""
        logits, _ = self.evidence(photos)
        return logits

    def evidence(self, photos: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (N, C) and evidence (N, C, h, w), float32."""
        logits, evidence = self(photos)
        return logits, evidence

    def with_evidence(self) -> EvidenceGiver:
        """Itself."""
        return self


class EvidenceNetwork(EvidenceGiver):
    """Photos in, logits and evidence out; normalisation is part of the graph.

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
        self.head = EvidenceHead(channels, dropout=dropout)
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
        """Crops, RGB uint8 (N, H, W, 3), to logits (N, 5) and evidence (N, 5, h, w), float32."""
        logits, evidence = self.head(self.activations(crops))
        return logits, evidence


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
        ValueError: a backbone or stride that does not exist, or a window that it can't have.
    """
    if backbone not in BACKBONES:
        raise ValueError(f"no backbone {backbone!r}; there are: {', '.join(BACKBONES)}")
    stem, body, channels = BACKBONES[backbone](init, stride, frozen, window)
    network = EvidenceNetwork(stem, body, channels, dropout)
    return network.to(memory_format=torch.channels_last)
