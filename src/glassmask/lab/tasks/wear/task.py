"""What the registry knows of the task `wear`: how a mask is worn."""

from __future__ import annotations

from typing import Final

from glassmask.lab.networks import EvidenceNetwork
from glassmask.lab.tasks.task import Task
from glassmask.lab.tasks.wear.export import export
from glassmask.lab.tasks.wear.recipe import WearRecipe
from glassmask.lab.tasks.wear.run import build, make_judge, plan

TASK: Final[Task[WearRecipe, EvidenceNetwork]] = Task(
    name="wear",
    recipe=WearRecipe,
    plan=plan,
    build=build,
    export=export,
    judge=make_judge,
    folds=True,
)
