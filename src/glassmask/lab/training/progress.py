"""How far a run is: told to whoever asked, and kept in its folder."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from lightning.pytorch import Trainer

from glassmask.lab.training.folder import METRICS


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is.

    Attributes:
        step: steps done.
        steps: in all.
        loss: mean since the last report; of the step alone where this is no report.
        speed: views a second since then.
        report: whether this is a report, also kept in `metrics.csv`, or only the next step.
    """

    step: int
    steps: int
    loss: float
    speed: float
    report: bool


class ProgressLog:
    """Collects the losses of steps, and reports their mean to the folder and to a callback.

    Args:
        run: the run's folder.
        steps: of the whole run.
        batch: views in a step.
        callback: called with every report, and after every step in between.
    """

    def __init__(
        self, run: Path, steps: int, batch: int, callback: Callable[[Progress], None]
    ) -> None:
        self._run, self._steps, self._batch, self._callback = run, steps, batch, callback
        self._losses: list[float] = []
        self._validation_loss: float | None = None  # measured since the last report
        self._started = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Since the last report."""
        return time.perf_counter() - self._started

    @property
    def is_empty(self) -> bool:
        """Whether no step was done since the last report."""
        return not self._losses

    @property
    def has_validation_loss(self) -> bool:
        """Whether held-out views were judged since the last report."""
        return self._validation_loss is not None

    def add(self, loss: float) -> None:
        """Note the loss of a step."""
        self._losses.append(loss)

    def add_validation(self, loss: float) -> None:
        """Note the loss of held-out views."""
        self._validation_loss = loss

    def step(self, step: int) -> None:
        """Tell the callback of one more step."""
        speed = len(self._losses) * self._batch / max(self.seconds, 1e-9)
        self._callback(Progress(step, self._steps, self._losses[-1], speed, report=False))

    def report(self, trainer: Trainer) -> None:
        """Report what was done since the last report; the mean is over all processes."""
        mean = torch.tensor(self._losses).mean().to(trainer.strategy.root_device)
        loss = float(trainer.strategy.reduce(mean))
        now = time.perf_counter()
        speed = len(self._losses) * self._batch / (now - self._started)
        progress = Progress(trainer.global_step, self._steps, loss, speed, report=True)
        rate = trainer.optimizers[0].param_groups[0]["lr"]
        self._losses.clear()
        self._started = now
        if trainer.is_global_zero:
            for logger in trainer.loggers:
                logger.log_metrics({"loss": loss, "learning_rate": rate}, step=progress.step)
            self._write(progress, rate)
            self._callback(progress)
        self._validation_loss = None

    def _write(self, progress: Progress, rate: float) -> None:
        path = self._run / METRICS
        is_new = not path.exists()
        with path.open("a", newline="", encoding="utf-8") as lines:
            writer = csv.writer(lines)
            if is_new:
                writer.writerow(["step", "loss", "learning_rate", "crops_per_second", "held_loss"])
            held = "" if self._validation_loss is None else f"{self._validation_loss:.5f}"
            cells = [f"{progress.loss:.5f}", f"{rate:.3e}", f"{progress.speed:.1f}", held]
            writer.writerow([progress.step, *cells])
