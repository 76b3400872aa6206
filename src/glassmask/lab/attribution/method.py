"""What every method of attribution is."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeAlias

from torch import Tensor

from glassmask.lab.networks.photo_network import PhotoNetwork


@dataclass(frozen=True, slots=True, eq=False)
class MethodOutput:
    """What a method found.

    Attributes:
        maps: float32 (N, h, w) on the method's own grid.
        logits: float32 (N, C): what the network says of the photos.
        error: float32 (N,): how far the map's sum is from what it must be, in logits; None for
            methods that promise no sum.
        expected_sum: float32 (N,): what the sum must be, in logits; None likewise.
        steps: int64 (N,): gradients taken along a path; None for methods without one.
        layer: where the map was taken; None for maps of pixels.
    """

    maps: Tensor
    logits: Tensor
    error: Tensor | None = None
    expected_sum: Tensor | None = None
    steps: Tensor | None = None
    layer: str | None = None


Weigh: TypeAlias = Callable[[Tensor], Tensor]
"""Chooses each photo's target once its logits are known: (N, C) to weights, float32 (N, C).

The target is `sum_c weights[n, c] * logits[n, c]`. A method asks once, in the forward pass that
it makes anyway: who asks for the most likely class pays no pass of its own for it.
"""


class Method(Protocol):
    """A method with its settings: a frozen dataclass, whose fields the manifest tells.

    Attributes:
        name: what users call it.
        per_pixel: whether its maps are of single pixels, not of smooth places: they are painted
            green on grey, and their brightest half percent is full.
    """

    __slots__ = ()
    name: ClassVar[str]
    per_pixel: ClassVar[bool] = False

    def explain(self, network: PhotoNetwork, photos: Tensor, weigh: Weigh) -> MethodOutput:
        """Explain each photo's target.

        Args:
            network: in evaluation mode; `attribute` sees to it, and leaves it as it was.
            photos: RGB (N, H, W, 3) in photo values, 0 to 255; N is 1 or more.
            weigh: chooses each photo's target.

        Raises:
            MethodError: it does not go with this network, or its settings not with the photos.
        """
        ...

    @classmethod
    def supports(cls, network: PhotoNetwork) -> bool:  # noqa: ARG003 - most support any
        """Whether it can explain this network at all, with its usual settings."""
        return True


def method_settings(method: Method) -> dict[str, Any]:
    """A method's settings as JSON takes them."""
    return dataclasses.asdict(method)  # type: ignore[call-overload, no-any-return]
