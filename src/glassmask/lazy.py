"""Names of a package that are imported when they are first used (PEP 562)."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any


def import_name(package: str, modules: Mapping[str, str], name: str) -> Any:
    """What `package.name` is: for the package's `__getattr__`.

    Args:
        package: its `__name__`.
        modules: name -> the module that it is defined in.
        name: one of these, or a module of the package.

    Raises:
        AttributeError: there is none of that name.
        ImportError: it can't be imported: it needs an extra, mostly.
    """
    if name in modules:
        return getattr(import_module(modules[name]), name)
    if not name.startswith("_"):
        module = f"{package}.{name}"
        try:
            return import_module(module)
        except ModuleNotFoundError as error:
            if error.name != module:
                raise
    raise AttributeError(f"module {package!r} has no attribute {name!r}")
