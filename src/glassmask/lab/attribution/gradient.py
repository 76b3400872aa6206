"""The method `gradient`: how the target changes with each pixel (Simonyan et al. 2014)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

import torch
from torch import Tensor

from glassmask.lab.attribution.method import Maps, Weigh
from glassmask.lab.networks.photo_network import PhotoNetwork

Precision: TypeAlias = Literal["f32", "bf16"]
"""In which a network computes; bf16 is several times faster on CPUs with AMX."""


@dataclass(frozen=True, slots=True)
class Gradient:
    """The gradient of the target by the pixels, summed over the colours: signed, (N, H, W).

    In logits a photo value.
    """

    name: ClassVar[str] = "gradient"

    def explain(self, network: PhotoNetwork, photos: Tensor, weigh: Weigh) -> Maps:
        """See `Method.explain`."""
        slopes, logits = pixel_gradient(network, photos, weigh)
        return Maps(slopes.sum(dim=3), logits)


def pixel_gradient(
    network: PhotoNetwork, photos: Tensor, weigh: Weigh, precision: Precision = "f32"
) -> tuple[Tensor, Tensor]:
    """Gradients float32 (N, H, W, 3) of the targets by the photos, one by one; logits (N, C)."""
    pixels = photos.detach().float().requires_grad_()
    with torch.autocast(photos.device.type, torch.bfloat16, enabled=precision == "bf16"):
        logits = network.logits(pixels)
    value = (logits * weigh(logits.detach())).sum()
    if not value.requires_grad:  # a constant network
        return torch.zeros_like(pixels), logits
    (slopes,) = torch.autograd.grad(value, pixels)
    return slopes, logits.detach()
