"""The tables of the texts, one function for each, out of results/*.json."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from benchmarks.tables import (
    audits,
    baseline,
    finding,
    questions,
    recipes,
    steadiness,
    things,
    timing,
    turning,
    wear,
)
from benchmarks.tables.table import Table

TABLES: Final[Mapping[str, Callable[[], Table]]] = {
    "real": wear.real,
    "framings": wear.framings,
    "others": wear.others,
    "painted-slices": wear.painted_slices,
    "real-slices": wear.real_slices,
    "people": wear.people,
    "evidence": audits.evidence,
    "audits": audits.in_short,
    "pointing": audits.pointing,
    "pointing-by-part": audits.pointing_by_part,
    "locality": audits.locality,
    "faithfulness": audits.faithfulness,
    "sanity": audits.sanity,
    "regions": audits.regions,
    "outside": audits.outside,
    "search-audits": audits.search_audits,
    "traits": audits.traits,
    "finding": finding.found_on_test,
    "finding-by-split": finding.found_by_split,
    "finding-old-boxes": finding.found_on_old_boxes,
    "finding-speed": finding.speed,
    "landmarks": finding.landmarks,
    "turning": turning.turned,
    "steadiness": steadiness.steadiness,
    "map-cost": timing.map_cost,
    "throughput": timing.throughput,
    "maps-in-short": timing.maps_in_short,
    "maps": timing.maps,
    "gradients": timing.gradients,
    "website": timing.website,
    "strides": timing.strides,
    "reproduction": recipes.reproduction,
    "transfer": recipes.transfer,
    "painter-changes": recipes.painter_changes,
    "search": recipes.search,
    "search-corrected": recipes.search_corrected,
    "peers": recipes.peers,
    "leaks": recipes.leaks,
    "things": things.things,
    "painting": things.painting,
    "questions-tried": questions.tried,
    "questions-ways": questions.ways,
    "baseline": baseline.wears,
    "baseline-incorrect": baseline.incorrect,
    "baseline-questions": baseline.questions,
}
"""Name, as the markers in the texts have it -> the table."""
