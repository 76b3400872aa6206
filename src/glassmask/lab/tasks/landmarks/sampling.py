"""Which view to learn landmarks from comes next.

View number k depends on the seed and on k alone, so a run gives the same views for any number of
workers, and resumes after a stop exactly where it was.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch.utils.data import Dataset

from glassmask.errors import DatasetError
from glassmask.lab.datasets import PictureCache
from glassmask.lab.datasets.landmark_faces import LandmarkFace
from glassmask.lab.tasks.landmarks.candidates import Candidate
from glassmask.lab.tasks.landmarks.recipe import LandmarkDataSection, LandmarkNetworkSection
from glassmask.lab.tasks.landmarks.views import View, random_candidate, random_face, random_negative


class LandmarkViews(Dataset[tuple[torch.Tensor, ...]]):
    """View number k, as tensors.

    RGB uint8 (S, S, 3); points float32 (109, 2) and box float32 (4,) in crop pixels, see `View`;
    quality float32 (); `ViewKind` int64 ().

    Args:
        faces: to draw from.
        candidates: boxes in other pictures, of faces and of what was taken for one.
        cache: of their pictures.
        network: of the recipe: the crops' size and margin.
        data: of the recipe: the shares of painted faces, negatives and candidates.
        length: number of views.
        seed: of all chance.

    Raises:
        DatasetError: no face or no candidate to draw from.
    """

    def __init__(
        self,
        faces: Sequence[LandmarkFace],
        candidates: Sequence[Candidate],
        cache: PictureCache,
        network: LandmarkNetworkSection,
        data: LandmarkDataSection,
        *,
        length: int,
        seed: int,
    ) -> None:
        self._pools = [[f for f in faces if not f.painted], [f for f in faces if f.painted]]
        for pool, share, name in zip(
            self._pools, (1 - data.painted, data.painted), ("bare", "painted"), strict=True
        ):
            if share > 0 and not pool:
                raise DatasetError(f"no {name} faces to train on, but the recipe asks for them")
        self._candidates: tuple[list[Candidate], list[Candidate]] = [], []
        for candidate in candidates:
            self._candidates[candidate.is_face].append(candidate)
        if data.proposed > 0 and not all(self._candidates):
            raise DatasetError(
                "no candidates to train on, but the recipe asks for them: give a folder of scenes"
            )
        self._cache, self._size, self._margin = cache, network.size, network.margin
        self._data, self._length, self._seed = data, length, seed

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, number: int) -> tuple[torch.Tensor, ...]:
        return self.view(number).tensors()

    def view(self, number: int) -> View:
        """View number k."""
        rng = np.random.default_rng([self._seed, number])
        draw = rng.random()
        if draw < self._data.proposed:
            pool = self._candidates[int(rng.random() < 0.5)]
            candidate = pool[int(rng.integers(len(pool)))]
            photo = self._cache[candidate]
            return random_candidate(photo, candidate, self._size, self._margin, rng)
        face = self._face(rng)
        photo = self._cache[face]
        if draw < self._data.proposed + self._data.negatives:
            return random_negative(photo, face.points, self._size, self._margin, rng)
        return random_face(photo, face.points, self._size, self._margin, rng)

    def _face(self, rng: np.random.Generator) -> LandmarkFace:
        pool = self._pools[int(rng.random() < self._data.painted)]
        one, other = (pool[int(row)] for row in rng.integers(len(pool), size=2))
        # Turned faces more often: portraits have few, the street has many.
        return max(one, other, key=lambda f: f.turned) if rng.random() < 0.5 else one
