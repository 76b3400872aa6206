"""The verdict on one face, of what the wear network says of its crop."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glassmask.combinations import (
    answer_probabilities,
    combination_probabilities,
    likeliest,
    wear_of,
    wear_probabilities,
)
from glassmask.evidence import Evidence, region_shares
from glassmask.faces.framing import FramedFace
from glassmask.labels import PARTS, QUESTIONS, WEARS, Question, Wear
from glassmask.networks.manifest import Manifest
from glassmask.verdict import (
    Answer,
    Reply,
    Verdict,
    answer_sign,
    prediction_set,
    replies,
    unsure_reason,
)


def judge_face(
    framed: FramedFace,
    logits: NDArray[np.float32],
    maps: NDArray[np.float32],
    manifest: Manifest,
) -> Verdict:
    """The verdict on one face.

    Args:
        framed: what the network saw.
        logits: of the four questions, (4,).
        maps: their evidence, (4, h, w).
        manifest: of the network.
    """
    known = manifest.combinations
    probabilities = combination_probabilities(logits, known, manifest.temperature)
    wears = wear_probabilities(probabilities, known)
    likely = prediction_set(wears, manifest.confidence)
    decided = likeliest(probabilities, known)
    chances = answer_probabilities(probabilities, known)
    said = replies(decided, chances, framed.outside)
    wear = wear_of(decided)
    evidence = Evidence(
        maps=np.array(maps, np.float32),
        logits=np.array(logits, np.float32),
        biases=np.asarray(manifest.bias, np.float32),
        signs=np.array([answer_sign(said[q]) for q in QUESTIONS], np.int8),
        square=framed.square,
        crop_size=len(framed.crop),
    )
    regions = framed.regions()
    answers = {
        question: Answer(
            answer=said[question],
            probability=float(chances[place]),
            logit=float(evidence.logits[place]),
            bias=float(evidence.biases[place]),
            shares=region_shares(evidence.at_crop(question), regions),
        )
        for place, question in enumerate(QUESTIONS)
    }
    bare = tuple(part for part in PARTS if said[Question(part)] is Reply.YES)
    return Verdict(
        face=framed.face,
        wear=wear,
        uncovered=bare if wear is Wear.INCORRECT else (),
        answers=answers,
        probabilities=dict(zip(WEARS, wears.tolist(), strict=True)),
        unsure_reason=unsure_reason(
            framed.crop,
            max(framed.face.box[2:]),
            likely,
            framed.outside,
            lost=framed.face.turn > 0 and framed.face.landmarks is None,
        ),
        prediction_set=likely,
        shares=region_shares(evidence.at_crop(), regions),
        optional_evidence=evidence,
    )
