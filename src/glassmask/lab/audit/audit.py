"""The whole audit of a network: every test, for every method and for what knows nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from glassmask.errors import ConversionError, MethodError
from glassmask.lab.attribution import (
    Evidence,
    GradCAM,
    Gradient,
    IntegratedGradients,
    Method,
    Occlusion,
)
from glassmask.lab.attribution.method import method_settings
from glassmask.lab.audit.baselines import BASELINES
from glassmask.lab.audit.examples import Example
from glassmask.lab.audit.figures import Figure, Table, mean_of
from glassmask.lab.audit.maps import logits_of, stacked, wear_of
from glassmask.lab.audit.of_faces import SEGMENTS_TEST, Shown, of_faces, of_segments
from glassmask.lab.audit.of_pairs import ShownPairs, of_pairs
from glassmask.lab.audit.parts import PAINTED, SEGMENTS, areas_table
from glassmask.lab.audit.reasons import areas_by_region
from glassmask.lab.audit.sanity import draw
from glassmask.lab.audit.sizes import Sizes, spread
from glassmask.lab.audit.subjects import Subject, SubjectPair, Subjects, parts_in
from glassmask.lab.judging.judge import Judge
from glassmask.lab.networks.photo_network import PhotoNetwork
from glassmask.networks.engines import Precision

AREA: Final = "area"
"""The row of a table that tells what chance gives."""

_USUAL: Final = Sizes()


@dataclass(frozen=True, slots=True)
class Audit:
    """What was measured.

    Attributes:
        network: its name.
        methods: name -> its settings, in order; what knows nothing stands in `baselines`.
        counts: what was looked at: name -> how many.
        rightly: of the pairs, the share with both members rightly classified.
        tables: test -> method, or `AREA` -> column -> figure.
        areas: region -> the share of the crop that it takes.
        examples: method -> pairs to look at.
    """

    network: str
    methods: Mapping[str, Mapping[str, Any]]
    baselines: tuple[str, ...]
    counts: Mapping[str, int]
    rightly: Figure
    tables: Mapping[str, Mapping[str, Table]]
    areas: Mapping[str, float]
    examples: Mapping[str, Sequence[Example]]


def methods_of(
    network: PhotoNetwork, names: Sequence[str] = (), precision: Precision = "f32"
) -> list[Method]:
    """Every method that a network allows, with its usual settings; but fewer steps at most.

    Args:
        network: any.
        names: only those; none: all.
        precision: of the gradients of `integrated-gradients`, which are most of the time.

    Raises:
        MethodError: one of them is none, or not for this network.
    """
    path = IntegratedGradients(max_steps=64, precision=precision)
    methods: list[Method] = [GradCAM(), path, Gradient(), Occlusion()]
    with suppress(ConversionError):
        network.with_evidence()
        methods.insert(0, Evidence())
    allowed = [method.name for method in methods]
    for name in names:
        if name not in allowed:
            raise MethodError(f"no method {name!r} for this network: {', '.join(allowed)}")
    return [method for method in methods if not names or method.name in names]


def rightly(network: PhotoNetwork, pairs: Sequence[SubjectPair]) -> NDArray[np.bool_]:
    """Whether a network says the wear of both members rightly: bool (N,)."""
    right = np.ones(len(pairs), np.bool_)
    for side in ("before", "after"):
        members = [getattr(pair, side) for pair in pairs]
        if members:
            said = wear_of(logits_of(network, stacked(members)))
            truth = [member.record.wear for member in members]
            right &= np.array([one is two for one, two in zip(said, truth, strict=True)])
    return right


def audit(
    judge: Judge,
    network: PhotoNetwork,
    subjects: Subjects,
    methods: Sequence[Method],
    sizes: Sizes = _USUAL,
    progress: Callable[[int, str], None] = lambda *_: None,
) -> Audit:
    """Measure every method on painted pairs and on faces.

    Args:
        judge: says the network's classes.
        network: in evaluation mode; left as it is.
        subjects: pairs and faces.
        methods: of `methods_of`; `BASELINES` are asked after them.
        sizes: how many of the subjects.
        progress: told how many methods and baselines are done, and which is next.
    """
    chosen = spread(subjects.pairs, sizes.pairs, lambda pair: pair.after.record.uncovered)
    right = rightly(network, chosen)
    kept = [pair for pair, good in zip(chosen, right, strict=True) if good]
    faces = spread(subjects.faces, sizes.faces, lambda face: face.record.wear)
    segmented = spread(subjects.segmented, sizes.faces, lambda face: face.record.wear)
    shown_pairs = ShownPairs.of(kept, judge) if kept else None
    shown = Shown.to(network, faces) if faces else None
    shown_segments = Shown.to(network, segmented) if segmented else None
    drawn = draw(network, shown.crops) if shown else {}
    tables: dict[str, dict[str, Table]] = {}
    examples: dict[str, list[Example]] = {}
    for done, method in enumerate((*methods, *BASELINES)):
        progress(done, method.name)
        known = method not in BASELINES
        if shown_pairs:
            table, some = of_pairs(network, shown_pairs, method, sizes, asks=known)
            _add(tables, method.name, table)
            if known and some:
                examples[method.name] = some
        if shown:
            _add(tables, method.name, of_faces(network, drawn, shown, method, sizes, asks=known))
        if shown_segments:
            _add(tables, method.name, of_segments(network, shown_segments, method))
    _add(tables, AREA, areas_of(kept, segmented))
    return Audit(
        network=judge.name,
        methods={method.name: method_settings(method) for method in methods},
        baselines=tuple(method.name for method in BASELINES),
        counts={
            "pairs": len(chosen),
            "pairs rightly classified": len(kept),
            "faces": len(faces),
            "faces with segments": len(segmented),
        },
        rightly=mean_of(right, [pair.before.record.group for pair in chosen]),
        tables=tables,
        areas=areas_by_region(np.stack([face.regions for face in faces])) if faces else {},
        examples=examples,
    )


def areas_of(pairs: Sequence[SubjectPair], segmented: Sequence[Subject]) -> dict[str, Table]:
    """The share of the crop that each part takes, by the tests that tell parts."""
    found = {}
    for side in ("after", "before") if pairs else ():
        members = [getattr(pair, side) for pair in pairs]
        groups = [member.record.group for member in members]
        found[f"parts, {side}"] = areas_table(parts_in(members), PAINTED, groups)
    if segmented:
        groups = [face.record.group for face in segmented]
        found[SEGMENTS_TEST] = areas_table(parts_in(segmented), SEGMENTS, groups)
    return found


def _add(tables: dict[str, dict[str, Table]], row: str, found: Mapping[str, Table]) -> None:
    for test, table in found.items():
        tables.setdefault(test, {})[row] = table
