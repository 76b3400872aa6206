"""The lab wing: data, training and measuring. Needs the extra `glassmask[lab]`.

`audit_network`, `evaluate` and `explain_photos` do what the commands `audit`, `evaluate` and
`explain` do. They are imported when they are first used, so that `import glassmask.lab` imports
nothing heavy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from glassmask.lazy import import_name

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
    return import_name(__name__, _MODULES, name)


def __dir__() -> list[str]:
    return sorted([*__all__, "attribution", "datasets", "networks"])
