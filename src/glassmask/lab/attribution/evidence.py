"""The method `evidence`: the maps that the logits are the means of. Nothing is estimated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from glassmask.errors import ConversionError, MethodError
from glassmask.lab.attribution.method import Method, MethodOutput, Weigh
from glassmask.lab.networks.photo_network import PhotoNetwork


@dataclass(frozen=True, slots=True)
class Evidence(Method):
    """The evidence for the target, signed, on the grid of the last activations A.

        evidence[c, i, j] = sum_k W[c, k] * A[k, i, j]
        logit[c]          = mean_ij evidence[c, i, j] + b[c]

    For networks that end in an evidence head, and those that convert to one. The error is how
    far the map's mean and the bias are from the network's own logits. No backward pass.

    Example:
        >>> found = attribute(network, crops, 1, Evidence())  # the nose
        >>> found.maps.mean(axis=(1, 2)) - found.expected_sum  # no more than rounding
    """

    name: ClassVar[str] = "evidence"

    def explain(self, network: PhotoNetwork, photos: Tensor, weigh: Weigh) -> MethodOutput:
        """See `Method.explain`."""
        try:
            giver = network.with_evidence()
        except ConversionError as reason:
            raise MethodError(f"{reason}; explain it with grad-cam") from reason
        with torch.no_grad():
            logits, maps = giver.evidence(photos)
            own_logits = logits if giver is network else network.logits(photos)
            weights = weigh(own_logits)
            target_maps = torch.einsum("nc,nchw->nhw", weights, maps)
            biases = (weights * giver.head.bias).sum(dim=1)
            expected_sum = (weights * own_logits).sum(dim=1) - biases
            error = (target_maps.mean(dim=(1, 2)) - expected_sum).abs()
        return MethodOutput(target_maps, own_logits, error, expected_sum, layer="head")

    @classmethod
    def supports(cls, network: PhotoNetwork) -> bool:
        """Whether the network ends in an evidence head, or converts to one exactly."""
        try:
            network.with_evidence()
        except ConversionError:
            return False
        return True
