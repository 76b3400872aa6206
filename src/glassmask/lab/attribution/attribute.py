"""Explain any network by any method: the one door."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from glassmask.errors import MethodError
from glassmask.lab.attribution.method import Method, MethodOutput
from glassmask.lab.attribution.registry import make_method
from glassmask.lab.attribution.result import Attribution
from glassmask.lab.attribution.targets import (
    Target,
    normalise_targets,
    resolve_targets,
    target_weights,
)
from glassmask.lab.networks.photo_network import PhotoNetwork
from glassmask.version import __version__

_BATCH: Final = 16
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
    chosen = make_method(method) if isinstance(method, str) else method
    given = torch.from_numpy(np.array(photos))  # a copy: theirs may be read-only
    requested = None if target is None else normalise_targets(len(photos), target)
    outputs: list[MethodOutput] = []
    targets: list[Target] = []
    with preserving_state(network):
        for first in range(0, len(given), _BATCH):
            part = None if requested is None else requested[first : first + _BATCH]
            output = _explain_batch(chosen, network, given[first : first + _BATCH], part)
            outputs.append(output)
            targets += resolve_targets(output.logits, part)
    logits = torch.cat([output.logits for output in outputs])
    return Attribution(
        method=chosen,
        photos=photos,
        targets=tuple(targets),
        values=(logits * target_weights(targets, logits.shape[1])).sum(dim=1).numpy(),
        maps=np.concatenate([output.maps.detach().numpy() for output in outputs]),
        error=_concatenate([output.error for output in outputs]),
        expected_sum=_concatenate([output.expected_sum for output in outputs]),
        steps=_concatenate([output.steps for output in outputs]),
        layer=outputs[0].layer,
        versions=_VERSIONS,
    )


@contextmanager
def preserving_state(network: nn.Module) -> Iterator[None]:
    """In evaluation mode, with gradients recorded, and none of them kept for parameters.

    Afterwards every module is in the mode, and every parameter has the flag and the gradient,
    that it had. It does not matter whether the caller is inside `no_grad` or `inference_mode`.

    Raises:
        MethodError: the network was made in inference mode: no gradient can be had of it.
    """
    if any(tensor.is_inference() for tensor in (*network.parameters(), *network.buffers())):
        raise MethodError(
            "the network was made inside torch.inference_mode(), where nothing can be recorded: "
            "make or load it outside"
        )
    modes = {module: module.training for module in network.modules()}
    flags = {parameter: parameter.requires_grad for parameter in network.parameters()}
    try:
        for module in modes:
            module.training = False  # `eval` may do more in networks that overrule `train`
        for parameter in flags:
            parameter.requires_grad_(False)
        with torch.inference_mode(False), torch.enable_grad():
            yield
    finally:
        for module, mode in modes.items():
            module.training = mode
        for parameter, flag in flags.items():
            parameter.requires_grad_(flag)


def _explain_batch(
    method: Method, network: PhotoNetwork, photos: Tensor, target: Sequence[Target] | None
) -> MethodOutput:
    """The maps of a few photos.

    Raises:
        MethodError: the network gives logits that are no numbers.
    """

    def weigh(logits: Tensor) -> Tensor:
        return target_weights(resolve_targets(logits, target), logits.shape[1])

    output = method.explain(network, photos, weigh)
    if not torch.isfinite(output.logits).all():
        raise MethodError("the network gives logits that are no numbers: there is nothing to say")
    return output


def _concatenate(parts: Sequence[Tensor | None]) -> NDArray[Any] | None:
    known = [part.numpy() for part in parts if part is not None]
    return np.concatenate(known) if known else None
