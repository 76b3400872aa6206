"""Which crop comes next: balanced draws over datasets and classes, one view each.

Crop number k of a run depends on the seed and on k alone, so a run gives the same crops for
any number of workers, and goes on after a stop exactly where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import Dataset

from glassmask.errors import SamplingError
from glassmask.lab.datasets.cache import PictureCache
from glassmask.lab.datasets.ffhq import ffhq_square
from glassmask.lab.datasets.records import FaceRecord
from glassmask.lab.training.augmentation import FACE_ROWS, random_view, random_view_of_pixels
from glassmask.lab.training.group_cap import capped_chances
from glassmask.lab.training.recipe import DataSection
from glassmask.lab.training.surroundings import among_others
from glassmask.labels import Uncovered, Wear

View: TypeAlias = Callable[[NDArray[np.uint8], FaceRecord, np.random.Generator], NDArray[np.uint8]]
"""Makes a crop, RGB uint8 (S, S, 3), of a record's picture; the generator is its only chance."""


class CropStream(Dataset[tuple[torch.Tensor, torch.Tensor]]):
    """Crop number k: RGB uint8 (S, S, 3) and its allowed classes, bool (5,)."""

    def __init__(
        self,
        records: Sequence[FaceRecord],
        cache: PictureCache,
        data: DataSection,
        length: int,
        seed: int,
        view: View,
        split: str = "train",
        among_others: float = 0.0,
    ) -> None:
        """Sort the records by what is drawn.

        Args:
            records: of one split.
            cache: holds their pictures.
            data: what is drawn how often.
            length: how many crops.
            seed: of all chance.
            view: makes a crop of a record's picture.
            split: what the records are, for messages.
            among_others: how often a face is put into the photo of another one.

        Raises:
            SamplingError: there is no face of what the recipe wants to draw.
        """
        self._records, self._cache = records, cache
        self._length, self._seed, self._view = length, seed, view
        self._among_others = among_others
        self._pools: list[_Pool] = []
        chances: list[float] = []
        there = sorted({record.dataset for record in records})
        for dataset, share in data.shares.items():
            if dataset not in there:
                raise SamplingError(
                    f"no {split} face of {dataset!r}, which data.shares names; there are "
                    f"{', '.join(map(repr, there)) or 'none'}: give its folder with --data"
                )
            kinds = data.classes[dataset]
            for kind, part in kinds.items():
                rows = [i for i, r in enumerate(records) if r.dataset == dataset and _is(r, kind)]
                if not rows and part > 0:
                    raise SamplingError(f"no {split} face in {dataset!r} is of class {kind!r}")
                self._pools.append(_Pool.of(rows, records, data, dataset))
                chances.append(share * part / sum(kinds.values()))
        self._ends = np.cumsum(chances) / np.sum(chances)

    def __len__(self) -> int:
        return self._length

    def draw(self, number: int) -> tuple[NDArray[np.uint8], FaceRecord, np.random.Generator]:
        """What crop number k is made of: a picture, its face, and the chance of its view."""
        rng = np.random.default_rng([self._seed, number])
        photo, record = self._one(rng)
        if self._among_others and rng.random() < self._among_others:
            other, neighbour = self._one(rng)
            photo = among_others(photo, record.box, rows_of(record), other, neighbour.box, rng)
        return photo, record, rng

    def _one(self, rng: np.random.Generator) -> tuple[NDArray[np.uint8], FaceRecord]:
        pool = self._pools[int(np.searchsorted(self._ends, rng.random(), side="right"))]
        record = self._records[pool.draw(rng)]
        return self._cache[record], record.scaled(self._cache.scale(record))

    def __getitem__(self, number: int) -> tuple[torch.Tensor, torch.Tensor]:
        return self.seen(*self.draw(number))

    def seen(
        self, photo: NDArray[np.uint8], record: FaceRecord, rng: np.random.Generator
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The crop of what was drawn, and its allowed classes."""
        view = self._view(photo, record, rng)
        return torch.from_numpy(np.ascontiguousarray(view)), torch.from_numpy(record.target())


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


def _is(record: FaceRecord, kind: str) -> bool:
    if kind == "incorrect":
        return record.wear is Wear.INCORRECT
    if record.wear is Wear.INCORRECT:
        return record.uncovered == kind
    return record.wear == kind


@dataclass(frozen=True, slots=True)
class Augmented:
    """A view of a face framed, turned, lit and spoiled at random, but for what makes its label.

    Attributes:
        size: S, side of the crop in pixels.
        turned: how often a face is turned far, instead of a little or not at all.
    """

    size: int
    turned: float = 0.0

    def __call__(
        self, photo: NDArray[np.uint8], record: FaceRecord, rng: np.random.Generator
    ) -> NDArray[np.uint8]:
        """See `View`."""
        return random_view(photo, record.box, self.size, rng, rows_of(record), self.turned)

    def of_pixels(
        self,
        photo: NDArray[np.uint8],
        marked: NDArray[np.bool_],
        record: FaceRecord,
        rng: np.random.Generator,
    ) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        """The same view, and where marked pixels (H, W) of the photo lie in it: bool (S, S)."""
        rows = rows_of(record)
        return random_view_of_pixels(photo, marked, record.box, self.size, rng, rows, self.turned)


def portrait(
    photo: NDArray[np.uint8], record: FaceRecord, rng: np.random.Generator, *, size: int
) -> NDArray[np.uint8]:
    """A face framed as in FFHQ and MaskedFace-Net, mirrored or not.

    By OpenCV, which is ten times as fast as `crop`; what is learnt need not be the same to the
    last digit.
    """
    square = ffhq_square(record.box)
    left, top, side = round(square.x), round(square.y), max(1, round(square.side))
    height, width = photo.shape[:2]
    if min(left, top) >= 0 and top + side <= height and left + side <= width:
        shown = photo[top : top + side, left : left + side]
    else:  # what lies beyond the border repeats it
        rows = np.clip(np.arange(top, top + side), 0, height - 1)
        columns = np.clip(np.arange(left, left + side), 0, width - 1)
        shown = photo[rows[:, None], columns]
    how = cv2.INTER_AREA if side > size else cv2.INTER_LINEAR
    view = np.asarray(cv2.resize(shown, (size, size), interpolation=how), np.uint8)
    return view[:, ::-1] if rng.random() < 0.5 else view


def rows_of(record: FaceRecord) -> tuple[float, float]:
    """What a view of the face must keep to show why its label is true, over the box's height."""
    if record.wear is not Wear.INCORRECT:
        return FACE_ROWS
    below = 1.12  # a mask pulled under the chin
    if record.uncovered is None:  # not known, or the mask is on the forehead or the eyes
        return -0.1, below
    return FACE_ROWS[0], below if record.uncovered is Uncovered.NOSE_AND_MOUTH else FACE_ROWS[1]
