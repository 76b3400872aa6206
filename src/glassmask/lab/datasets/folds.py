"""Split records into folds for out-of-fold figures; a group never crosses folds."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from glassmask.errors import DatasetError
from glassmask.lab.datasets.records import FaceRecord


def fold_numbers(
    records: Sequence[FaceRecord],
    folds: int,
    seed: int = 0,
    groups: Sequence[str] | None = None,
) -> NDArray[np.int64]:
    """The fold of each record, (N,) int64 in [0, folds), stratified by dataset and label.

    The numbers depend on the arguments alone.

    Args:
        records: the faces.
        folds: how many.
        seed: of the folds.
        groups: what must stay together; None: the records' own.

    Raises:
        DatasetError: there are fewer groups, or faces of every label, than folds.
    """
    labels = [f"{record.dataset}/{record.label}" for record in records]
    together = [record.group for record in records] if groups is None else list(groups)
    numbers = np.full(len(records), -1, np.int64)
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of a label rarer than folds: it is known
        try:
            for number, (_, held_out) in enumerate(splitter.split(labels, labels, together)):
                numbers[held_out] = number
        except ValueError as error:
            raise DatasetError(f"can't be cut into {folds} folds: {error}") from error
    return numbers
