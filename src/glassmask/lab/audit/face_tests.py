"""Tests on real faces: nobody knows the truth, so it is tried out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassmask.lab.attribution import Attribution, Method, Target, attribute
from glassmask.lab.audit.figures import Table, mean_of
from glassmask.lab.audit.inputs import SEGMENT_PARTS, Subject, stack_crops, stack_parts
from glassmask.lab.audit.measures.faithfulness import measure_faithfulness, measure_road
from glassmask.lab.audit.measures.locality import FILLS
from glassmask.lab.audit.measures.region_shares import part_table, region_shares
from glassmask.lab.audit.measures.sanity import RandomisedNetworks, measure_sanity
from glassmask.lab.audit.measures.stability import measure_stability
from glassmask.lab.audit.queries import (
    crop_maps,
    crop_scores,
    predicted_targets,
    predicted_wears,
)
from glassmask.lab.audit.results import AuditTest, Measure
from glassmask.lab.audit.sample_sizes import SampleSizes, choose_rows, rows_by_kind
from glassmask.lab.judging.judge import Judge
from glassmask.lab.networks.photo_network import PhotoNetwork
from glassmask.labels import WEARS

SEGMENT_TEST: Final = AuditTest(Measure.PARTS, "MaskedFace-Net")

_MIN_EXPECTED: Final = 0.1  # logits: the error of a smaller sum is told over this


@dataclass(frozen=True, slots=True, eq=False)
class FaceBatch:
    """Faces, and what every method is asked of them: why what the network says.

    Attributes:
        faces: one or more.
        crops: RGB uint8 (N, S, S, 3).
        targets: of each.
        predicted: int64 (N,), what the network says, positions in `WEARS`.
        groups: whose each is.
    """

    faces: Sequence[Subject]
    crops: NDArray[np.uint8]
    targets: Sequence[Target]
    predicted: NDArray[np.int64]
    groups: Sequence[str]

    @classmethod
    def for_network(
        cls, judge: Judge, network: PhotoNetwork, faces: Sequence[Subject]
    ) -> FaceBatch:
        """Ask a judge's network, in evaluation mode, what it says of them."""
        crops = stack_crops(faces)
        scores = crop_scores(network, crops)
        return cls(
            faces,
            crops,
            predicted_targets(judge.outputs, scores, judge.temperature),
            np.array([WEARS.index(wear) for wear in predicted_wears(scores, judge.temperature)]),
            [face.record.group for face in faces],
        )


def face_tests(
    network: PhotoNetwork,
    randomised: RandomisedNetworks,
    batch: FaceBatch,
    method: Method,
    sizes: SampleSizes,
    *,
    is_control: bool,
) -> dict[AuditTest, Table]:
    """Regions, completeness, faithfulness, sanity and stability, of what the network says.

    Args:
        network: in evaluation mode.
        randomised: the same with weights drawn anew, of `sanity.randomise_by_depth`.
        batch: the faces.
        method: is asked.
        sizes: how many of them are for the tests that ask often.
        is_control: whether the method knows nothing of the network: it is not asked for stability.
    """
    crops, targets, groups = batch.crops, batch.targets, batch.groups
    explained = attribute(network, crops, targets, method)
    maps = explained.at_photo()
    tables = _region_tables(batch.faces, maps, groups)
    if explained.error is not None:
        tables[AuditTest(Measure.COMPLETENESS)] = _completeness_table(explained, groups)
    wears = [face.record.wear for face in batch.faces]

    rows = choose_rows(wears, sizes.faithfulness)
    subset_groups = [groups[row] for row in rows]
    hidden = (crops[rows], batch.predicted[rows], maps[rows])
    for fill in FILLS:
        areas = measure_faithfulness(network, *hidden, fill)
        columns = {"deletion": areas.deletion, "insertion": areas.insertion}
        if fill == FILLS[0]:  # ROAD fills by itself: once is enough
            columns["road"] = measure_road(network, *hidden)
        tables[AuditTest(Measure.FAITHFULNESS, fill)] = _means(columns, subset_groups)

    rows = choose_rows(wears, sizes.sanity)
    subset_groups = [groups[row] for row in rows]
    question = (crops[rows], [targets[row] for row in rows], maps[rows], method)
    tables[AuditTest(Measure.SANITY)] = _means(measure_sanity(randomised, *question), subset_groups)
    if not is_control:
        tables[AuditTest(Measure.STABILITY)] = _means(
            measure_stability(network, *question), subset_groups
        )
    return tables


def segment_tests(
    network: PhotoNetwork, batch: FaceBatch, method: Method
) -> dict[AuditTest, Table]:
    """Parts, of what the network says, on faces whose segments are known."""
    maps = crop_maps(network, batch.crops, batch.targets, method)
    return {SEGMENT_TEST: part_table(maps, stack_parts(batch.faces), SEGMENT_PARTS, batch.groups)}


def _region_tables(
    faces: Sequence[Subject], maps: NDArray[np.float32], groups: Sequence[str]
) -> dict[AuditTest, Table]:
    """Shares by region, of all faces and of each wear."""
    shares = region_shares(maps, np.stack([face.regions for face in faces]))
    by_wear = rows_by_kind([str(face.record.wear) for face in faces])
    return {
        AuditTest(Measure.REGIONS, name): {
            region: mean_of(values[rows], [groups[row] for row in rows])
            for region, values in shares.items()
        }
        for name, rows in {"all": list(range(len(faces))), **by_wear}.items()
    }


def _completeness_table(explained: Attribution, groups: Sequence[str]) -> Table:
    """Errors in logits, and over the size of what is explained."""
    assert explained.error is not None
    assert explained.expected_sum is not None
    relative = explained.error / np.maximum(np.abs(explained.expected_sum), _MIN_EXPECTED)
    return {"error": mean_of(explained.error, groups), "relative": mean_of(relative, groups)}


def _means(columns: dict[str, NDArray[np.float64]], groups: Sequence[str]) -> Table:
    return {name: mean_of(values, groups) for name, values in columns.items()}
