"""The methods by name. To add one: write its class in a file of its own, and put it in here."""

from __future__ import annotations

import dataclasses
from typing import Any, Final

from glassmask.errors import MethodError
from glassmask.lab.attribution.evidence import Evidence
from glassmask.lab.attribution.grad_cam import GradCAM
from glassmask.lab.attribution.gradient import Gradient
from glassmask.lab.attribution.integrated_gradients import IntegratedGradients
from glassmask.lab.attribution.method import Method
from glassmask.lab.attribution.occlusion import Occlusion
from glassmask.lab.networks.photo_network import PhotoNetwork

METHODS: Final[dict[str, type[Method]]] = {
    method.name: method for method in (Evidence, GradCAM, IntegratedGradients, Gradient, Occlusion)
}
"""Every method by its name, in the order of tables."""

ALL: Final = "all"
"""Every method that a network supports, side by side."""


def make_method(name: str, **settings: Any) -> Method:
    """A method by its name.

    Args:
        name: one of `METHODS`.
        settings: fields of its class; those that are not given have their usual values.

    Raises:
        MethodError: there is none of that name, or a setting can't be.
        TypeError: it has no such setting: see `method_options`.

    Example:
        >>> make_method("integrated-gradients", baselines=("black", "blur"))
        IntegratedGradients(baselines=('black', 'blur'), ...)
    """
    return _method_class(name)(**settings)


def method_options(name: str) -> tuple[str, ...]:
    """What can be set of a method: the names of its fields.

    Raises:
        MethodError: there is none of that name.
    """
    fields = dataclasses.fields(_method_class(name))  # type: ignore[arg-type]
    return tuple(field.name for field in fields)


def methods_with(option: str) -> list[str]:
    """The names of the methods that have an option."""
    return [name for name in METHODS if option in method_options(name)]


def methods_for(network: PhotoNetwork) -> list[str]:
    """The names of the methods that a network supports."""
    return [name for name, method in METHODS.items() if method.supports(network)]


def _method_class(name: str) -> type[Method]:
    if name not in METHODS:
        raise MethodError(f"no method {name!r}; there are: {', '.join(METHODS)}")
    return METHODS[name]
