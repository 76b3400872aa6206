"""Faces are judged by networks that never saw their group."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from glassmask.errors import RunError
from glassmask.lab.datasets import PictureCache, read_datasets
from glassmask.lab.evaluation.out_of_fold import judge_folds, open_folds, open_unseen
from glassmask.lab.judging.judge import judge_all
from glassmask.lab.tasks.wear.recipe import WearRecipe
from glassmask.lab.tasks.wear.run import training_records
from glassmask.lab.tasks.wear.task import TASK as WEAR
from glassmask.lab.training.recipe import read_recipe


@pytest.mark.training
def test_every_face_is_judged_once_and_by_a_fold_that_did_not_see_it(
    tiny_recipe: Path, dataset: Path, tmp_path: Path
) -> None:
    records = read_datasets([dataset]).records
    for number in (0, 1):
        WEAR.train(tiny_recipe, [dataset], tmp_path / f"fold-{number}", fold=number)
    folds = open_folds(tmp_path, records)
    cache = PictureCache(records)
    judged, logits = judge_folds(folds, cache, "check")
    pool = [r for r in records if r.split != "test"]
    assert sorted(r.path for r in judged) == sorted(r.path for r in pool)
    recipe = read_recipe(tiny_recipe, WearRecipe)
    for number, fold in enumerate(folds):
        trained = {r.group for r in training_records(records, recipe, number)}
        assert not trained & {r.group for r in fold.own}
        assert not trained & {r.group for r in fold.unseen(records)}
    first = judge_all(folds[0].judge, folds[0].own, cache, "check")
    np.testing.assert_array_equal(logits[: len(first)], first)
    one, _ = judge_folds(open_folds(tmp_path, records, [1]), cache, "check")
    assert len(one) == len(folds[1].own) < len(judged)

    _, mirrored = judge_folds(folds, cache, "check", degrade=lambda crop: crop[:, ::-1])
    assert not np.array_equal(logits, mirrored)


def test_a_run_of_other_faces_is_refused(tiny_run: Path, dataset: Path, tmp_path: Path) -> None:
    records = read_datasets([dataset]).records
    run = shutil.copytree(tiny_run, tmp_path / "full")
    assert open_unseen(run, records).judge.name == "tiny"
    card = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps(card | {"data": "0" * 64}))
    with pytest.raises(RunError, match="other faces"):
        open_unseen(run, records)
    with pytest.raises(RunError):
        open_folds(tmp_path, records)
