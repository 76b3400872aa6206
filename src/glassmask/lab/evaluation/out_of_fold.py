"""Judge labelled faces by networks that never saw them: folds, and the run that is shipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from glassmask.errors import RunError
from glassmask.lab.datasets import FaceRecord, PictureCache
from glassmask.lab.judging.judge import Degrade, Framing, Judge, judge_all, unchanged
from glassmask.lab.tasks.judges import open_judge
from glassmask.lab.tasks.wear.recipe import WearRecipe
from glassmask.lab.tasks.wear.run import held_out, training_records
from glassmask.lab.training.folder import RECIPE, hash_records, read_metadata, require_finished
from glassmask.lab.training.recipe import read_recipe


@dataclass(frozen=True, slots=True)
class Unseen:
    """A run, and what it was not trained on.

    Attributes:
        judge: the run's network.
        own: faces of the fold dataset that the run may be judged by: a fold's own, or all of
            train and val that were not trained on.
        seen: groups that it was trained on.
    """

    judge: Judge
    own: tuple[FaceRecord, ...]
    seen: frozenset[str]

    def unseen(self, records: Sequence[FaceRecord]) -> list[FaceRecord]:
        """Those of other records whose group it has not seen."""
        return [record for record in records if record.group not in self.seen]


def open_unseen(run: Path, records: Sequence[FaceRecord]) -> Unseen:
    """Open a finished run of the wear network, fold or whole.

    Args:
        run: its folder.
        records: of every dataset that it was given, mended likewise.

    Raises:
        RunError: it is not finished, or was trained on other faces than these.
        RecipeError, DatasetError: see there.
    """
    require_finished(run)
    recipe = read_recipe(run / RECIPE, WearRecipe)
    metadata = read_metadata(run)
    fold = metadata.get("fold")
    faces = training_records(records, recipe, fold)
    if hash_records(faces) != metadata.get("data"):
        raise RunError(f"{run}: was trained on other faces than these: give the same datasets")
    own, seen = held_out(records, recipe, fold)
    return Unseen(open_judge(run), tuple(own), frozenset(seen))


def open_folds(
    runs: Path, records: Sequence[FaceRecord], numbers: Sequence[int] | None = None
) -> list[Unseen]:
    """Open the folds in a folder of runs, `fold-0` and so on; together they judge each face.

    Args:
        runs: the folder.
        records: as for `open_unseen`.
        numbers: of some folds only; None for all that the recipe has.

    Raises:
        RunError, RecipeError, DatasetError: as `open_unseen`.
    """
    if numbers is None:
        require_finished(runs / "fold-0")
        numbers = range(read_recipe(runs / "fold-0" / RECIPE, WearRecipe).data.folds)
    return [open_unseen(runs / f"fold-{number}", records) for number in numbers]


def judge_folds(
    folds: Sequence[Unseen],
    cache: PictureCache,
    framing: Framing,
    degrade: Degrade = unchanged,
) -> tuple[list[FaceRecord], NDArray[np.float32]]:
    """Every fold's own faces, and their scores (N, C) by the fold that did not see them."""
    records = [record for fold in folds for record in fold.own]
    parts = [judge_all(fold.judge, fold.own, cache, framing, degrade=degrade) for fold in folds]
    return records, np.concatenate(parts)
