"""The method `occlusion` (Zeiler, Fergus 2014): what the target loses where a patch is hidden."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from captum.attr import Occlusion as CaptumOcclusion
from torch import Tensor

from glassmask.errors import MethodError
from glassmask.lab.attribution.baselines import make_baseline
from glassmask.lab.attribution.method import Method, MethodOutput, Weigh
from glassmask.lab.networks.photo_network import PhotoNetwork


@dataclass(frozen=True, slots=True)
class Occlusion(Method):
    """How much the target falls when a square patch shows the baseline: (N, H, W), in logits.

    Captum slides the window; a pixel's value is the mean over the patches that hide it.

    Attributes:
        baseline: what hides, one of `BASELINES`.
        window: side of the patch, as a share of the photo's shorter side.
        stride: from one patch to the next, as a share of the window, 1 or less.
        batch: patches that are tried at once.

    Example:
        >>> found = attribute(network, crops, 2, Occlusion("black", window=1 / 4))
        >>> found.maps.max()  # logits that class 2 loses at the most important place
    """

    name: ClassVar[str] = "occlusion"
    baseline: str = "mean"
    window: float = 1 / 8
    stride: float = 0.5
    batch: int = 16

    def __post_init__(self) -> None:
        if not (0 < self.window <= 1 and 0 < self.stride <= 1 and self.batch > 0):
            raise MethodError(
                f"occlusion needs a window and a stride in (0, 1] and a batch greater than 0, got "
                f"{self.window}, {self.stride}, {self.batch}"
            )

    def explain(self, network: PhotoNetwork, photos: Tensor, weigh: Weigh) -> MethodOutput:
        """See `Method.explain`."""
        pixels = photos.detach().float()
        window = max(1, round(self.window * min(photos.shape[1:3])))
        stride = max(1, round(self.stride * window))

        def value(photos: Tensor, weight: Tensor) -> Tensor:
            return (network.logits(photos) * weight).sum(dim=1)

        with torch.no_grad():
            logits = network.logits(pixels)
            maps: Tensor = CaptumOcclusion(value).attribute(
                pixels,
                sliding_window_shapes=(window, window, 3),
                strides=(stride, stride, 3),
                baselines=make_baseline(self.baseline, pixels),
                additional_forward_args=weigh(logits),
                perturbations_per_eval=max(1, self.batch // len(pixels)),
            )
        return MethodOutput(maps[..., 0].float(), logits)
