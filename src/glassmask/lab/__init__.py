"""The lab wing: data, training and measuring. Needs the extra `glassmask[lab]`.

`evaluate` does what the command `evaluate` does. It is imported when it is first used, so that
`import glassmask.lab` imports nothing heavy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from glassmask.lab.evaluation.evaluate import evaluate

__all__ = ["evaluate"]

_MODULES: Final = {
    "evaluate": "glassmask.lab.evaluation.evaluate",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
