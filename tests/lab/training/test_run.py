"""Which faces a run of the wear network trains on."""

from __future__ import annotations

import json
from pathlib import Path

from glassmask.lab.datasets import read_datasets
from glassmask.lab.training.recipe import read_recipe
from glassmask.lab.training.run import corrected, table_hash, train_run, training_records


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
