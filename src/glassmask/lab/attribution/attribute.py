"""Explain any network by any method: the one door."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from glassmask.errors import MethodError
from glassmask.lab.attribution.evidence import Evidence
from glassmask.lab.attribution.grad_cam import GradCAM
from glassmask.lab.attribution.gradient import Gradient
from glassmask.lab.attribution.integrated_gradients import IntegratedGradients
from glassmask.lab.attribution.method import Maps, Method
from glassmask.lab.attribution.occlusion import Occlusion
from glassmask.lab.attribution.result import Attribution
from glassmask.lab.attribution.targets import Target, targets_for, targets_of, weights_of
from glassmask.lab.attribution.undisturbed import undisturbed
from glassmask.lab.networks.photo_network import PhotoNetwork
from glassmask.version import __version__

METHODS: Final[dict[str, type[Method]]] = {
    method.name: method for method in (Evidence, GradCAM, IntegratedGradients, Gradient, Occlusion)
}
"""Every method by its name."""

_AT_ONCE: Final = 16
"""Photos in a pass through the network: a crowd's faces would take gigabytes at once."""

_VERSIONS: Final = {
    "glassmask": __version__,
    "torch": torch.__version__,
    "captum": version("captum"),
}


def attribute(
    network: PhotoNetwork,
    photos: NDArray[np.uint8],
    target: Target | Sequence[Target] | None = None,
    method: Method | str = "evidence",
) -> Attribution:
    """Explain what a network says of photos.

    The network is left bit for bit as it was: weights, mode, hooks and flags.

    Args:
        network: takes photos; a network of your own becomes one as a `Classifier`.
        photos: RGB uint8 (N, H, W, 3), what the network sees: crops of faces.
        target: a class by its position in the logits, a `Contrast` of two, or one of them for
            each photo; None: the class of each photo's largest logit.
        method: its name, for its usual settings, or a method with yours.

    Raises:
        MethodError: no such method, or it does not go with the network or the photos; or the
            network was made in inference mode, or its logits are no numbers.
        TargetError: a class that the network does not have, or not as many as photos.
        ValueError: the photos are not as they must be.
    """
    if photos.dtype != np.uint8 or photos.ndim != 4 or photos.shape[3] != 3 or not photos.size:
        raise ValueError(
            f"photos are uint8 (N, H, W, 3), at least one, got {photos.dtype} {photos.shape}"
        )
    chosen = method_of(method) if isinstance(method, str) else method
    given = torch.from_numpy(np.array(photos))  # a copy: theirs may be read-only
    asked = None if target is None else targets_for(len(photos), target)
    found: list[Maps] = []
    targets: list[Target] = []
    with undisturbed(network):
        for first in range(0, len(given), _AT_ONCE):
            part = None if asked is None else asked[first : first + _AT_ONCE]
            maps = _explained(chosen, network, given[first : first + _AT_ONCE], part)
            found.append(maps)
            targets += targets_of(maps.logits, part)
    logits = torch.cat([maps.logits for maps in found])
    return Attribution(
        method=chosen,
        photos=photos,
        targets=tuple(targets),
        values=(logits * weights_of(targets, logits.shape[1])).sum(dim=1).numpy(),
        raw=np.concatenate([maps.raw.detach().numpy() for maps in found]),
        error=_joined([maps.error for maps in found]),
        promised=_joined([maps.promised for maps in found]),
        steps=_joined([maps.steps for maps in found]),
        layer=found[0].layer,
        versions=_VERSIONS,
    )


def _explained(
    method: Method, network: PhotoNetwork, photos: Tensor, target: Sequence[Target] | None
) -> Maps:
    """The maps of a few photos.

    Raises:
        MethodError: the network gives logits that are no numbers.
    """

    def weigh(logits: Tensor) -> Tensor:
        return weights_of(targets_of(logits, target), logits.shape[1])

    maps = method.explain(network, photos, weigh)
    if not torch.isfinite(maps.logits).all():
        raise MethodError("the network gives logits that are no numbers: there is nothing to say")
    return maps


def _joined(parts: Sequence[Tensor | None]) -> NDArray[Any] | None:
    known = [part.numpy() for part in parts if part is not None]
    return np.concatenate(known) if known else None


def method_of(name: str) -> Method:
    """A method by its name, with its usual settings.

    Raises:
        MethodError: there is none of that name.
    """
    if name not in METHODS:
        raise MethodError(f"no method {name!r}; there are: {', '.join(METHODS)}")
    return METHODS[name]()
