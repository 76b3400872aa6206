"""What the registry knows of the task `classifier`: any network by its name."""

from __future__ import annotations

from typing import Final

from glassmask.lab.networks.classifier import Classifier
from glassmask.lab.tasks.classifier.recipe import ClassifierRecipe
from glassmask.lab.tasks.classifier.run import build, make_judge, plan
from glassmask.lab.tasks.task import Task

TASK: Final[Task[ClassifierRecipe, Classifier]] = Task(
    name="classifier", recipe=ClassifierRecipe, plan=plan, build=build, judge=make_judge
)
