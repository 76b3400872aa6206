"""Explain a network and leave it bit for bit as it was found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

from glassmask.errors import MethodError


@contextmanager
def undisturbed(network: nn.Module) -> Iterator[None]:
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
