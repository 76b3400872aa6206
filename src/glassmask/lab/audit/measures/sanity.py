"""Does the explanation depend on what was learnt?

Adebayo et al. 2018: the network's weights are drawn anew, from the last layer down. A map that
stays the same speaks of the photo, not of the network.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from glassmask.lab.attribution import Method, Target
from glassmask.lab.audit.figures import spearman
from glassmask.lab.audit.queries import crop_maps
from glassmask.lab.networks.photo_network import PhotoNetwork

DEPTHS: Final = {"head": 0.0, "last quarter": 0.25, "last half": 0.5, "all": 1.0}
"""Name -> the share of the layers, from the last on, that is drawn anew; the head always is."""

NETWORKS_PER_DEPTH: Final = 3
"""How many networks are drawn for each depth."""

_MEASURED: Final = 16  # photos
_DEAD_SPREAD: Final = 1e-6  # the spread of a channel that says nothing

RandomisedNetworks: TypeAlias = Mapping[str, Sequence[PhotoNetwork]]
"""Randomised networks by depth."""


def randomise(
    network: PhotoNetwork, share: float, photos: NDArray[np.uint8], seed: int = 0
) -> PhotoNetwork:
    """A copy of a network whose last layers are drawn anew, and whose activations stay alive.

    Kernels are drawn from a normal distribution. Then each layer's output is scaled and shifted,
    channel by channel, to the mean and spread that it had: BatchNorms' statistics, and biases that
    BatchNorms were folded into, would else fit no more, and the network say the same of every
    photo. What has one number a channel stays.

    Args:
        network: in evaluation mode; is left as it is.
        share: of its layers with kernels; at least the last is drawn.
        photos: RGB uint8 (N, S, S, 3): a few, to measure the outputs on.
        seed: of the drawing.
    """
    chance = torch.Generator().manual_seed(seed)
    originals = _last_kernels(network, share)
    outputs: dict[str, tuple[Tensor, Tensor]] = {}

    def remember(name: str, output: Any) -> None:
        if isinstance(output, Tensor):
            outputs[name] = _moments(output)

    def restore(name: str, module: nn.Module, output: Any) -> Any:
        if not isinstance(output, Tensor) or name not in outputs:
            return output
        (mean, spread), (old_mean, old_spread) = _moments(output), outputs[name]
        scale = torch.where(spread > _DEAD_SPREAD, old_spread / spread.clamp(min=_DEAD_SPREAD), 1.0)
        shift = old_mean - scale * mean
        _rescale(module, scale, shift)
        shape = (1, -1, *(1 for _ in output.shape[2:]))
        return output * scale.reshape(shape) + shift.reshape(shape)

    other = copy.deepcopy(network)
    copies = _last_kernels(other, share)
    with torch.no_grad():
        _run_with_hooks(network, photos, originals, lambda name, _, output: remember(name, output))
        for module in copies.values():
            weight = module.weight
            assert isinstance(weight, nn.Parameter)
            values = torch.randn(weight.shape, generator=chance)
            weight.copy_(values * weight.std())
        _run_with_hooks(other, photos, copies, restore)
    return other.eval()


def _last_kernels(network: nn.Module, share: float) -> dict[str, nn.Module]:
    """The last layers with kernels, by name: a share of all, one at least."""
    layers = {
        name: module
        for name, module in network.named_modules()
        if isinstance(weight := getattr(module, "weight", None), nn.Parameter) and weight.ndim > 1
    }
    names = list(layers)[-max(1, round(share * len(layers))) :]
    return {name: layers[name] for name in names}


def _run_with_hooks(
    network: PhotoNetwork,
    photos: NDArray[np.uint8],
    layers: Mapping[str, nn.Module],
    hook: Callable[[str, nn.Module, Any], Any],
) -> None:
    """Ask a network once, with a hook at some of its layers."""
    handles = [
        module.register_forward_hook(lambda layer, _, output, name=name: hook(name, layer, output))
        for name, module in layers.items()
    ]
    try:
        network.logits(torch.from_numpy(np.ascontiguousarray(photos)))
    finally:
        for handle in handles:
            handle.remove()


def _moments(output: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and spread of each channel, (K,), of an output (N, K, ...)."""
    values = output.float().transpose(0, 1).flatten(1)  # (K, N...)
    return values.mean(dim=1), values.std(dim=1, unbiased=False)


def _rescale(module: nn.Module, scale: Tensor, shift: Tensor) -> None:
    """Make a layer's output, channel by channel, scale * output + shift."""
    weight, bias = module.weight, getattr(module, "bias", None)
    assert isinstance(weight, nn.Parameter)
    weight.mul_(scale.reshape(-1, *(1 for _ in weight.shape[1:])))
    if isinstance(bias, nn.Parameter):
        bias.mul_(scale).add_(shift)
    else:
        module.bias = nn.Parameter(shift.clone())


def randomise_by_depth(network: PhotoNetwork, crops: NDArray[np.uint8]) -> RandomisedNetworks:
    """`NETWORKS_PER_DEPTH` randomised networks for each of `DEPTHS`; no more than there are crops.

    Args:
        network: in evaluation mode; is left as it is.
        crops: RGB uint8 (N, S, S, 3), on which its outputs are measured.
    """
    return {
        name: [
            randomise(network, share, crops[:_MEASURED], seed)
            for seed in range(min(NETWORKS_PER_DEPTH, len(crops)))
        ]
        for name, share in DEPTHS.items()
    }


def measure_sanity(
    randomised: RandomisedNetworks,
    crops: NDArray[np.uint8],
    targets: Sequence[Target],
    maps: NDArray[np.float32],
    method: Method,
) -> dict[str, NDArray[np.float64]]:
    """Rank correlation of each map's size with that of randomised networks.

    Args:
        randomised: the networks, of `randomise_by_depth`.
        crops: RGB uint8 (N, S, S, 3).
        targets: of each crop.
        maps: float32 (N, S, S), of the network itself.
        method: is asked for the others.

    Returns:
        Depth -> float64 (N,) in [-1, 1]: of absolute values, so that a change of sign alone is
        no change. Near 0 at `all` for a map that depends on what was learnt; NaN where one of
        the two is the same everywhere, which shows nothing. Each photo has one of the networks,
        in turn, so that how much hangs on the drawing is in the interval.
    """
    correlations = {}
    for name, networks in randomised.items():
        alike = np.full(len(crops), np.nan)
        for turn, other in enumerate(networks[: len(crops)]):
            rows = np.arange(turn, len(crops), len(networks))
            others = crop_maps(other, crops[rows], targets[turn :: len(networks)], method)
            alike[rows] = [
                spearman(np.abs(maps[row]), np.abs(their_map))
                for row, their_map in zip(rows, others, strict=True)
            ]
        correlations[name] = alike
    return correlations
