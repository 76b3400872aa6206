"""The verdict on one face, of what the wear network says of its crop."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glassmask.evidence import Evidence, region_shares
from glassmask.faces.framing import FramedFace
from glassmask.labels import (
    PARTS,
    QUESTIONS,
    WEAR_OF_CLASS,
    WEARS,
    Question,
    Wear,
    answer_probabilities,
    fold_wears,
    question_scores,
)
from glassmask.networks.manifest import Manifest
from glassmask.verdict import (
    Answer,
    Reply,
    Verdict,
    answer_sign,
    class_probabilities,
    decide,
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
        logits: of the five classes, (5,).
        maps: their evidence, (5, h, w).
        manifest: of the network.
    """
    probabilities = class_probabilities(logits, manifest.temperature)
    wears = fold_wears(probabilities)
    likely = prediction_set(wears, manifest.confidence)
    class_name = decide(probabilities)
    chances = answer_probabilities(probabilities)
    said = replies(class_name, chances, framed.outside)
    wear = WEAR_OF_CLASS[class_name]
    evidence = Evidence(
        maps=question_scores(maps),
        logits=question_scores(logits),
        biases=question_scores(np.asarray(manifest.bias, np.float32)),
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
