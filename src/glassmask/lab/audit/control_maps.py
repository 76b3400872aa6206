"""Control maps, which know nothing of the network: what every method must beat, in every table."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import ClassVar, Final

import cv2
import numpy as np
import torch
from torch import Tensor

from glassmask.lab.attribution.method import Method, MethodOutput, Weigh
from glassmask.lab.networks.photo_network import PhotoNetwork


@dataclass(frozen=True, slots=True)
class RandomMap(Method):
    """A value at random for every cell of a grid, the same whenever the photo is the same.

    Attributes:
        cells: in a row; as coarse as the shipped network's evidence.
    """

    name: ClassVar[str] = "random"
    cells: int = 10

    def explain(self, network: PhotoNetwork, photos: Tensor, weigh: Weigh) -> MethodOutput:  # noqa: ARG002
        """See `Method.explain`."""
        maps = [
            np.random.default_rng(list(hashlib.sha256(photo.numpy().tobytes()).digest())).random(
                (self.cells, self.cells), np.float32
            )
            for photo in photos
        ]
        return MethodOutput(torch.from_numpy(np.stack(maps)), network.logits(photos))


@dataclass(frozen=True, slots=True)
class CentredGaussian(Method):
    """A bell in the middle of the photo: where faces usually are.

    Attributes:
        sigma: its standard deviation, in sides of the photo.
    """

    name: ClassVar[str] = "centre"
    sigma: float = 0.25

    def explain(self, network: PhotoNetwork, photos: Tensor, weigh: Weigh) -> MethodOutput:  # noqa: ARG002
        """See `Method.explain`."""
        number, height, width = photos.shape[:3]
        y = (torch.arange(height) + 0.5) / height - 0.5
        x = (torch.arange(width) + 0.5) / width - 0.5
        bell = torch.exp(-(y[:, None] ** 2 + x[None] ** 2) / (2 * self.sigma**2))
        return MethodOutput(bell.expand(number, height, width).clone(), network.logits(photos))


@dataclass(frozen=True, slots=True)
class Edges(Method):
    """How fast the brightness changes (Sobel): pictures of edges look like explanations."""

    name: ClassVar[str] = "edges"

    def explain(self, network: PhotoNetwork, photos: Tensor, weigh: Weigh) -> MethodOutput:  # noqa: ARG002
        """See `Method.explain`."""
        maps = []
        for photo in photos.numpy():
            grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY).astype(np.float32)
            maps.append(np.hypot(cv2.Sobel(grey, -1, 1, 0), cv2.Sobel(grey, -1, 0, 1)))
        return MethodOutput(torch.from_numpy(np.stack(maps)), network.logits(photos))


CONTROLS: Final[tuple[Method, ...]] = (RandomMap(), CentredGaussian(), Edges())
"""In the order of tables."""
