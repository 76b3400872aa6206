"""What the registry knows of the task `landmarks`: where a face's points are."""

from __future__ import annotations

from typing import Final

from glassmask.lab.tasks.landmarks.export import export
from glassmask.lab.tasks.landmarks.network import LandmarkNetwork
from glassmask.lab.tasks.landmarks.recipe import LandmarkRecipe
from glassmask.lab.tasks.landmarks.run import build, plan
from glassmask.lab.tasks.task import Task

TASK: Final[Task[LandmarkRecipe, LandmarkNetwork]] = Task(
    name="landmarks", recipe=LandmarkRecipe, plan=plan, build=build, export=export
)
