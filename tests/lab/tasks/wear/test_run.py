"""Which faces a run of the wear network trains on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from glassmask.lab.datasets import read_datasets
from glassmask.lab.tasks.wear.run import (
    corrected,
    held_out,
    table_hash,
    train_run,
    training_records,
)
from glassmask.lab.training.recipe import read_recipe


def test_a_run_trains_on_corrected_labels_and_keeps_their_table(
    tiny_recipe: Path, dataset: Path, tmp_path: Path
) -> None:
    records = read_datasets([dataset]).records
    wrong = next(r for r in records if r.split == "train")
    table = tiny_recipe.parent / "labels.csv"
    table.write_text(f"dataset,file,was,label\nreal,{wrong.path.name},{wrong.label},reject\n")
    text = tiny_recipe.read_text()
    tiny_recipe.write_text(text.replace("folds = 2", 'folds = 2\nrelabelled = "labels.csv"'))
    run = tmp_path / "run"
    train_run(tiny_recipe, [dataset], run)
    assert (run / "labels.csv").read_bytes() == table.read_bytes()
    card = json.loads((run / "run.json").read_text())
    recipe = read_recipe(run / "recipe.toml")
    given = training_records(records, recipe, None)
    assert len(corrected(given, recipe, run)) == len(given) - 1
    assert card["data"] == table_hash(corrected(given, recipe, run)) != table_hash(given)
    assert sum(card["faces"].values()) == len(given) - 1


def test_a_fold_leaves_its_people_out_of_every_other_dataset(
    tiny_recipe: Path, dataset: Path
) -> None:
    """Masks that are painted on the people of a fold are not trained on, either."""
    recipe = read_recipe(tiny_recipe)
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
