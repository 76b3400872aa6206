from __future__ import annotations

from pathlib import Path

import pytest

from glassmask.errors import RecipeError
from glassmask.lab.tasks.wear.recipe import WearRecipe
from glassmask.lab.training.recipe import read_recipe

RECIPES = Path(__file__).parents[3] / "recipes"
SHIPPED = RECIPES / "wear.toml"


def test_the_shipped_recipe_is_one() -> None:
    recipe = read_recipe(SHIPPED, WearRecipe)
    assert recipe.name == "wear"
    assert recipe.network.size // recipe.network.stride >= 10


@pytest.mark.parametrize("path", sorted(RECIPES.glob("search-*.toml")), ids=lambda path: path.stem)
def test_recipes_of_the_search_are_some(path: Path) -> None:
    recipe = read_recipe(path, WearRecipe)
    assert f"search-{recipe.name}" == path.stem


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("dropout =", "dropuot =", "network.dropuot: no such key"),
        ("batch = 8", 'batch = "8"', "training.batch: must be a valid integer, got '8'"),
        ("size = 64", "size = 65", "network.size: .*multiple of 32"),
        ("stride = 16", "stride = 8", "network.stride"),
        ("learning_rate = 0.001\n", "", "training.learning_rate: missing"),
        ("real = 1.0 }\n", "real = -1.0 }\n", "data.shares.real"),
        ("[network]", "[network", "not TOML"),
    ],
)
def test_faults_name_the_file_and_the_key(
    tiny_recipe: Path, old: str, new: str, message: str
) -> None:
    text = tiny_recipe.read_text()
    assert old in text
    tiny_recipe.write_text(text.replace(old, new))
    with pytest.raises(RecipeError, match=rf"tiny\.toml: {message}") as caught:
        read_recipe(tiny_recipe, WearRecipe)
    assert "\n" not in str(caught.value)


def test_a_missing_recipe(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="can't be read"):
        read_recipe(tmp_path / "gone.toml", WearRecipe)
