"""The method `gradient`: how the target changes with each pixel (Simonyan et al. 2014)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from glassmask.lab.attribution.method import Method, MethodOutput, Weigh
from glassmask.lab.networks.photo_network import PhotoNetwork


@dataclass(frozen=True, slots=True)
class Gradient(Method):
    """The gradient of the target by the pixels, summed over the colours: signed, (N, H, W).

    In logits per photo value.

    Example:
        >>> attribute(network, crops, 2, Gradient()).maps.shape == crops.shape[:3]
        True
    """

    name: ClassVar[str] = "gradient"
    per_pixel: ClassVar[bool] = True

    def explain(self, network: PhotoNetwork, photos: Tensor, weigh: Weigh) -> MethodOutput:
        """See `Method.explain`."""
        pixels = photos.detach().float().requires_grad_()
        logits = network.logits(pixels)
        value = (logits * weigh(logits.detach())).sum()
        slopes = torch.zeros_like(pixels)
        if value.requires_grad:  # not of a constant network
            (slopes,) = torch.autograd.grad(value, pixels)
        return MethodOutput(slopes.sum(dim=3), logits.detach())
