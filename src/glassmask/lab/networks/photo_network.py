"""What every network that judges photos of faces is, and the evidence head that explains itself.

    evidence[c, i, j] = sum_k W[c, k] * A[k, i, j]
    logit[c]          = mean_ij evidence[c, i, j] + b[c]

A are the activations that enter the 1x1 convolution, after BatchNorm and ReLU. The gradient of
a logit by A[k, i, j] is W[c, k] / (h w), the same at every place, so Grad-CAM (Selvaraju et al.
2017, eq. 1-2: alpha_k = mean_ij of the gradient, map = ReLU(sum_k alpha_k A_k)) at A equals
ReLU(evidence[c]) / (h w). No backward pass is needed to have it, for any class.
"""

from __future__ import annotations

from abc import abstractmethod

import torch
from torch import Tensor, nn


class PhotoNetwork(nn.Module):
    """Takes photos as they are; normalisation is its own affair.

    Photos are RGB (N, H, W, 3) in photo values, 0 to 255: uint8, or float32 where a gradient
    is asked for.

    Attributes:
        cam_layer: name of the module whose output Grad-CAM weighs: the last with maps.
    """

    cam_layer: str

    @abstractmethod
    def logits(self, photos: Tensor) -> Tensor:
        """Logits (N, C), float32."""

    def scores(self, logits: Tensor) -> Tensor:
        """What a judge takes of logits (N, C): these, or scores of combinations of answers."""
        return logits

    @abstractmethod
    def with_evidence(self) -> EvidenceModel:
        """The same network as one that gives evidence, sharing its parameters.

        Raises:
            ConversionError: its logits are no means of maps.
        """


class EvidenceHead(nn.Module):
    """A 1x1 convolution to one map per output; a logit is its map's mean plus a bias."""

    def __init__(self, channels: int, outputs: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.dropout = nn.Dropout2d(dropout)
        self.weight = nn.Parameter(torch.empty(outputs, channels, 1, 1))
        self.bias = nn.Parameter(torch.zeros(outputs))
        nn.init.normal_(self.weight, std=0.01)

    def forward(self, activations: Tensor) -> tuple[Tensor, Tensor]:
        """Activations (N, K, h, w) to logits (N, C) and evidence (N, C, h, w), both float32."""
        evidence = nn.functional.conv2d(self.dropout(activations), self.weight)  # (N, C, h, w)
        evidence = evidence.float()  # under autocast too: the mean of the map *is* the logit
        return evidence.mean(dim=(2, 3)) + self.bias, evidence


class EvidenceModel(PhotoNetwork):
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

    def with_evidence(self) -> EvidenceModel:
        """Itself."""
        return self
