"""Tests of the network itself: one part is hidden, on painted faces and on real ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.faces.regions import REGIONS
from glassmask.lab.attribution.answers import has_answers
from glassmask.lab.audit.figures import Table, mean_of
from glassmask.lab.audit.inputs import PAINTED_PARTS, Subject, SubjectPair, stack_crops
from glassmask.lab.audit.measures.hiding import measure_hiding
from glassmask.lab.audit.results import AuditTest, Measure
from glassmask.lab.judging.hiding import FILLS
from glassmask.lab.judging.judge import Judge
from glassmask.lab.networks.photo_network import PhotoNetwork
from glassmask.labels import PARTS, Part

TOGETHER: Final = "all"
"""The row of a table that is all parts together."""


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """A face, a part of it that is uncovered, and where that is: bool (S, S)."""

    subject: Subject
    part: Part
    place: NDArray[np.bool_]


def hiding_tests(
    judge: Judge,
    network: PhotoNetwork,
    pairs: Sequence[SubjectPair],
    faces: Sequence[Subject],
) -> dict[AuditTest, dict[str, Table]]:
    """Hide each part that a mask leaves uncovered: on `after` of painted pairs, and on faces.

    Args:
        judge: says the network's outputs; of one that answers no questions nothing is asked.
        network: its torch network, in evaluation mode.
        pairs: painted ones, whose parts are known by pixel.
        faces: real ones, whose parts are known by landmarks.
    """
    if not has_answers(judge.outputs):
        return {}
    painted = [case for pair in pairs for case in _cases(pair.after, painted=True)]
    real = [case for face in faces for case in _cases(face, painted=False)]
    tables: dict[AuditTest, dict[str, Table]] = {}
    for kind, cases in (("painted", painted), ("real", real)):
        for fill in FILLS if cases else ():
            found = measure_hiding(
                network,
                stack_crops([case.subject for case in cases]),
                [case.part for case in cases],
                np.stack([case.place for case in cases]),
                fill,
                judge.temperature,
            )
            rows = {TOGETHER: list(range(len(cases)))}
            rows |= {str(p): [k for k, case in enumerate(cases) if case.part is p] for p in PARTS}
            groups = [case.subject.record.group for case in cases]
            tables[AuditTest(Measure.HIDING, f"{kind}, {fill}")] = {
                name: {
                    "leaves": mean_of(found.leaves[own], [groups[k] for k in own]),
                    "others stay": mean_of(found.stay[own], [groups[k] for k in own]),
                }
                for name, own in rows.items()
            }
    return tables


def _cases(subject: Subject, *, painted: bool) -> list[_Case]:
    """The parts of a face that its mask leaves uncovered, and where they are."""
    if not subject.record.answers.mask:
        return []
    labels, names = (subject.parts, PAINTED_PARTS) if painted else (subject.regions, REGIONS)
    if labels is None:
        return []
    return [
        _Case(subject, part, labels == names.index(str(part)))
        for part in PARTS
        if getattr(subject.record.answers, part)
    ]
