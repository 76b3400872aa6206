"""A task is opened by its name, and a new one is its module and its line in the registry."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Literal

import pytest
import torch
from torch import Tensor, nn

from glassmask.errors import RecipeError, RunError
from glassmask.lab.datasets import PictureCache
from glassmask.lab.tasks import registry
from glassmask.lab.tasks.judges import open_judge
from glassmask.lab.tasks.registry import TASKS, open_task, open_task_of_recipe, open_task_of_run
from glassmask.lab.tasks.task import Task
from glassmask.lab.training.module import TrainingSetup, count_views
from glassmask.lab.training.progress import Progress
from glassmask.lab.training.recipe import Recipe
from glassmask.lab.training.run import RunInputs, RunPlan

RECIPE = """
task = "halves"
name = "toy"
[training]
crops = 16
batch = 4
learning_rate = 0.1
"""


class HalvesRecipe(Recipe):
    """Of a network that learns to halve numbers."""

    task: Literal["halves"]


class Halves:
    """Numbers, and half of each."""

    def __init__(self, length: int) -> None:
        self._length = length

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, number: int) -> tuple[Tensor, ...]:
        value = torch.tensor([float(number % 4)])
        return value, value / 2


def plan(recipe: HalvesRecipe, inputs: RunInputs) -> RunPlan[nn.Linear]:
    def set_up(_: PictureCache) -> TrainingSetup[nn.Linear]:
        torch.manual_seed(recipe.training.seed)

        def loss(network: nn.Linear, batch: list[Tensor]) -> Tensor:
            values, halves = batch
            total: Tensor = (network(values) - halves).square().mean()
            return total

        return TrainingSetup(build(recipe), Halves(count_views(recipe.training)), loss)

    return RunPlan({"data": str(inputs.data)}, pictures=[], problems=[], set_up=set_up)


def build(_: HalvesRecipe) -> nn.Linear:
    return nn.Linear(1, 1)


TASK = Task(name="halves", recipe=HalvesRecipe, plan=plan, build=build)


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    module = ModuleType("halves_task")
    module.TASK = TASK  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "halves_task", module)
    monkeypatch.setattr(registry, "TASKS", MappingProxyType({**TASKS, "halves": "halves_task"}))
    path = tmp_path / "halves.toml"
    path.write_text(RECIPE)
    return path


@pytest.mark.parametrize("name", TASKS)
def test_every_task_opens_by_its_name(name: str) -> None:
    task = open_task(name)
    assert task.name == name
    assert task.recipe.model_fields["task"].annotation == Literal[name]


def test_the_networks_of_the_package_are_exported_and_faces_judged_by_two_tasks() -> None:
    assert registry.tasks_with_export() == ("wear", "finder", "landmarks")
    assert [n for n in TASKS if open_task(n).judge is not None] == ["wear", "classifier"]
    assert [n for n in TASKS if open_task(n).folds] == ["wear"]


def test_a_line_in_the_registry_makes_a_task(recipe: Path, tmp_path: Path) -> None:
    run, steps = tmp_path / "run", list[Progress]()
    task = open_task_of_recipe(recipe)
    task.train(recipe, [Path("numbers")], run, workers=0, progress=steps.append)
    assert steps[-1].step == 4
    assert json.loads((run / "run.json").read_text())["recipe"] == "toy"
    again = list[Progress]()
    task.train(recipe, [Path("numbers")], run, workers=0, progress=again.append)
    assert again == []  # it is finished
    network, read = open_task_of_run(run).load(run)
    assert read.name == "toy"
    assert not network.training
    with pytest.raises(RunError, match="another data"):
        task.train(recipe, [Path("others")], run, workers=0)
    with pytest.raises(RunError, match="of task 'halves' judges no faces"):
        open_judge(run)
    with pytest.raises(RunError, match="of task 'halves', which has no folds"):
        task.train(recipe, [Path("numbers")], run, fold=0)


def test_a_recipe_of_no_task_is_told(tmp_path: Path) -> None:
    path = tmp_path / "other.toml"
    path.write_text('task = "hands"\n')
    with pytest.raises(RecipeError, match="no 'hands'; there are: wear, finder, landmarks"):
        open_task_of_recipe(path)
    path.write_text('name = "none"\n')
    assert open_task_of_recipe(path).name == "wear"
    with pytest.raises(RunError, match="no finished run"):
        open_task_of_run(tmp_path)
