"""Views of painted pairs, with the cells of the map in which the two pictures differ."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from glassmask.lab.classes import class_index
from glassmask.lab.datasets.pairs import PaintedPair, dilate_truth
from glassmask.lab.tasks.wear.loss import NO_RIVAL
from glassmask.lab.training.face_views import AugmentedView
from glassmask.lab.training.sampling import CropStream


class PointedStream(Dataset[tuple[Tensor, Tensor, Tensor, Tensor]]):
    """Crop number k, its allowed classes, the share of each cell that tells it from its rival.

    RGB uint8 (S, S, 3), bool (5,), float32 (h, w), and the rival's class, int64 (): of members
    of pairs. Other faces have no such cell, and the rival -1.
    """

    def __init__(
        self,
        stream: CropStream,
        pairs: Sequence[PaintedPair],
        view: AugmentedView,
        cells: int,
    ) -> None:
        """Take the crops of a stream.

        Args:
            stream: of these views.
            pairs: may be of any faces; those that the stream never draws don't matter.
            view: of the stream; a pair's pixels are marked in it.
            cells: h and w.
        """
        self._stream, self._view, self._cells = stream, view, cells
        self._known: dict[Path, tuple[Path, int]] = {}
        for pair in pairs:
            for own, other in ((pair.before, pair.after), (pair.after, pair.before)):
                rival = class_index(other.wear, other.uncovered)
                self._known[own.path] = (pair.changes, rival)

    def __len__(self) -> int:
        return len(self._stream)

    def __getitem__(self, number: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        photo, record, rng = self._stream.draw(number)
        changes, rival = self._known.get(record.path, (None, NO_RIVAL))
        if changes is None:
            crop, allowed = self._stream.make_crop(photo, record, rng)
            where = np.zeros((self._cells, self._cells), np.float32)
            return crop, allowed, torch.from_numpy(where), torch.tensor(rival)
        marks = _read(changes, photo.shape)
        view, marked = self._view.with_mask(photo, marks, record, rng)
        truth = dilate_truth(marked).astype(np.float32)
        shares = cv2.resize(truth, (self._cells, self._cells), interpolation=cv2.INTER_AREA)
        return (
            torch.from_numpy(np.ascontiguousarray(view)),
            torch.from_numpy(record.target()),
            torch.from_numpy(np.asarray(shares, np.float32)),
            torch.tensor(rival),
        )


def _read(path: Path, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """A picture of changes as bool (H, W), as large as the photo was kept."""
    picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise OSError(f"{path}: can't be read")
    height, width = shape[:2]
    if picture.shape != (height, width):
        picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(picture) > 0
