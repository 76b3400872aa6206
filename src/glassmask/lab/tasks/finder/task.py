"""What the registry knows of the task `finder`: where faces are in a photo."""

from __future__ import annotations

from typing import Final

from glassmask.lab.tasks.finder.export import export
from glassmask.lab.tasks.finder.network import FinderNetwork
from glassmask.lab.tasks.finder.recipe import FinderRecipe
from glassmask.lab.tasks.finder.run import build, plan
from glassmask.lab.tasks.task import Task

TASK: Final[Task[FinderRecipe, FinderNetwork]] = Task(
    name="finder", recipe=FinderRecipe, plan=plan, build=build, export=export
)
