"""Which faces a run of the wear network trains on."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from datasets import picture
from glassmask.errors import RunError
from glassmask.lab.datasets import read_datasets
from glassmask.lab.tasks.wear.recipe import WearRecipe
from glassmask.lab.tasks.wear.run import held_out, plan, training_records
from glassmask.lab.tasks.wear.task import TASK as WEAR
from glassmask.lab.training.folder import WEIGHTS, read_metadata
from glassmask.lab.training.recipe import read_recipe
from glassmask.lab.training.run import RunInputs


def test_a_fold_leaves_its_people_out_of_every_other_dataset(
    tiny_recipe: Path, dataset: Path
) -> None:
    """Masks that are painted on the people of a fold are not trained on, either."""
    recipe = read_recipe(tiny_recipe, WearRecipe)
    names = {"real": 0.5, "painted": 0.5}
    shown = {"real": recipe.data.classes["real"], "painted": {"correct": 1.0}}
    both = recipe.data.model_copy(update={"shares": names, "classes": shown})
    recipe = recipe.model_copy(update={"data": both})
    real = list(read_datasets([dataset]).records)
    painted = [
        replace(record, dataset="painted", path=Path(f"painted/{k}.png"), split="train")
        for k, record in enumerate(real)
    ]
    stranger = replace(painted[0], group="nobody of the real ones")
    for fold in range(recipe.data.folds):
        own, _ = held_out([*real, *painted, stranger], recipe, fold)
        trained = training_records([*real, *painted, stranger], recipe, fold)
        assert own
        assert not {r.group for r in own} & {r.group for r in trained}
        kept = {r.group for r in trained if r.dataset == "painted"}
        assert stranger.group in kept
        assert len(kept) > 1
    # Without a fold nothing is held out but what is not `train`.
    whole = training_records([*real, *painted], recipe, None)
    assert sum(r.dataset == "painted" for r in whole) == len(painted)


def test_labels_with_a_given_meaning_are_trained_on(tiny_recipe: Path, tmp_path: Path) -> None:
    for name in ("yes", "plain", "half"):
        picture(tmp_path / "real" / "train" / name / "a.png")
    recipe = read_recipe(tiny_recipe, WearRecipe)
    meanings = {"yes": "correct", "plain": "none", "half": "nose"}
    found = plan(recipe, RunInputs(tiny_recipe, (tmp_path / "real",), labels=meanings))
    assert found.metadata["faces"] == {"real/correct": 1, "real/none": 1, "real/nose": 1}
    assert not found.problems


@pytest.mark.training
def test_a_run_may_begin_with_the_weights_of_another(
    tiny_recipe: Path, dataset: Path, tmp_path: Path
) -> None:
    """With a rate of nothing at all they stay what they were; what it began with is noted."""
    WEAR.train(tiny_recipe, [dataset], tmp_path / "first")
    still = tiny_recipe.with_name("still.toml")
    text = tiny_recipe.read_text().replace("learning_rate = 0.001", "learning_rate = 1e-30")
    still.write_text(text.replace("weight_decay = 0.01", "weight_decay = 0.0"))
    WEAR.train(still, [dataset], tmp_path / "second", start=tmp_path / "first")
    WEAR.train(still, [dataset], tmp_path / "alone")
    first, second, alone = (
        load_file(tmp_path / name / WEIGHTS)["head.weight"] for name in ("first", "second", "alone")
    )
    assert torch.allclose(first, second, atol=1e-6)
    assert not torch.allclose(first, alone, atol=1e-3)
    noted = read_metadata(tmp_path / "second")["start"]
    assert noted == hashlib.sha256((tmp_path / "first" / WEIGHTS).read_bytes()).hexdigest()
    with pytest.raises(RunError, match="another start"):
        WEAR.train(still, [dataset], tmp_path / "second")


@pytest.mark.training
def test_a_fold_never_begins_with_a_run_that_saw_its_faces(
    tiny_recipe: Path, dataset: Path, tmp_path: Path
) -> None:
    WEAR.train(tiny_recipe, [dataset], tmp_path / "whole")
    with pytest.raises(RunError, match="left out no fold, and a run that leaves out fold 0 can't"):
        WEAR.train(tiny_recipe, [dataset], tmp_path / "fold", fold=0, start=tmp_path / "whole")
    with pytest.raises(RunError, match="no finished run"):
        WEAR.train(tiny_recipe, [dataset], tmp_path / "run", start=tmp_path / "nothing")
    assert not (tmp_path / "fold").exists()
    assert not (tmp_path / "run").exists()
