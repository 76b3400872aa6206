"""The method `integrated-gradients` (Sundararajan, Taly, Yan 2017), as many steps as it takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

import torch
from torch import Tensor

from glassmask.lab.attribution.baselines import baseline_of
from glassmask.lab.attribution.gradient import Precision, pixel_gradient
from glassmask.lab.attribution.method import Maps, MethodError, Weigh
from glassmask.lab.networks.photo_network import PhotoNetwork

_FLOOR: Final = 0.1  # logits: of a smaller difference the bound is a share of this


@dataclass(frozen=True, slots=True)
class IntegratedGradients:
    """The target's gradients along the way from a baseline x' to the photo x; (N, H, W), signed.

        map = (x - x') * integral over a in [0, 1] of d y / d x at x' + a (x - x')   (equation 1)

    summed over the colours, by the midpoint rule, which needs neither end of the way. A map's
    sum must be y(x) - y(x') (completeness, proposition 1). Where it is off by more than `bound`
    of that, the steps are tripled: the points so far are midpoints of the finer rule too, and
    none is computed twice.

    Attributes:
        baselines: one or more of `BASELINES`; of several, the mean of their maps.
        bound: error allowed on each way, as a share of |y(x) - y(x')|, or of 0.1 logits where
            that is more.
        first_steps: steps that every photo gets.
        max_steps: no more than this on a way, complete or not.
        batch: photos that go through the network at once.
        precision: of the gradients; the two ends of the way are always asked in f32.
    """

    name: ClassVar[str] = "integrated-gradients"
    baselines: tuple[str, ...] = ("black",)
    bound: float = 0.05
    first_steps: int = 8
    max_steps: int = 216
    batch: int = 8
    precision: Precision = "f32"

    def __post_init__(self) -> None:
        if not self.baselines:
            raise MethodError("integrated gradients need at least one baseline")
        if not (1 <= self.first_steps <= self.max_steps and self.bound > 0 and self.batch > 0):
            raise MethodError(
                "integrated gradients need 1 <= first_steps <= max_steps, and a bound and a batch "
                "greater than 0"
            )

    def explain(self, network: PhotoNetwork, photos: Tensor, weigh: Weigh) -> Maps:
        """See `Method.explain`."""
        pixels = photos.detach().float()
        logits = self._logits(network, pixels)
        weights = weigh(logits)
        found = [self._way(network, pixels, logits, name, weights) for name in self.baselines]
        raws, errors, sums, steps = (torch.stack(parts) for parts in zip(*found, strict=True))
        return Maps(
            raw=raws.mean(dim=0),
            logits=logits,
            error=errors.mean(dim=0).abs(),
            promised=sums.mean(dim=0),
            steps=steps.amax(dim=0),
        )

    def _way(
        self, network: PhotoNetwork, pixels: Tensor, logits: Tensor, baseline: str, weights: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """From one baseline: maps (N, H, W), and (N,) signed errors, promised sums, steps."""
        start = baseline_of(baseline, pixels)
        way = pixels - start
        wanted = ((logits - self._logits(network, start)) * weights).sum(dim=1)
        allowed = self.bound * wanted.abs().clamp(min=_FLOOR)
        sums = torch.zeros_like(pixels)
        raw, error = torch.zeros(pixels.shape[:3]), torch.zeros(len(pixels))
        steps = torch.zeros(len(pixels), dtype=torch.int64)
        rows, number = torch.arange(len(pixels)), self.first_steps
        while len(rows) and number <= self.max_steps:
            for row, share in self._points(rows, number):
                point = start[row] + share[:, None, None, None] * way[row]

                def known(_: Tensor, of: Tensor = weights[row]) -> Tensor:
                    return of

                slopes, _ = pixel_gradient(network, point, known, self.precision)
                sums.index_add_(0, row, slopes)
            steps[rows] = number
            raw[rows] = (way[rows] * sums[rows]).sum(dim=3) / number
            error[rows] = raw[rows].sum(dim=(1, 2)) - wanted[rows]
            rows = rows[~(error[rows].abs() <= allowed[rows])]
            number *= 3
        return raw, error, wanted, steps

    def _points(self, rows: Tensor, number: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Batches of rows and shares of the way: the midpoints that a third as many lack."""
        new = [k for k in range(number) if number == self.first_steps or k % 3 != 1]
        shares = (torch.tensor(new) + 0.5) / number
        every = torch.cartesian_prod(rows.double(), shares.double())  # (rows x shares, 2)
        for some in torch.split(every, self.batch):
            yield some[:, 0].long(), some[:, 1].float()

    def _logits(self, network: PhotoNetwork, pixels: Tensor) -> Tensor:
        with torch.no_grad():
            return torch.cat([network.logits(some) for some in torch.split(pixels, self.batch)])
