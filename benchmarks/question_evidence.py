"""Where each question's evidence lies, and whether its answer goes when its part is hidden."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.figures import Figures
from glassmask.errors import PhotoError
from glassmask.faces.landmarks import Landmarker
from glassmask.lab.attribution import Evidence
from glassmask.lab.attribution.answers import question_target
from glassmask.lab.audit.figures import Figure as AuditFigure
from glassmask.lab.audit.figures import mean_of
from glassmask.lab.audit.hiding_tests import hiding_tests
from glassmask.lab.audit.inputs import (
    PAINTED_PARTS,
    Subject,
    SubjectLoader,
    SubjectPair,
    select,
    stack_crops,
    stack_parts,
)
from glassmask.lab.audit.measures.localisation import measure_localisation
from glassmask.lab.audit.queries import crop_maps, crop_scores
from glassmask.lab.classes import said_signs
from glassmask.lab.datasets import FaceRecord
from glassmask.lab.datasets.pairs import dilate_truth
from glassmask.lab.evaluation.out_of_fold import Unseen
from glassmask.lab.judging.judge import Judge
from glassmask.lab.metrics.accuracy import is_counted
from glassmask.labels import QUESTIONS


def real_hidden(folds: Sequence[Unseen]) -> Figures:
    """One part hidden on real faces with incorrect masks, each by the fold that did not see it."""
    landmarker = Landmarker()
    found: dict[str, dict[str, dict[str, list[AuditFigure]]]] = {}
    for fold in folds:
        assert fold.judge.network is not None
        loader = SubjectLoader(fold.judge, landmarker)
        own = [face for face in fold.own if is_counted(face) and face.reason is not None]
        faces = [loaded for face in own if (loaded := _load(loader, face)) is not None]
        for test, rows in hiding_tests(fold.judge, fold.judge.network, [], faces).items():
            for part, table in rows.items():
                for column, figure in table.items():
                    columns = found.setdefault(test.variant, {}).setdefault(part, {})
                    columns.setdefault(column, []).append(figure)
    told: dict[str, Any] = {
        variant: {
            part: {column: _joined(parts) for column, parts in columns.items()}
            for part, columns in rows.items()
        }
        for variant, rows in found.items()
    }
    for name, hidden in told.items():
        print(name, values_of(hidden), flush=True)
    return told


def _joined(parts: Sequence[AuditFigure]) -> dict[str, Any]:
    """The figures of several folds' faces as one."""
    groups = [group for part in parts for group in part.groups]
    return mean_of(np.concatenate([part.faces for part in parts]), groups).to_json()


def painted_pairs(judge: Judge, options: argparse.Namespace) -> Figures:
    """Where the evidence for each yes lies, and whether answers go when their part is hidden."""
    assert judge.network is not None
    selection = select([options.painted / "pairs-val"], options.mend, "val")
    loader = SubjectLoader(judge, Landmarker())
    pairs = [loader.load_pair(pair) for pair in selection.pairs]
    tables = hiding_tests(judge, judge.network, pairs, [])
    found: dict[str, Any] = {
        "pointing": pointing(judge, pairs),
        "hidden": {
            test.variant: {
                part: {column: figure.to_json() for column, figure in table.items()}
                for part, table in rows.items()
            }
            for test, rows in tables.items()
        },
    }
    for name, hidden in found["hidden"].items():
        print(name, values_of(hidden))
    print(values_of(found["pointing"]), flush=True)
    return found


def pointing(judge: Judge, pairs: Sequence[SubjectPair]) -> Figures:
    """Where the map of each question lies that a painted face and the network answer with yes.

    How often its maximum, and which share of its positive evidence, is at the part, widened.
    """
    assert judge.network is not None
    subjects = [subject for pair in pairs for subject in (pair.before, pair.after)]
    crops, parts = stack_crops(subjects), stack_parts(subjects)
    said = said_signs(crop_scores(judge.network, crops), judge.temperature)
    found: dict[str, Any] = {}
    for place, question in enumerate(QUESTIONS):
        name = PAINTED_PARTS.index(str(question))
        rows = [
            row
            for row, subject in enumerate(subjects)
            if getattr(subject.record.answers, question) and said[row, place] > 0
        ]
        truths = np.stack([dilate_truth(parts[row] == name) for row in rows])
        target = question_target(question, judge.outputs)
        maps = crop_maps(judge.network, crops[rows], [target] * len(rows), Evidence())
        where = measure_localisation(maps, truths)
        groups = [subjects[row].record.group for row in rows]
        found[str(question)] = {
            "hit": mean_of(where.hit, groups).to_json(),
            "mass": mean_of(where.mass, groups).to_json(),
        }
    return found


def values_of(table: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """A table's values, without intervals."""
    return {row: {k: v["value"] for k, v in figures.items()} for row, figures in table.items()}


def _load(loader: SubjectLoader, record: FaceRecord) -> Subject | None:
    try:
        return loader.load(record)
    except PhotoError:
        return None
