"""A verdict as JSON, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from glassmask.evidence import Evidence
from glassmask.faces.crop import Square
from glassmask.faces.face import Face
from glassmask.faces.points import FacePoints
from glassmask.faces.regions import REGIONS
from glassmask.labels import QUESTIONS, Part, Question, Wear
from glassmask.verdict import Answer, Reply, UnsureReason, Verdict, answer_sign

EvidenceDetail: TypeAlias = Literal["none", "shares", "maps"]
"""How much of a verdict's evidence a record holds."""

WEARS_TOLD: Final = (Wear.NONE, Wear.CORRECT, Wear.INCORRECT)
"""The wears as records and reports list them."""


def verdict_record(verdict: Verdict, detail: EvidenceDetail) -> dict[str, Any]:
    """One face's JSON object. It does not say what of the face lies outside the photo.

    Args:
        verdict: about the face.
        detail: how much of its evidence.

    Raises:
        ValueError: the verdict came without shares or maps, or no such detail exists.
    """
    if detail not in ("none", "shares", "maps"):
        raise ValueError(f"evidence is none, shares or maps, not {detail!r}")
    face = verdict.face
    # Hundredths of a pixel: more digits would say nothing.
    points = None if face.landmarks is None else face.landmarks.xy.round(2).tolist()
    record: dict[str, Any] = {
        "box": [round(value, 2) for value in face.box],
        "score": face.score,
        "turn": face.turn,
        "angle": round(face.angle, 1) % 360,
        "landmarks": points,
        "wear": verdict.wear,
        "uncovered": list(verdict.uncovered),
        "answers": {q: _answer_record(a, detail) for q, a in verdict.answers.items()},
        "probabilities": {wear: verdict.probabilities[wear] for wear in WEARS_TOLD},
        "unsure": verdict.unsure,
        "unsure_reason": verdict.unsure_reason,
        "prediction_set": list(verdict.prediction_set),
    }
    if detail != "none":
        if not verdict.shares:
            raise ValueError("this verdict came without shares: record it with evidence='none'")
        record["evidence"] = {"shares": dict(verdict.shares)}
    if detail == "maps":
        evidence = verdict.evidence
        square = evidence.square
        record["evidence"] |= {
            "square": [square.x, square.y, square.side],
            "crop_size": evidence.crop_size,
            "maps": dict(zip(QUESTIONS, evidence.maps.tolist(), strict=True)),
        }
    return record


def verdict_from_record(record: Mapping[str, Any]) -> Verdict:
    """Read one face's JSON object back.

    Raises:
        ValueError, KeyError, TypeError: it is not as the schema says.
    """
    points, reason = record["landmarks"], record["unsure_reason"]
    answers = {q: _answer(record["answers"][q]) for q in QUESTIONS}
    evidence = record.get("evidence", {})
    x, y, w, h = map(float, record["box"])
    turn = int(record.get("turn", 0))  # the first records of schema 3 came without
    return Verdict(
        face=Face(
            box=(x, y, w, h),
            score=record["score"],
            landmarks=None if points is None else FacePoints(np.array(points, np.float64)),
            turn=turn,
        ),
        wear=Wear(record["wear"]),
        uncovered=tuple(map(Part, record["uncovered"])),
        answers=answers,
        probabilities={wear: float(record["probabilities"][wear]) for wear in WEARS_TOLD},
        unsure_reason=None if reason is None else UnsureReason(reason),
        prediction_set=tuple(map(Wear, record["prediction_set"])),
        shares=_shares(evidence.get("shares")),
        optional_evidence=_evidence(evidence, answers, turn) if "maps" in evidence else None,
    )


def _answer_record(answer: Answer, detail: EvidenceDetail) -> dict[str, Any]:
    record: dict[str, Any] = {
        "answer": answer.answer,
        "probability": answer.probability,
        "logit": answer.logit,
        "bias": answer.bias,
    }
    if detail != "none":
        record["shares"] = dict(answer.shares)
    return record


def _answer(record: Mapping[str, Any]) -> Answer:
    return Answer(
        answer=Reply(record["answer"]),
        probability=float(record["probability"]),
        logit=float(record["logit"]),
        bias=float(record["bias"]),
        shares=_shares(record.get("shares")),
    )


def _shares(record: Mapping[str, Any] | None) -> dict[str, float]:
    return {} if not record else {region: float(record[region]) for region in REGIONS}


def _evidence(record: Mapping[str, Any], answers: Mapping[Question, Answer], turn: int) -> Evidence:
    x, y, side = map(float, record["square"])
    return Evidence(
        maps=np.array([record["maps"][question] for question in QUESTIONS], np.float32),
        logits=np.array([answers[q].logit for q in QUESTIONS], np.float32),
        biases=np.array([answers[q].bias for q in QUESTIONS], np.float32),
        signs=np.array([answer_sign(answers[q].answer) for q in QUESTIONS], np.int8),
        square=Square(x, y, side, turn),
        crop_size=int(record["crop_size"]),
    )
