"""A face finder is trained, goes on, and is exported as the package loads it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from glassmask.errors import DatasetError, RecipeError, RunError
from glassmask.faces.finder import Finder
from glassmask.lab.tasks.finder.export import export
from glassmask.lab.tasks.finder.recipe import FinderRecipe
from glassmask.lab.tasks.finder.task import TASK as FINDER
from glassmask.lab.training.folder import WEIGHTS
from glassmask.lab.training.progress import Progress
from glassmask.lab.training.recipe import read_recipe

RECIPE = """
task = "finder"
name = "tiny"

[network]
channels = [4, 8, 8, 8, 8]
blocks = [1, 0, 1]
width = 8

[data]
size = 64

[training]
crops = 16
batch = 4
learning_rate = 0.001
weight_decay = 0.01
warmup_crops = 4
ema = 0.5
seed = 3
"""


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "finder.toml"
    path.write_text(RECIPE)
    return path


@pytest.mark.training
def test_a_run_trains_goes_on_and_is_exported(
    folders: list[Path], scenes: Path, recipe: Path, tmp_path: Path
) -> None:
    run, data = tmp_path / "run", [*folders, scenes]
    told: list[Progress] = []
    FINDER.train(recipe, data, run, workers=0, progress=told.append)
    assert told[-1].step == 4
    assert (run / WEIGHTS).is_file()
    card = json.loads((run / "run.json").read_text())
    assert (card["scenes"], card["real_faces"]) == (1, 1)
    assert card["faces"] == {"faces/bare": 1, "painted/painted": 1}
    FINDER.train(recipe, data, run, workers=0)  # finished: nothing to do
    with pytest.raises(RunError, match="another data"):
        FINDER.train(recipe, [folders[0], scenes], run, workers=0)
    with pytest.raises(DatasetError, match=r"no folder with scenes\.csv"):
        FINDER.train(recipe, folders, tmp_path / "other", workers=0)

    out = tmp_path / "finder.onnx"
    manifest = export(run, [scenes], out)
    assert json.loads(out.with_suffix(".json").read_text()) == manifest
    assert (manifest["side"], manifest["largest"], manifest["reduction"]) == (640, 128.0, 4)
    assert manifest["metrics"]["scenes"] == 1
    assert manifest["metrics"]["false_per_photo"] <= 3
    finder = Finder(out)
    assert isinstance(finder.propose(np.zeros((70, 90, 3), np.uint8)), tuple)
    with pytest.raises(RunError, match="no finished run"):
        export(tmp_path, [scenes], out)


def test_a_broken_recipe_is_told(recipe: Path) -> None:
    assert read_recipe(recipe, FinderRecipe).network.channels == [4, 8, 8, 8, 8]
    recipe.write_text(RECIPE.replace("[4, 8, 8, 8, 8]", "[4, 8, 8]"))
    with pytest.raises(RecipeError, match=r"network\.channels"):
        read_recipe(recipe, FinderRecipe)
    recipe.write_text(RECIPE.replace("size = 64", "size = 100"))
    with pytest.raises(RecipeError, match=r"data\.size"):
        read_recipe(recipe, FinderRecipe)
