"""The JSON that `glassmask check` writes: one object a photo. A promise to its readers.

`docs/check.schema.json` describes it; `SCHEMA` is raised when a reader could break.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from glassmask.network import Network
from glassmask.verdict import Verdict

SCHEMA: Final = 1


def photo_record(
    photo: str,
    network: Network,
    *,
    size: tuple[int, int] | None = None,
    verdicts: Sequence[Verdict] = (),
    error: str | None = None,
) -> dict[str, Any]:
    """One photo's JSON object.

    Args:
        photo: the path as given or found.
        network: what judged it.
        size: width and height in pixels after EXIF rotation; None where `error` is set.
        verdicts: one a face.
        error: why the photo could not be checked, in one line.
    """
    width, height = size or (None, None)
    return {
        "schema": SCHEMA,
        "photo": photo,
        "width": width,
        "height": height,
        "error": error,
        "engine": network.engine,
        "precision": network.precision,
        "network": str(network.manifest),
        "faces": [_face(verdict) for verdict in verdicts],
    }


def _face(verdict: Verdict) -> dict[str, Any]:
    evidence = verdict.evidence
    return {
        "box": list(verdict.face.box),
        "score": verdict.face.score,
        "landmarks": verdict.face.landmarks,
        "wear": verdict.wear,
        "uncovered": verdict.uncovered,
        "probabilities": dict(verdict.probabilities),
        "unsure": verdict.unsure,
        "unsure_reason": verdict.unsure_reason,
        "prediction_set": list(verdict.prediction_set),
        "evidence": {
            "class": evidence.class_name,
            "logit": evidence.logit,
            "bias": evidence.bias,
            "shares": dict(evidence.shares),
        },
    }
