"""What an audit found: a table of figures for each test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassmask.lab.attribution.pictures import Palette
from glassmask.lab.audit.figures import Figure, Table
from glassmask.lab.audit.inputs import SubjectPair


class Measure(StrEnum):
    """What is measured, in the order of the report."""

    LOCALISATION = "localisation"
    LOCALITY = "locality"
    HIDING = "hiding one part"
    FAITHFULNESS = "faithfulness"
    SANITY = "sanity"
    STABILITY = "stability"
    COMPLETENESS = "completeness"
    PARTS = "parts"
    REGIONS = "regions"


@dataclass(frozen=True, slots=True)
class AuditTest:
    """A measure, and what of it: its table has one row per method; of hiding, one per part.

    Attributes:
        measure: what is measured.
        variant: on which pictures, or by which means; empty where there is one way only.
    """

    measure: Measure
    variant: str = ""

    def __str__(self) -> str:
        return f"{self.measure}, {self.variant}" if self.variant else str(self.measure)


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A pair with a method's map.

    Attributes:
        rank: `best`, `median` or `worst` of all by the share of the map that lies right.
        share: that share.
        pair: the two pictures.
        truth: bool (S, S), what changed, widened.
        map: float32 (S, S), of why after rather than before.
        palette: what the method's maps are painted with.
    """

    rank: str
    share: float
    pair: SubjectPair
    truth: NDArray[np.bool_]
    map: NDArray[np.float32]
    palette: Palette


@dataclass(frozen=True, slots=True)
class Audit:
    """What was measured.

    Attributes:
        network: its name.
        methods: name -> its settings, in order; maps that know nothing stand in `controls`.
        controls: names of the control maps.
        counts: what was looked at: name -> how many.
        correct: of the pairs, the share with both members rightly classified.
        tables: test -> method, control, part or `run.AREA` -> column -> figure.
        areas: region -> the share of the crop that it takes.
        examples: method -> pairs to look at.
    """

    network: str
    methods: Mapping[str, Mapping[str, Any]]
    controls: tuple[str, ...]
    counts: Mapping[str, int]
    correct: Figure
    tables: Mapping[AuditTest, Mapping[str, Table]]
    areas: Mapping[str, float]
    examples: Mapping[str, Sequence[Example]]
