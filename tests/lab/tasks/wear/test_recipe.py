"""What a recipe of the wear network may say."""

from __future__ import annotations

from pathlib import Path

import pytest

from glassmask.errors import RecipeError
from glassmask.lab.tasks.wear.recipe import WearRecipe
from glassmask.lab.training.recipe import read_recipe


def with_smaller_crops(recipe: Path, size: int, crops: int) -> Path:
    text = recipe.read_text()
    recipe.write_text(f"{text}\n[training.progressive]\nsize = {size}\ncrops = {crops}\n")
    return recipe


def test_smaller_crops_may_come_first(tiny_recipe: Path) -> None:
    network = read_recipe(tiny_recipe, WearRecipe).network
    batch = read_recipe(tiny_recipe, WearRecipe).training.batch
    recipe = with_smaller_crops(tiny_recipe, network.size - 32, batch)
    progressive = read_recipe(recipe, WearRecipe).training.progressive
    assert progressive is not None
    assert (progressive.size, progressive.crops) == (network.size - 32, batch)


@pytest.mark.parametrize(
    ("less", "message"),
    [(0, "progressive.size must be less than network.size"), (10, "must be a multiple of 32")],
)
def test_smaller_crops_are_whole_cells_and_smaller(
    tiny_recipe: Path, less: int, message: str
) -> None:
    settings = read_recipe(tiny_recipe, WearRecipe)
    recipe = with_smaller_crops(tiny_recipe, settings.network.size - less, settings.training.batch)
    with pytest.raises(RecipeError, match=message):
        read_recipe(recipe, WearRecipe)
