"""Train any task in a run folder that a stopped run goes on from. Lightning runs the loop."""

from __future__ import annotations

import csv
import logging
import os
import platform
import signal
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import torch
from lightning.fabric.utilities.warnings import PossibleUserWarning
from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import Callback, Checkpoint, EarlyStopping, ModelCheckpoint
from lightning.pytorch.loggers import TensorBoardLogger
from safetensors.torch import save

from glassmask.errors import TrainingError
from glassmask.files import replacing
from glassmask.lab.tensors import load_tensors
from glassmask.lab.training.batches import Batches, load_views, torchrun
from glassmask.lab.training.checkpoints import CheckpointFile, steps_done
from glassmask.lab.training.curve import draw_curve
from glassmask.lab.training.module import (
    NetworkType,
    Task,
    TaskModule,
    averaging,
    count_steps,
)
from glassmask.lab.training.precision import precision_here
from glassmask.lab.training.recipe import TrainingSection

WEIGHTS: Final = "weights.safetensors"
RESUME: Final = "resume.ckpt"
BEST: Final = "best.ckpt"
METRICS: Final = "metrics.csv"
CURVE: Final = "curve.svg"
LOGS: Final = "tensorboard"


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


def train(
    task: Task[NetworkType],
    settings: TrainingSection,
    run: Path,
    *,
    workers: int = 1,
    save_every: int = 100,
    save_seconds: float = 120.0,
    progress: Callable[[Progress], None] = lambda _: None,
) -> NetworkType:
    """Train, and leave the weights (EMA, if the recipe asks for it) in `run`.

    With patience, those of the best look at held-out views. Goes on where `run` stopped. Under
    `torchrun` each process takes its part of every batch.

    Args:
        task: what is trained; its network is changed.
        settings: of the loop.
        run: an existing folder.
        workers: processes that make views.
        save_every: most steps from one saved state to the next.
        save_seconds: likewise in time.
        progress: told after every step.

    Returns:
        The trained network in evaluation mode.

    Raises:
        TrainingError: loss or gradients are no longer numbers, and the last good state stays in
            `run`; or the batch can't be shared out to the processes.
        KeyboardInterrupt: it was stopped; the last state stays in `run`.
        OSError: a state or the weights can't be written.
    """
    steps, resume = count_steps(settings), run / RESUME
    first = steps_done(resume)
    rank, world, here = torchrun()
    if settings.batch % world:
        raise TrainingError(
            f"a batch of {settings.batch} can't be shared out to {world} processes: change "
            "training.batch, or their number"
        )
    module = TaskModule(task, settings, resume)
    looks = task.held
    callbacks: list[Callback] = [averaging(settings)] if settings.ema else []
    if looks is not None and looks.patience:
        callbacks += [EarlyStopping("held_loss", patience=looks.patience), _best(run)]
    # Last: what it saves is what the others made of the step.
    pace = _Pace(steps, settings.batch, save_every, save_seconds)
    callbacks.append(_Keeper(run, pace, 0 if looks is None else looks.every, progress))
    logging.getLogger("lightning.pytorch").setLevel(logging.WARNING)
    trainer = Trainer(
        max_steps=steps,
        max_epochs=1,
        accelerator="auto",
        devices=here if world > 1 else 1,
        num_nodes=world // here,
        strategy="ddp" if world > 1 else "auto",
        sync_batchnorm=torch.cuda.is_available() and world > 1,
        precision="bf16-mixed" if precision_here(settings.precision) == "bf16" else "32-true",
        gradient_clip_val=settings.clip or None,
        callbacks=callbacks,
        plugins=[CheckpointFile()],
        logger=TensorBoardLogger(run, name="", version=LOGS),
        log_every_n_steps=save_every,
        val_check_interval=steps if looks is None else min(looks.every, steps),
        limit_val_batches=0 if looks is None else 1.0,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    loader = load_views(task.views, Batches(steps, settings.batch, first, rank, world), workers)
    held = None
    if looks is not None:
        batches = Batches(len(looks.views) // settings.batch, settings.batch, 0, rank, world)
        held = load_views(looks.views, batches, workers)
    begun = resume if first else None
    handler = signal.getsignal(signal.SIGINT)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PossibleUserWarning)  # advice that does not fit here
            warnings.filterwarnings("ignore", ".*LeafSpec.*", FutureWarning)  # its own to mend
            warnings.filterwarnings("ignore", ".*exists and is not empty")  # it is the run's own
            trainer.fit(module, loader, held, ckpt_path=begun, weights_only=True)
    except SystemExit as stopped:  # Lightning's answer to an interrupt
        signal.signal(signal.SIGINT, handler)
        raise KeyboardInterrupt from stopped
    if (run / BEST).is_file():  # the network as it was at the best look
        state = load_tensors(run / BEST)["state_dict"]
        module.load_state_dict(state)
    if trainer.is_global_zero:
        weights = {name: value.contiguous() for name, value in task.network.state_dict().items()}
        with replacing(run / WEIGHTS) as partial:
            partial.write_bytes(save(weights))
        for state_file in (resume, run / BEST):
            state_file.unlink(missing_ok=True)
        draw_curve(run / METRICS, run / CURVE)
    if world > 1:
        _part()
    return task.network.eval()


def _part() -> None:
    """End the group of processes, all at once.

    One that ends with its group alive can be aborted by the group's own threads, and `torchrun`
    then kills the others (pytorch/pytorch#190489).
    """
    torch.distributed.barrier()
    torch.distributed.destroy_process_group()


def _best(run: Path) -> ModelCheckpoint:
    """Keeps the weights of the look with the least loss."""
    return ModelCheckpoint(
        run,
        Path(BEST).stem,
        monitor="held_loss",
        save_weights_only=True,
        enable_version_counter=False,
    )


@dataclass(frozen=True, slots=True)
class _Pace:
    """How long a run is, and how often it saves."""

    steps: int
    batch: int
    every: int
    seconds: float


class _Keeper(Checkpoint):
    """Saves the state of a run now and then, writes down how far it is, and tells.

    Never after the last step: what is saved has a step to go, so that a run which is stopped
    while it writes its weights makes them again.
    """

    def __init__(
        self, run: Path, pace: _Pace, looks_every: int, progress: Callable[[Progress], None]
    ) -> None:
        self._run, self._pace, self._looks_every = run, pace, looks_every
        self._progress = progress
        self._losses: list[float] = []
        self._held: float | None = None  # of a look since the last report
        self._started = time.perf_counter()

    def on_train_batch_end(
        self, trainer: Trainer, _: LightningModule, outputs: Any, *__: Any
    ) -> None:
        """After every step."""
        self._losses.append(float(outputs["loss"]))
        done = trainer.global_step
        if not (self._looks_every and done % self._looks_every == 0):
            self._keep(trainer)

    def on_validation_end(self, trainer: Trainer, *_: Any) -> None:
        """After a look, which is a part of its step and always told."""
        self._held = float(trainer.callback_metrics["held_loss"])
        self._keep(trainer)

    def on_train_end(self, trainer: Trainer, *_: Any) -> None:
        """What is left to tell of a run that ended early."""
        if self._losses:
            self._report(trainer)

    def _keep(self, trainer: Trainer) -> None:
        done, pace = trainer.global_step, self._pace
        took = time.perf_counter() - self._started
        due = trainer.strategy.broadcast(took >= pace.seconds)  # all processes save, or none
        if done == pace.steps:
            self._report(trainer)
        elif done % pace.every == 0 or due or self._held is not None:
            trainer.save_checkpoint(self._run / RESUME)  # every process takes part in it
            self._report(trainer)
        elif trainer.is_global_zero:
            speed = len(self._losses) * pace.batch / max(took, 1e-9)
            self._progress(Progress(done, pace.steps, self._losses[-1], speed, report=False))

    def _report(self, trainer: Trainer) -> None:
        mean = torch.tensor(self._losses).mean().to(trainer.strategy.root_device)
        loss = float(trainer.strategy.reduce(mean))
        now = time.perf_counter()
        speed = len(self._losses) * self._pace.batch / (now - self._started)
        done = trainer.global_step
        told = Progress(done, self._pace.steps, loss, speed, report=True)
        rate = trainer.optimizers[0].param_groups[0]["lr"]
        self._losses.clear()
        self._started = now
        if trainer.is_global_zero:
            for logger in trainer.loggers:
                logger.log_metrics({"loss": loss, "learning_rate": rate}, step=done)
            _log(self._run / METRICS, told, rate, self._held)
            self._progress(told)
        self._held = None


def versions() -> dict[str, str | int]:
    """What a run was made with, for its card."""
    packages = ("torch", "torchvision", "timm", "lightning", "numpy")
    return {
        "python": platform.python_version(),
        **{package: version(package) for package in packages},
        "threads": torch.get_num_threads(),
        "cores": os.cpu_count() or 0,
    }


def _log(path: Path, told: Progress, rate: float, held: float | None) -> None:
    new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as lines:
        writer = csv.writer(lines)
        if new:
            writer.writerow(["step", "loss", "learning_rate", "crops_per_second", "held_loss"])
        cells = [f"{told.loss:.5f}", f"{rate:.3e}", f"{told.speed:.1f}"]
        writer.writerow([told.step, *cells, "" if held is None else f"{held:.5f}"])
