"""Which face comes next: balanced draws over datasets and classes, one view each.

Crop number k of a run depends on the seed and on k alone, so a run gives the same crops for
any number of workers, and resumes after a stop exactly where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import Dataset

from glassmask.errors import SamplingError
from glassmask.lab.datasets.cache import PictureCache
from glassmask.lab.datasets.records import FaceRecord
from glassmask.lab.training.face_views import FaceView, rows_to_keep
from glassmask.lab.training.group_cap import capped_chances
from glassmask.lab.training.recipe import DataSection
from glassmask.lab.training.surroundings import replace_surroundings
from glassmask.labels import Wear

Target: TypeAlias = Callable[[FaceRecord], NDArray[Any]]
"""What a face's label asks for, (C,), as a task's loss takes it."""


class FaceSampler:
    """Draws faces as a recipe asks: datasets, then classes, by their shares."""

    def __init__(
        self, records: Sequence[FaceRecord], data: DataSection, split: str = "train"
    ) -> None:
        """Sort the records by what is drawn.

        Args:
            records: of one split.
            data: what is drawn how often.
            split: what the records are, for messages.

        Raises:
            SamplingError: there is no face of what the recipe wants to draw.
        """
        self._records = records
        self._pools: list[_Pool] = []
        chances: list[float] = []
        found = sorted({record.dataset for record in records})
        for dataset, share in data.shares.items():
            if dataset not in found:
                raise SamplingError(
                    f"no {split} face of {dataset!r}, which data.shares names; there are "
                    f"{', '.join(map(repr, found)) or 'none'}: give its folder too"
                )
            kinds = data.classes[dataset]
            for kind, part in kinds.items():
                rows = [
                    row
                    for row, record in enumerate(records)
                    if record.dataset == dataset and _has_class(record, kind)
                ]
                if not rows and part > 0:
                    raise SamplingError(f"no {split} face in {dataset!r} is of class {kind!r}")
                self._pools.append(_Pool.of(rows, records, data, dataset))
                chances.append(share * part / sum(kinds.values()))
        self._ends = np.cumsum(chances) / np.sum(chances)

    def draw(self, rng: np.random.Generator) -> FaceRecord:
        """Draw a face."""
        pool = self._pools[int(np.searchsorted(self._ends, rng.random(), side="right"))]
        return self._records[pool.draw(rng)]


class CropStream(Dataset[tuple[torch.Tensor, torch.Tensor]]):
    """Crop number k: RGB uint8 (S, S, 3) and what its label asks for, (C,).

    Args:
        sampler: draws the faces.
        cache: holds their pictures.
        view: makes a crop of a face's picture.
        length: how many crops.
        seed: of all chance.
        neighbour_rate: how often what lies around a face is the photo of another one.
        target: what a face's label asks for; by default which of the five classes it allows.
    """

    def __init__(
        self,
        sampler: FaceSampler,
        cache: PictureCache,
        view: FaceView,
        *,
        length: int,
        seed: int,
        neighbour_rate: float = 0.0,
        target: Target = FaceRecord.target,
    ) -> None:
        self._sampler, self._cache, self._view = sampler, cache, view
        self._target = target
        self._length, self._seed, self._neighbour_rate = length, seed, neighbour_rate

    def __len__(self) -> int:
        return self._length

    def draw(self, number: int) -> tuple[NDArray[np.uint8], FaceRecord, np.random.Generator]:
        """What crop number k is made of: a picture, its face, and the chance of its view."""
        rng = np.random.default_rng([self._seed, number])
        photo, record = self._draw_face(rng)
        if self._neighbour_rate and rng.random() < self._neighbour_rate:
            other, neighbour = self._draw_face(rng)
            rows = rows_to_keep(record)
            photo = replace_surroundings(photo, record.box, rows, other, neighbour.box, rng)
        return photo, record, rng

    def _draw_face(self, rng: np.random.Generator) -> tuple[NDArray[np.uint8], FaceRecord]:
        record = self._sampler.draw(rng)
        return self._cache[record], record.scaled(self._cache.scale(record))

    def __getitem__(self, number: int) -> tuple[torch.Tensor, torch.Tensor]:
        return self.make_crop(*self.draw(number))

    def make_crop(
        self, photo: NDArray[np.uint8], record: FaceRecord, rng: np.random.Generator
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The crop of what was drawn, and what its label asks for."""
        view = self._view(photo, record, rng)
        target = torch.from_numpy(self._target(record))
        return torch.from_numpy(np.ascontiguousarray(view)), target


@dataclass(frozen=True, slots=True)
class _Pool:
    """The rows of a class of a dataset, to draw from.

    Attributes:
        rows: numbers of records; without `ends` a certain one is there `certain_draws` times.
        ends: the cumulated chances of the rows where groups are capped; None: all alike.
    """

    rows: list[int]
    ends: NDArray[np.float64] | None = None

    @classmethod
    def of(
        cls, rows: list[int], records: Sequence[FaceRecord], data: DataSection, dataset: str
    ) -> _Pool:
        draws = [data.certain_draws if records[row].certain else 1 for row in rows]
        max_share = data.max_group_share.get(dataset)
        if max_share is None or not rows:
            return cls(np.repeat(rows, draws).tolist())
        groups = [records[row].group for row in rows]
        return cls(rows, np.cumsum(capped_chances(draws, groups, max_share)))

    def draw(self, rng: np.random.Generator) -> int:
        if self.ends is None:
            return self.rows[int(rng.integers(len(self.rows)))]
        place = int(np.searchsorted(self.ends, rng.random(), side="right"))
        return self.rows[min(place, len(self.rows) - 1)]  # the last end may be 1 - 1e-16


def _has_class(record: FaceRecord, kind: str) -> bool:
    if kind == "incorrect":
        return record.wear is Wear.INCORRECT
    if record.wear is Wear.INCORRECT:
        return record.reason == kind
    return record.label == kind
