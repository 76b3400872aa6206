"""Which faces a run of the wear network trains on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from datasets import picture
from glassmask.lab.datasets import read_datasets
from glassmask.lab.tasks.wear.recipe import WearRecipe
from glassmask.lab.tasks.wear.run import held_out, plan, training_records
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
