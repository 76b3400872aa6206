"""The method `integrated-gradients` (Sundararajan, Taly, Yan 2017), as many steps as it takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final

import torch
from torch import Tensor

from glassmask.errors import MethodError
from glassmask.lab.attribution.baselines import make_baseline
from glassmask.lab.attribution.method import Method, MethodOutput, Weigh
from glassmask.lab.attribution.split_network import SplitNetwork, split_first_layer
from glassmask.lab.networks.photo_network import PhotoNetwork
from glassmask.networks.engines import Precision

_FLOOR: Final = 0.1  # logits: of a smaller difference the bound is a share of this


@dataclass(frozen=True, slots=True)
class IntegratedGradients(Method):
    """The target's gradients along the path from a baseline x' to the photo x; (N, H, W), signed.

        map = (x - x') * integral over a in [0, 1] of d y / d x at x' + a (x - x')   (equation 1)

    summed over the colours. A map's sum must be y(x) - y(x') (completeness, proposition 1).

    The steps go where they are needed. The network's value y at each of them comes with its
    gradient, so that completeness can be asked of every stretch between two of them: the
    trapezoid's area must be the difference of the values at its ends. Steps begin as equal
    midpoints; while the map is not complete, half as many again are put into the middle of the
    stretches that are off by most. Each step counts for the part of the path that is nearest to
    it. What stretches are off by has signs that may cancel, so it is asked of their sum and of
    each.

    The first layer's values are a straight line along the path and its gradients a sum, so it
    is passed once per path, in f32, whatever the precision of the rest: see `split_first_layer`.

    Attributes:
        baselines: one or more of `BASELINES`; of several, the mean of their maps.
        bound: error allowed on each path, as a share of |y(x) - y(x')|, or of 0.1 logits where
            that is more; what the stretches are off by, without signs, may be twice this share
            of all the ups and downs of y on the path.
        first_steps: steps that every photo gets.
        max_steps: no more than this on a path, complete or not.
        batch: points of a path that go through the network at once.
        precision: of the gradients: bf16 is several times faster on CPUs with AMX. The two ends of
            the path are always asked in f32.

    Example:
        >>> found = attribute(network, crops, 2, IntegratedGradients(("black", "blur")))
        >>> found.maps.sum(axis=(1, 2)) - found.expected_sum  # about found.error
    """

    name: ClassVar[str] = "integrated-gradients"
    per_pixel: ClassVar[bool] = True
    baselines: tuple[str, ...] = ("black",)
    bound: float = 0.05
    first_steps: int = 8
    max_steps: int = 128
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

    def explain(self, network: PhotoNetwork, photos: Tensor, weigh: Weigh) -> MethodOutput:
        """See `Method.explain`."""
        pixels = photos.detach().float()
        starts = [make_baseline(name, pixels) for name in self.baselines]
        splits = [
            split_first_layer(network, rows) for rows in torch.stack([pixels, *starts], dim=1)
        ]
        logits = torch.stack([split.logits[0] for split in splits])
        results = [
            [self._integrate(split, start, weights) for start in range(1, 1 + len(starts))]
            for split, weights in zip(splits, weigh(logits), strict=True)
        ]
        return MethodOutput(
            maps=torch.stack([_mean(result.map for result in photo) for photo in results]),
            logits=logits,
            error=torch.stack([_mean(result.error for result in photo) for photo in results]).abs(),
            expected_sum=torch.stack(
                [_mean(result.expected for result in photo) for photo in results]
            ),
            steps=torch.tensor([max(result.steps for result in photo) for photo in results]),
        )

    def _integrate(self, split: SplitNetwork, start: int, weights: Tensor) -> _PathResult:
        """Along the path from one baseline, by its row in the split, to the photo, row 0."""
        ends = split.logits[[start, 0]] @ weights
        expected = ends[1] - ends[0]
        points = _Points(split, start, weights)
        new = (torch.arange(self.first_steps, dtype=torch.float64) + 0.5) / self.first_steps
        while True:
            for shares in torch.split(new, self.batch):
                points.add(shares, self.precision)
            errors, travelled = points.errors(ends)
            error = errors.sum()
            if error.abs() <= self.bound * expected.abs().clamp(min=_FLOOR) and (
                errors.abs().sum() <= 2 * self.bound * travelled.clamp(min=_FLOOR)
            ):
                break
            more = min(max(len(points.shares) // 2, 1), self.max_steps - len(points.shares))
            if more == 0:
                break
            new = points.midpoints()[errors.abs().topk(more).indices].sort().values
        return _PathResult(points.map(), error, expected, len(points.shares))


@dataclass(frozen=True, slots=True, eq=False)
class _PathResult:
    """A map (H, W), its error and its expected sum, in logits, and the steps that it took."""

    map: Tensor
    error: Tensor
    expected: Tensor
    steps: int


class _Points:
    """Steps on a path, in its order.

    Attributes:
        shares: float64 (S,): how far along they lie, between 0 and 1.
    """

    def __init__(self, split: SplitNetwork, start: int, weights: Tensor) -> None:
        self._split, self._start, self._weights = split, start, weights
        self._baseline = split.values[start]
        self._path = split.values[0] - self._baseline  # of the first layer's values
        self.shares = torch.zeros(0, dtype=torch.float64)
        self._values = torch.zeros(0)  # y (S,), and its slope along the path (S,)
        self._slopes = torch.zeros(0)
        self._gradients: list[Tensor] = []  # by the first layer's values, as they were added
        self._order = torch.zeros(0, dtype=torch.int64)

    def add(self, shares: Tensor, precision: Precision) -> None:
        """Compute the gradients at some more shares, (B,)."""
        far = shares.float().reshape(-1, *[1] * self._path.dim())
        moved = (far * self._path).requires_grad_()
        with torch.autocast(moved.device.type, torch.bfloat16, enabled=precision == "bf16"):
            logits = self._split.forward_rest(self._baseline + moved)
        y = logits @ self._weights
        gradients = torch.zeros_like(moved)
        if y.requires_grad:  # not of a constant network
            (gradients,) = torch.autograd.grad(y.sum(), moved)
        everything = torch.cat([self.shares, shares])
        order = everything.argsort()
        self.shares = everything[order]
        slopes = gradients.flatten(1) @ self._path.flatten()
        self._values = torch.cat([self._values, y.detach()])[order]
        self._slopes = torch.cat([self._slopes, slopes])[order]
        self._order = torch.cat([self._order, len(self._gradients) + torch.arange(len(shares))])
        self._order = self._order[order]
        self._gradients += gradients

    def errors(self, ends: Tensor) -> tuple[Tensor, Tensor]:
        """What each stretch (S + 1,) is off by, in logits, and the ups and downs of y in all.

        The first and the last stretch have a gradient at one end only, which counts for all of
        them.
        """
        values = torch.cat([ends[:1], self._values, ends[1:]]).double()
        slopes = torch.cat([self._slopes[:1], self._slopes, self._slopes[-1:]]).double()
        area = self._interval_lengths() * (slopes[1:] + slopes[:-1]) / 2
        rises = values.diff()
        return area - rises, rises.abs().sum()

    def midpoints(self) -> Tensor:
        """The middle of each stretch, (S + 1,)."""
        bounds = self._bounds()
        return (bounds[1:] + bounds[:-1]) / 2

    def map(self) -> Tensor:
        """The map (H, W): the gradients' mean, brought to the pixels, times the path."""
        lengths = self._interval_lengths()
        shares = (lengths[1:] + lengths[:-1]) / 2
        shares[0] += lengths[0] / 2
        shares[-1] += lengths[-1] / 2
        mean = torch.zeros_like(self._path)
        for share, place in zip(shares.tolist(), self._order.tolist(), strict=True):
            mean.add_(self._gradients[place], alpha=share)
        photos = self._split.photos
        slopes = self._split.backprop_to_pixels(mean)
        return (slopes * (photos[0] - photos[self._start])).sum(dim=2)

    def _bounds(self) -> Tensor:
        return torch.cat([torch.zeros(1), self.shares, torch.ones(1)])

    def _interval_lengths(self) -> Tensor:
        return self._bounds().diff()


def _mean(parts: Iterable[Tensor]) -> Tensor:
    return torch.stack(list(parts)).mean(dim=0)
