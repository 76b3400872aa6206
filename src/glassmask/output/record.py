"""The JSON that `glassmask check` writes: one object a photo. A promise to its readers.

`docs/check.schema.json` describes it; `SCHEMA` is raised when a reader could break.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from glassmask.checker import Checker
from glassmask.verdict import Verdict

SCHEMA: Final = 2


def photo_record(
    photo: str,
    checker: Checker,
    *,
    size: tuple[int, int] | None = None,
    verdicts: Sequence[Verdict] = (),
    error: str | None = None,
) -> dict[str, Any]:
    """One photo's JSON object.

    Args:
        photo: the path as given or found.
        checker: what judged it.
        size: width and height in pixels after EXIF rotation; None where `error` is set.
        verdicts: one a face, from left to right; none where no face was found.
        error: why the photo could not be checked, in one line.
    """
    width, height = size or (None, None)
    return {
        "schema": SCHEMA,
        "photo": photo,
        "width": width,
        "height": height,
        "error": error,
        "engine": checker.network.engine,
        "precision": checker.network.precision,
        "network": str(checker.network.manifest),
        "finder": str(checker.faces.finder.manifest),
        "landmarker": str(checker.faces.landmarker.manifest),
        "whole": checker.whole,
        "faces": [_face(verdict) for verdict in verdicts],
    }


def _face(verdict: Verdict) -> dict[str, Any]:
    evidence, face = verdict.evidence, verdict.face
    # Hundredths of a pixel: more digits would say nothing.
    points = None if face.landmarks is None else face.landmarks.xy.round(2).tolist()
    return {
        "box": [round(value, 2) for value in face.box],
        "score": face.score,
        "landmarks": points,
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
