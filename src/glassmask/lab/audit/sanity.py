"""Does the explanation depend on what was learnt?

Adebayo et al. 2018: the network's weights are drawn anew, from the last layer down. A map that
stays the same speaks of the photo, not of the network.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from glassmask.lab.attribution import Method, Target
from glassmask.lab.audit.figures import spearman
from glassmask.lab.audit.maps import ask
from glassmask.lab.networks.photo_network import PhotoNetwork

DEPTHS: Final = {"head": 0.0, "last quarter": 0.25, "last half": 0.5, "all": 1.0}
"""Name -> the share of the layers, from the last on, that is drawn anew; the head always is."""


def randomised(network: PhotoNetwork, share: float, seed: int = 0) -> PhotoNetwork:
    """A copy of a network whose last layers are drawn anew.

    A kernel is drawn from a normal distribution with its own mean and spread, so that activations
    keep their size and the map is not only one of overflow; what has one number a channel
    (BatchNorm, biases) is shuffled.

    Args:
        network: is left as it is.
        share: of its layers with kernels; at least the last is drawn.
        seed: of the drawing.
    """
    chance = torch.Generator().manual_seed(seed)
    other = copy.deepcopy(network)
    layers = [m for m in other.modules() if isinstance(getattr(m, "weight", None), nn.Parameter)]
    kernels = [place for place, m in enumerate(layers) if m.weight.ndim > 1]  # type: ignore[operator]
    first = kernels[-max(1, round(share * len(kernels)))]
    with torch.no_grad():
        for layer in layers[first:]:
            for values in layer.parameters(recurse=False):
                if values.ndim > 1:
                    drawn = torch.randn(values.shape, generator=chance)
                    values.copy_(drawn * values.std() + values.mean())
                else:
                    values.copy_(values[torch.randperm(len(values), generator=chance)])
    return other.eval()


def sanity(
    network: PhotoNetwork,
    crops: NDArray[np.uint8],
    targets: Sequence[Target],
    maps: NDArray[np.float32],
    method: Method,
) -> dict[str, NDArray[np.float64]]:
    """Rank correlation of each map's size with that of randomised networks, by `DEPTHS`.

    Args:
        network: in evaluation mode.
        crops: RGB uint8 (N, S, S, 3).
        targets: of each crop.
        maps: float32 (N, S, S), of the network itself.
        method: is asked for the others.

    Returns:
        Depth -> float64 (N,) in [-1, 1]: of absolute values, so that a change of sign alone is
        no change. Near 0 at `all` for a map that depends on what was learnt.
    """
    found = {}
    for name, share in DEPTHS.items():
        other = ask(randomised(network, share), crops, targets, method).maps
        pairs = zip(maps, other, strict=True)
        found[name] = np.array([spearman(np.abs(one), np.abs(two)) for one, two in pairs])
    return found
