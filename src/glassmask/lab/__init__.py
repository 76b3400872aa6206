"""The lab wing: data, training and measuring. Needs the extra `glassmask[lab]`.

`audit_network`, `evaluate` and `explain_photos` do what the commands `audit`, `evaluate` and
`explain` do. They are imported when they are first used, so that `import glassmask.lab` imports
nothing heavy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from glassmask.lab.attribution.explain import explain_photos
    from glassmask.lab.audit.run import audit_network
    from glassmask.lab.evaluation.evaluate import evaluate

__all__ = ["audit_network", "evaluate", "explain_photos"]

_MODULES: Final = {
    "audit_network": "glassmask.lab.audit.run",
    "evaluate": "glassmask.lab.evaluation.evaluate",
    "explain_photos": "glassmask.lab.attribution.explain",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
