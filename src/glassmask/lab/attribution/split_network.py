"""A network split in two: an affine first layer, through which sums may pass, and the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, NoReturn

import torch
from torch import Tensor, nn

from glassmask.lab.networks.photo_network import PhotoNetwork

_ROUNDING: Final = 1e-4  # of the largest value: what is affine is so up to rounding


class _FirstLayerDone(Exception):  # noqa: N818 - no error: it ends a forward pass
    """The first layer has run: the rest need not."""

    def __init__(self, layer: nn.Module, values: Tensor) -> None:
        super().__init__()
        self.layer, self.values = layer, values


@dataclass(frozen=True, slots=True, eq=False)
class SplitNetwork:
    """A network that has seen photos, and may go on from what its first layer made of them.

    Along a straight line of photos an affine layer's values make a straight line too. It need
    not be asked at every point, and a mean of gradients may be backpropagated through it once, in
    full precision.

    Attributes:
        network: the whole.
        layer: its first layer; None where it has none that is affine and all that the rest sees:
            then the photo itself stands for its values.
        photos: float32 (N, H, W, 3), 0 to 255.
        values: the first layer's, of the photos; float32 (N, ...).
        logits: of the photos; float32 (N, C).
    """

    network: PhotoNetwork
    layer: nn.Module | None
    photos: Tensor
    values: Tensor
    logits: Tensor

    def forward_rest(self, values: Tensor) -> Tensor:
        """Logits (M, C) where the first layer would have given `values` (M, ...).

        The values may be changed in place, as the first layer's are.
        """
        if self.layer is None:
            return self.network.logits(values)
        with _replacing_output(self.layer, values):
            return self.network.logits(self.photos[:1].expand(len(values), -1, -1, -1))

    def backprop_to_pixels(self, slopes: Tensor) -> Tensor:
        """Gradients by the first layer's values, (...), as gradients by the pixels, (H, W, 3)."""
        if self.layer is None:
            return slopes
        pixels = self.photos[:1].clone().requires_grad_()
        _, values = _run_first_layer(self.network, [self.layer], pixels)
        (gradients,) = torch.autograd.grad(values, pixels, slopes[None])
        return gradients[0]


def split_first_layer(network: PhotoNetwork, photos: Tensor) -> SplitNetwork:
    """Show a network photos and take it apart behind its first layer.

    The first layer is the convolution or linear layer that runs first, if it runs once, if
    what it gives is affine in the photos, and if the rest sees nothing else of them. All of it
    is seen by running the network, however it is built.

    Args:
        network: in evaluation mode, its parameters without `requires_grad`.
        photos: float32 (N, H, W, 3), 0 to 255; of several, the line from the first to the last
            is tested.
    """
    layers = [m for m in network.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    ends = [0, -1]
    between = photos[ends].mean(dim=0, keepdim=True)
    with torch.no_grad():
        layer, values = _run_first_layer(network, layers, torch.cat([photos, between]))
    values, between = values[:-1], values[-1]
    off = float((between - values[ends].mean(dim=0)).abs().max())
    if layer is not None and off <= _ROUNDING * float(values.abs().max()):
        pixels = photos.clone().requires_grad_()
        with _replacing_output(layer, values.clone()) as calls:
            logits = network.logits(pixels)
        if len(calls) == 1 and not logits.requires_grad:  # it runs once, and no other way leads on
            return SplitNetwork(network, layer, photos, values, logits)
    with torch.no_grad():
        return SplitNetwork(network, None, photos, photos, network.logits(photos))


def _run_first_layer(
    network: PhotoNetwork, layers: Sequence[nn.Module], photos: Tensor
) -> tuple[nn.Module | None, Tensor]:
    """Which of the layers runs first, and what it gives: the rest does not run."""

    def stop(layer: nn.Module, _: Any, values: Tensor) -> NoReturn:
        raise _FirstLayerDone(layer, values)

    hooks = [layer.register_forward_hook(stop) for layer in layers]
    try:
        network.logits(photos)
    except _FirstLayerDone as first:
        return first.layer, first.values
    finally:
        for hook in hooks:
            hook.remove()
    return None, photos


@contextmanager
def _replacing_output(layer: nn.Module, values: Tensor) -> Iterator[list[None]]:
    """The layer gives these values, whatever it is given; yields one entry for each call."""
    calls: list[None] = []

    def forward(*_: Any, **__: Any) -> Tensor:
        calls.append(None)
        return values

    previous = layer.__dict__.get("forward")
    layer.__dict__["forward"] = forward
    try:
        yield calls
    finally:
        if previous is None:
            del layer.__dict__["forward"]
        else:
            layer.__dict__["forward"] = previous
