"""Every task by its name: a new one is its folder, and its line here."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from glassmask.errors import RecipeError
from glassmask.lab.tasks.task import Task
from glassmask.lab.training.folder import RECIPE, require_finished
from glassmask.lab.training.recipe import read_toml

DEFAULT: Final = "wear"
"""The task of recipes that name none."""

TASKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "wear": "glassmask.lab.tasks.wear.task",
        "finder": "glassmask.lab.tasks.finder.task",
        "landmarks": "glassmask.lab.tasks.landmarks.task",
        "classifier": "glassmask.lab.tasks.classifier.task",
    }
)
"""Name to the module that holds its `TASK`; it is imported when the task is opened."""


def open_task(name: str) -> Task[Any, Any]:
    """Open a task by its name.

    Raises:
        KeyError: no such task in `TASKS`.
    """
    task: Task[Any, Any] = import_module(TASKS[name]).TASK
    return task


def open_task_of_recipe(path: Path) -> Task[Any, Any]:
    """Open the task that a recipe trains.

    Raises:
        RecipeError: no such file, no TOML, or no such task.
    """
    name = str(read_toml(path).get("task", DEFAULT))
    if name not in TASKS:
        raise RecipeError(f"{path}: task: no {name!r}; there are: {', '.join(TASKS)}")
    return open_task(name)


def open_task_of_run(run: Path) -> Task[Any, Any]:
    """Open the task that a finished run was trained for.

    Raises:
        RunError: the run is not finished, or is none.
        RecipeError: its recipe is broken, or of no task.
    """
    require_finished(run)
    return open_task_of_recipe(run / RECIPE)


def tasks_with_export() -> tuple[str, ...]:
    """Names of the tasks whose networks the package ships."""
    return tuple(name for name in TASKS if open_task(name).export is not None)
