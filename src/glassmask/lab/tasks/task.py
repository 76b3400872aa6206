"""What every task is: a recipe, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol

from glassmask.errors import RunError
from glassmask.lab.judging.judge import Judge
from glassmask.lab.training.module import NetworkType
from glassmask.lab.training.progress import Progress
from glassmask.lab.training.recipe import RecipeType
from glassmask.lab.training.run import RunInputs, RunPlan, load_run, train_run


class Export(Protocol):
    """Writes a finished run as a network file of the package."""

    def __call__(
        self,
        run: Path,
        data: Sequence[Path],
        out: Path,
        licence: str | None = None,
        mending: Path | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> Mapping[str, Any]:
        """Write `out` (ONNX) and its manifest next to it; returns the manifest.

        Args:
            run: a finished run's folder.
            data: dataset folders; thresholds are chosen on their `val` rows.
            out: the ONNX file.
            licence: of the weights, for the manifest.
            mending: a table that moves near-duplicates into one split.
            labels: what unknown words of the datasets mean, see `read_datasets`.

        Raises:
            RunError: the run is not finished, or there is nothing to choose on.
            ExportError: the file computes something else than the network.
            GlassmaskError: data or manifest can't be used.
        """
        ...


@dataclass(frozen=True, slots=True)
class Task(Generic[RecipeType, NetworkType]):
    """A task that recipes name.

    Attributes:
        name: what recipes call it.
        recipe: its recipe.
        plan: reads the tables of the data; see `RunPlan`.
        build: makes the recipe's network with random weights, for those of a run.
        export: writes a run as the package ships it; None: the package has no such network.
        judge: makes a judge of faces of a run's network; None: it judges none.
        folds: whether a fold of the data can be left out.
    """

    name: str
    recipe: type[RecipeType]
    plan: Callable[[RecipeType, RunInputs], RunPlan[NetworkType]]
    build: Callable[[RecipeType], NetworkType]
    export: Export | None = None
    judge: Callable[[NetworkType, RecipeType], Judge] | None = None
    folds: bool = False

    def train(
        self,
        recipe: Path,
        data: Sequence[Path],
        run: Path,
        *,
        mending: Path | None = None,
        labels: Mapping[str, str] | None = None,
        fold: int | None = None,
        start: Path | None = None,
        workers: int = 1,
        progress: Callable[[Progress], None] = lambda _: None,
        warn: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Train a recipe in a run folder, or resume where it stopped; nothing if it is finished.

        Args:
            recipe: a recipe of this task.
            data: dataset folders.
            run: the run's folder; made if it is not there.
            mending: a table that moves near-duplicates into one split.
            labels: what unknown words of the datasets mean, see `read_datasets`.
            fold: leave this fold out; for tasks with `folds`.
            start: a finished run of such a network, that left out the same fold: this one begins
                with its weights.
            workers: processes that make views; 0: this one does.
            progress: called after every step.
            warn: called with one line that says how much was left out.

        Raises:
            RunError: the task has no folds, or the folder holds another run.
            GlassmaskError, OSError, KeyboardInterrupt: see `train_run`.
        """
        if fold is not None and not self.folds:
            raise RunError(f"{recipe}: of task {self.name!r}, which has no folds to leave out")
        inputs = RunInputs(recipe, tuple(data), mending, fold, labels, start)
        train_run(
            self.recipe, self.plan, inputs, run, workers=workers, progress=progress, warn=warn
        )

    def load(self, run: Path) -> tuple[NetworkType, RecipeType]:
        """A finished run's network in evaluation mode, and its recipe.

        Raises:
            RunError: the run is not finished, or is none, or its weights are broken.
            RecipeError: the run is of another task.
        """
        return load_run(run, self.recipe, self.build)

    def open_judge(self, run: Path) -> Judge:
        """A finished run's network as a judge of faces.

        Raises:
            RunError: the run is not finished, or of a task that judges no faces.
            RecipeError: the run is of another task.
        """
        if self.judge is None:
            raise RunError(f"{run}: a run of task {self.name!r} judges no faces")
        return self.judge(*self.load(run))
