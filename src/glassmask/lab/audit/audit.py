"""The whole audit of a network: every test, for every method and for what knows nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.lab.attribution import (
    Contrast,
    Evidence,
    GradCAM,
    Gradient,
    IntegratedGradients,
    Method,
    Occlusion,
    Target,
)
from glassmask.lab.audit.baselines import BASELINES
from glassmask.lab.audit.examples import Example, examples
from glassmask.lab.audit.faithfulness import faithfulness
from glassmask.lab.audit.figures import Figure, mean_of
from glassmask.lab.audit.localisation import dilated, locate
from glassmask.lab.audit.locality import locality
from glassmask.lab.audit.maps import (
    Asked,
    ask,
    class_of,
    contrasts,
    logits_of,
    stacked,
    wear_of,
)
from glassmask.lab.audit.reasons import areas_by_region, by_class, shares_by_region
from glassmask.lab.audit.sanity import sanity
from glassmask.lab.audit.sizes import Sizes, rows_of, spread
from glassmask.lab.audit.stability import stability
from glassmask.lab.audit.subjects import Subject, SubjectPair
from glassmask.lab.evaluation.judge import Judge
from glassmask.lab.networks.photo_network import ConversionError, PhotoNetwork

HIDING: Final = ("mean", "blur")
"""The baselines that hide pixels, each told by itself."""

_USUAL: Final = Sizes()

Table = dict[str, Figure]
"""Column -> figure."""


@dataclass(frozen=True, slots=True)
class Audit:
    """What was measured.

    Attributes:
        network: its name.
        methods: names, the methods before what knows nothing.
        counts: what was looked at: name -> how many.
        rightly: of the pairs, the share with both members rightly classified.
        tables: test -> method -> column -> figure.
        areas: region -> the share of the crop that it takes.
        examples: method -> pairs to look at.
    """

    network: str
    methods: tuple[str, ...]
    baselines: tuple[str, ...]
    counts: Mapping[str, int]
    rightly: Figure
    tables: Mapping[str, Mapping[str, Table]]
    areas: Mapping[str, float]
    examples: Mapping[str, Sequence[Example]]


def methods_of(network: PhotoNetwork) -> list[Method]:
    """Every method that a network allows, with its usual settings; but fewer steps at most."""
    path = IntegratedGradients(max_steps=72)
    methods: list[Method] = [GradCAM(), path, Gradient(), Occlusion()]
    try:
        network.with_evidence()
    except ConversionError:
        return methods
    return [Evidence(), *methods]


def asked_of(network: PhotoNetwork) -> list[Method]:
    """What an audit asks, in its order: the methods, and what knows nothing."""
    return [*methods_of(network), *BASELINES]


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
    pairs: Sequence[SubjectPair],
    faces: Sequence[Subject],
    sizes: Sizes = _USUAL,
    progress: Callable[[int, str], None] = lambda *_: None,
) -> Audit:
    """Measure every method on painted pairs and on real faces; either may be empty.

    Args:
        judge: says the network's classes.
        network: in evaluation mode; left as it is.
        pairs: painted pairs of people that it never saw.
        faces: real faces of people that it never saw.
        sizes: how many of them.
        progress: told how many of `asked_of` are done, and which is next.
    """
    chosen = spread(pairs, sizes.pairs)
    right = rightly(network, chosen)
    kept = [pair for pair, good in zip(chosen, right, strict=True) if good]
    shown = spread(faces, sizes.faces)
    tables: dict[str, dict[str, Table]] = {}
    shown_pairs: dict[str, list[Example]] = {}
    methods = methods_of(network)
    for done, method in enumerate(asked_of(network)):
        progress(done, method.name)
        known = method not in BASELINES
        if kept:
            table, some = _of_pairs(judge, network, kept, method, sizes, asks=known)
            _add(tables, method, table)
            if known and some:
                shown_pairs[method.name] = some
        if shown:
            _add(tables, method, _of_faces(network, shown, method, sizes, asks=known))
    return Audit(
        network=judge.name,
        methods=tuple(method.name for method in methods),
        baselines=tuple(method.name for method in BASELINES),
        counts={"pairs": len(chosen), "pairs rightly classified": len(kept), "faces": len(shown)},
        rightly=mean_of(right, [pair.before.record.group for pair in chosen]),
        tables=tables,
        areas=areas_by_region(np.stack([face.regions for face in shown])) if shown else {},
        examples=shown_pairs,
    )


def _add(tables: dict[str, dict[str, Table]], method: Method, found: Mapping[str, Table]) -> None:
    for test, table in found.items():
        tables.setdefault(test, {})[method.name] = table


def _of_pairs(
    judge: Judge,
    network: PhotoNetwork,
    pairs: Sequence[SubjectPair],
    method: Method,
    sizes: Sizes,
    *,
    asks: bool,
) -> tuple[dict[str, Table], list[Example]]:
    """Localisation and locality: why the one and not the other, in either picture of a pair."""
    truths = np.stack([dilated(pair.changes) for pair in pairs])
    groups = [pair.before.record.group for pair in pairs]
    found: dict[str, Table] = {}
    seen: list[Example] = []
    for side, other in (("after", "before"), ("before", "after")):
        members = [getattr(pair, side) for pair in pairs]
        rivals = [getattr(pair, other) for pair in pairs]
        targets: list[Target] = []
        for member, rival in zip(members, rivals, strict=True):
            this, that = class_of(member, judge), class_of(rival, judge)
            assert this is not None
            assert that is not None
            targets.append(Contrast(this, that))
        maps = ask(network, stacked(members), targets, method).maps
        located = locate(maps, truths)
        names = ("hit", "mass", "rank", "area")
        found[f"localisation, {side}"] = {
            **{name: mean_of(getattr(located, name), groups) for name in names},
            **_hits_by_change(located.hit, pairs, groups),
        }
        if side == "after" and asks:
            seen = examples(pairs, maps, truths, located.mass, method, sizes.examples)
            some = rows_of(len(pairs), sizes.local)
            own = [groups[row] for row in some]
            crops, chosen = stacked(members)[some], [targets[row] for row in some]
            for hiding in HIDING:
                local = locality(network, crops, chosen, maps[some], truths[some], method, hiding)
                found[f"locality, {hiding}"] = {
                    "stays": mean_of(_held(local.stays), own),
                    "goes": mean_of(_held(local.goes), own),
                    "alike": mean_of(local.alike, own),
                }
    return found, seen


def _hits_by_change(
    hits: NDArray[np.float64], pairs: Sequence[SubjectPair], groups: Sequence[str]
) -> Table:
    """Pointing by what the pair uncovers."""
    rows = by_class([str(pair.after.record.uncovered) for pair in pairs])
    return {
        f"hit, {name}": mean_of(hits[some], [groups[row] for row in some])
        for name, some in sorted(rows.items())
    }


def _held(ratios: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ratios of sums, held to [-1, 2]: one near 0 below the line would be all of a mean."""
    return np.clip(ratios, -1, 2)


def _of_faces(
    network: PhotoNetwork,
    faces: Sequence[Subject],
    method: Method,
    sizes: Sizes,
    *,
    asks: bool,
) -> dict[str, Table]:
    """Regions, completeness, faithfulness, sanity and stability, of what the network says."""
    crops = stacked(faces)
    targets = contrasts(logits_of(network, crops))
    groups = [face.record.group for face in faces]
    asked = ask(network, crops, targets, method)
    found = _regions(faces, asked.maps, groups)
    if asked.error is not None:
        found["completeness"] = _completeness(asked, groups)
    some = rows_of(len(faces), sizes.faithful)
    few = rows_of(len(faces), sizes.few)
    for hiding in HIDING:
        classes = [targets[row].this for row in some]
        true = faithfulness(network, crops[some], classes, asked.maps[some], hiding)
        own = [groups[row] for row in some]
        names = ("deletion", "insertion", *(("road",) if hiding == HIDING[0] else ()))
        found[f"faithfulness, {hiding}"] = {
            name: mean_of(getattr(true, name), own) for name in names
        }
    own = [groups[row] for row in few]
    asking = (network, crops[few], [targets[row] for row in few], asked.maps[few], method)
    found["sanity"] = {depth: mean_of(v, own) for depth, v in sanity(*asking).items()}
    if asks:
        found["stability"] = {name: mean_of(v, own) for name, v in stability(*asking).items()}
    return found


def _regions(
    faces: Sequence[Subject], maps: NDArray[np.float32], groups: Sequence[str]
) -> dict[str, Table]:
    """Shares by region, of all faces and of each wear."""
    shares = shares_by_region(maps, np.stack([face.regions for face in faces]))
    rows = {"all": list(range(len(faces))), **by_class([str(f.record.wear) for f in faces])}
    return {
        f"regions, {name}": {
            region: mean_of(values[some], [groups[row] for row in some])
            for region, values in shares.items()
        }
        for name, some in rows.items()
    }


def _completeness(asked: Asked, groups: Sequence[str]) -> Table:
    """Errors in logits, and over the size of what is explained."""
    assert asked.error is not None
    relative = asked.error / np.maximum(np.abs(asked.values), 0.1)
    return {"error": mean_of(asked.error, groups), "relative": mean_of(relative, groups)}
