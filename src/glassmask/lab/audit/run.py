"""The whole audit of a network: every test, for every method and for every control map."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from glassmask.errors import DatasetError, MethodError
from glassmask.files import require_writable
from glassmask.lab.attribution import Method, make_method, method_options, methods_for
from glassmask.lab.attribution.method import method_settings
from glassmask.lab.audit.control_maps import CONTROLS
from glassmask.lab.audit.face_tests import SEGMENT_TEST, FaceBatch, face_tests, segment_tests
from glassmask.lab.audit.figures import Table, mean_of
from glassmask.lab.audit.hiding_tests import hiding_tests
from glassmask.lab.audit.inputs import (
    PAINTED_PARTS,
    SEGMENT_PARTS,
    AuditInputs,
    Subject,
    SubjectPair,
    select,
    stack_crops,
    stack_parts,
)
from glassmask.lab.audit.measures.region_shares import area_table, region_areas
from glassmask.lab.audit.measures.sanity import randomise_by_depth
from glassmask.lab.audit.pair_tests import PairBatch, pair_tests
from glassmask.lab.audit.queries import crop_scores, predicted_wears
from glassmask.lab.audit.report import write_audit
from glassmask.lab.audit.results import Audit, AuditTest, Example, Measure
from glassmask.lab.audit.sample_sizes import SampleSizes, choose_evenly
from glassmask.lab.judging.judge import Judge
from glassmask.lab.networks.photo_network import PhotoNetwork
from glassmask.lab.tasks.judges import open_explained
from glassmask.networks.engines import Precision

AREA: Final = "area"
"""The row of a table that tells what chance gives."""

_SETTINGS: Final[Mapping[str, Mapping[str, Any]]] = {"integrated-gradients": {"max_steps": 64}}
"""Method -> settings other than its usual ones: it is asked thousands of times."""

_USUAL_SIZES: Final = SampleSizes()

Progress = Callable[[int, int, str], None]
"""Told how many methods and controls are done, of how many, and which is next."""


def audit_network(
    network: str | Path,
    data: Sequence[Path],
    out: Path | None = None,
    *,
    mending: Path | None = None,
    labels: Mapping[str, str] | None = None,
    split: str = "val",
    faces: int = 150,
    methods: Sequence[str] = (),
    precision: Precision = "f32",
    examples: int = 3,
    warn: Callable[[str], None] = lambda _: None,
    progress: Progress = lambda *_: None,
) -> Audit:
    """Measure whether a network's explanations are true, and write the report.

    Args:
        network: a finished run's folder, a network file, or `shipped`.
        data: folders of labelled faces, of MaskedFace-Net with its segments, and of painted
            pairs, which alone can say whether an explanation points right.
        out: folder of `report.html`, which shows people, and `audit.json`; made if it is not
            there. None: nothing is written.
        mending: a table of rows that are given another split, or left out.
        labels: what unknown words of the datasets mean, see `read_datasets`.
        split: audit on faces of this split, which the network never saw.
        faces: how many faces and pairs at most; fewer are quicker and less sure.
        methods: names of attribution methods; none: all that the network allows.
        precision: of the gradients of methods that let it be chosen.
        examples: how many best, median and worst pairs to show.
        warn: is told in a line what could not be read or will not be measured.
        progress: see `Progress`.

    Raises:
        DatasetError: the data are not as they must be, or hold nothing to look at.
        MethodError: no such method, or not for this network.
        NetworkError, RunError, RecipeError, NetworkNameError: the network can't be opened.
        OSError: a file can't be read or written.

    Example:
        >>> audit = audit_network("shipped", [Path("pairs"), Path("real")], Path("out"))
        >>> audit.tables[AuditTest(Measure.LOCALISATION, "after")]["evidence"]["hit"].value
        1.0
    """
    judge, explained = open_explained(str(network))
    chosen = audit_methods(explained, methods, precision)
    selection = select(data, mending, split, labels)
    if not selection:
        raise DatasetError(f"no faces of split {split!r} in {', '.join(map(str, data))}")
    if not selection.pairs:
        warn("no painted pairs among the data: nothing can say whether a map points right")
    if out is not None:
        require_writable(out)
    sizes = SampleSizes.for_faces(faces, examples)
    inputs = selection.sample(sizes).load(judge, warn)
    if not inputs:
        raise DatasetError("none of the pictures can be read")
    audit = measure(judge, explained, inputs, chosen, sizes, progress)
    if out is not None:
        write_audit(audit, out, f" of {split}")
    return audit


def audit_methods(
    network: PhotoNetwork, names: Sequence[str] = (), precision: Precision = "f32"
) -> list[Method]:
    """Every method that a network allows, with the settings of an audit.

    Args:
        network: any.
        names: only those, in the registry's order; none: all.
        precision: of the gradients of methods that let it be chosen.

    Raises:
        MethodError: one of them is none, or not for this network.
    """
    allowed = methods_for(network)
    for name in names:
        if name not in allowed:
            raise MethodError(f"no method {name!r} for this network: {', '.join(allowed)}")
    methods = []
    for name in allowed:
        settings = dict(_SETTINGS.get(name, {}))
        if "precision" in method_options(name):
            settings["precision"] = precision
        if not names or name in names:
            methods.append(make_method(name, **settings))
    return methods


def measure(
    judge: Judge,
    network: PhotoNetwork,
    inputs: AuditInputs,
    methods: Sequence[Method],
    sizes: SampleSizes = _USUAL_SIZES,
    progress: Progress = lambda *_: None,
) -> Audit:
    """Measure methods on painted pairs and on faces.

    Args:
        judge: says the network's outputs.
        network: in evaluation mode; left as it is.
        inputs: pairs and faces.
        methods: of `audit_methods`; `CONTROLS` are asked after them.
        sizes: how many of the inputs.
        progress: see `Progress`.
    """
    pairs = choose_evenly(inputs.pairs, sizes.pairs, lambda pair: pair.after.record.uncovered)
    correct = _correct_pairs(judge, network, pairs)
    kept = [pair for pair, good in zip(pairs, correct, strict=True) if good]
    faces = choose_evenly(inputs.faces, sizes.faces, lambda face: face.record.wear)
    segmented = choose_evenly(inputs.segmented, sizes.faces, lambda face: face.record.wear)
    pair_batch = PairBatch.for_outputs(kept, judge.outputs) if kept else None
    face_batch = FaceBatch.for_network(judge, network, faces) if faces else None
    segment_batch = FaceBatch.for_network(judge, network, segmented) if segmented else None
    hidden = hiding_tests(judge, network, kept, faces)
    randomised = randomise_by_depth(network, face_batch.crops) if face_batch else {}
    tables: dict[AuditTest, dict[str, Table]] = dict(hidden)
    examples: dict[str, list[Example]] = {}
    everything = (*methods, *CONTROLS)
    for done, method in enumerate(everything):
        progress(done, len(everything), method.name)
        is_control = method in CONTROLS
        if pair_batch:
            found, chosen_pairs = pair_tests(
                network, pair_batch, method, sizes, is_control=is_control
            )
            _add_row(tables, method.name, found)
            if chosen_pairs:
                examples[method.name] = chosen_pairs
        if face_batch:
            found = face_tests(
                network, randomised, face_batch, method, sizes, is_control=is_control
            )
            _add_row(tables, method.name, found)
        if segment_batch:
            _add_row(tables, method.name, segment_tests(network, segment_batch, method))
    _add_row(tables, AREA, _part_areas(kept, segmented))
    return Audit(
        network=judge.name,
        methods={method.name: method_settings(method) for method in methods},
        controls=tuple(method.name for method in CONTROLS),
        counts={
            "pairs": len(pairs),
            "pairs rightly classified": len(kept),
            "faces": len(faces),
            "faces with segments": len(segmented),
        },
        correct=mean_of(correct, [pair.before.record.group for pair in pairs]),
        tables=tables,
        areas=region_areas(np.stack([face.regions for face in faces])) if faces else {},
        examples=examples,
    )


def _correct_pairs(
    judge: Judge, network: PhotoNetwork, pairs: Sequence[SubjectPair]
) -> NDArray[np.bool_]:
    """Whether a network says the wear of both members rightly: bool (N,)."""
    correct = np.ones(len(pairs), np.bool_)
    for members in _sides(pairs).values():
        predicted = predicted_wears(crop_scores(network, stack_crops(members)), judge.temperature)
        labels = [member.record.wear for member in members]
        correct &= [one is other for one, other in zip(predicted, labels, strict=True)]
    return correct


def _part_areas(
    pairs: Sequence[SubjectPair], segmented: Sequence[Subject]
) -> dict[AuditTest, Table]:
    """The share of the crop that each part takes, by the tests that tell parts."""
    tables = {}
    for side, members in _sides(pairs).items():
        groups = [member.record.group for member in members]
        areas = area_table(stack_parts(members), PAINTED_PARTS, groups)
        tables[AuditTest(Measure.PARTS, side)] = areas
    if segmented:
        groups = [face.record.group for face in segmented]
        tables[SEGMENT_TEST] = area_table(stack_parts(segmented), SEGMENT_PARTS, groups)
    return tables


def _sides(pairs: Sequence[SubjectPair]) -> dict[str, list[Subject]]:
    """The members on either side; nothing of no pairs."""
    if not pairs:
        return {}
    return {"after": [pair.after for pair in pairs], "before": [pair.before for pair in pairs]}


def _add_row(
    tables: dict[AuditTest, dict[str, Table]], row: str, found: Mapping[AuditTest, Table]
) -> None:
    for test, table in found.items():
        tables.setdefault(test, {})[row] = table
