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
from pathlib import Path
from typing import Any, Final

import torch
from lightning.fabric.utilities.warnings import PossibleUserWarning
from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import Callback, EarlyStopping
from lightning.pytorch.loggers import TensorBoardLogger
from safetensors.torch import save_file

from glassmask.files import replacing
from glassmask.lab.training.batches import Batches, load_views, torchrun
from glassmask.lab.training.checkpoints import CheckpointFile, steps_done
from glassmask.lab.training.curve import draw_curve
from glassmask.lab.training.module import NetworkType, Task, TaskModule, averaging, count_steps
from glassmask.lab.training.recipe import TrainingSection

WEIGHTS: Final = "weights.safetensors"
RESUME: Final = "resume.ckpt"
METRICS: Final = "metrics.csv"
CURVE: Final = "curve.svg"
LOGS: Final = "tensorboard"


@dataclass(frozen=True, slots=True)
class Progress:
    """What a run tells now and then: steps done and in all, mean loss, views a second."""

    step: int
    steps: int
    loss: float
    speed: float


def train(
    task: Task[NetworkType],
    settings: TrainingSection,
    run: Path,
    *,
    workers: int = 1,
    save_every: int = 100,
    progress: Callable[[Progress], None] = lambda _: None,
) -> NetworkType:
    """Train, and leave the weights (EMA, if the recipe asks for it) in `run`.

    Goes on where `run` stopped. Under `torchrun` each process takes its part of every batch.

    Args:
        task: what is trained; its network is changed.
        settings: of the loop.
        run: an existing folder.
        workers: processes that make views.
        save_every: steps from one saved state to the next.
        progress: told after every saved state.

    Returns:
        The trained network in evaluation mode.

    Raises:
        TrainingError: the loss is no longer a number. The last good state stays in `run`.
        KeyboardInterrupt: it was stopped; the last state stays in `run`.
    """
    steps, resume = count_steps(settings), run / RESUME
    first = steps_done(resume)
    rank, world, here = torchrun()
    module = TaskModule(task, settings, str(resume))
    callbacks: list[Callback] = [averaging(settings)] if settings.ema else []
    if task.held is not None and settings.patience:
        callbacks.append(EarlyStopping("held_loss", patience=settings.patience))
    # Last: what it saves is what the others made of the step.
    callbacks.append(_Keeper(run, settings.batch, steps, save_every, progress))
    logging.getLogger("lightning.pytorch").setLevel(logging.WARNING)
    trainer = Trainer(
        max_steps=steps,
        max_epochs=1,
        accelerator="auto",
        devices=here if world > 1 else 1,
        num_nodes=world // here,
        strategy="ddp" if world > 1 else "auto",
        sync_batchnorm=torch.cuda.is_available() and world > 1,
        precision="bf16-mixed" if settings.precision == "bf16" else "32-true",
        gradient_clip_val=settings.clip or None,
        callbacks=callbacks,
        plugins=[CheckpointFile()],
        logger=TensorBoardLogger(run, name="", version=LOGS),
        log_every_n_steps=save_every,
        val_check_interval=min(settings.held_every or steps, steps),
        limit_val_batches=1.0 if task.held is not None else 0,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
        enable_progress_bar=False,
        enable_checkpointing=False,
        enable_model_summary=False,
    )
    loader = load_views(task.views, Batches(steps, settings.batch, first, rank, world), workers)
    held = None
    if task.held is not None:
        batches = Batches(len(task.held) // settings.batch, settings.batch, 0, rank, world)
        held = load_views(task.held, batches, workers)
    begun = resume if first else None
    handler = signal.getsignal(signal.SIGINT)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PossibleUserWarning)  # advice that does not fit here
            warnings.filterwarnings("ignore", ".*LeafSpec.*", FutureWarning)  # its own to mend
            if first < steps:
                trainer.fit(module, loader, held, ckpt_path=begun, weights_only=True)
    except SystemExit as stopped:  # Lightning's answer to an interrupt
        signal.signal(signal.SIGINT, handler)
        raise KeyboardInterrupt from stopped
    if trainer.is_global_zero:
        state = module.network.state_dict()
        with replacing(run / WEIGHTS) as partial:
            save_file({name: value.contiguous() for name, value in state.items()}, partial)
        resume.unlink(missing_ok=True)
        if (run / METRICS).is_file():
            draw_curve(run / METRICS, run / CURVE)
    return task.network.eval()


class _Keeper(Callback):
    """Saves the state of a run now and then, writes down how far it is, and tells."""

    def __init__(
        self,
        run: Path,
        batch: int,
        steps: int,
        every: int,
        progress: Callable[[Progress], None],
    ) -> None:
        self._run, self._batch, self._steps = run, batch, steps
        self._every, self._progress = every, progress
        self._losses: list[float] = []
        self._started = time.perf_counter()

    def on_train_batch_end(
        self, trainer: Trainer, _: LightningModule, outputs: Any, *__: Any
    ) -> None:
        """After every step."""
        self._losses.append(float(outputs["loss"]))
        done = trainer.global_step
        if done % self._every and done != self._steps:
            return
        trainer.save_checkpoint(self._run / RESUME)  # every process takes part in it
        mean = torch.tensor(self._losses).mean().to(trainer.strategy.root_device)
        loss = float(trainer.strategy.reduce(mean))
        now = time.perf_counter()
        speed = len(self._losses) * self._batch / (now - self._started)
        told = Progress(done, self._steps, loss, speed)
        rate = trainer.optimizers[0].param_groups[0]["lr"]
        self._losses.clear()
        self._started = now
        if trainer.is_global_zero:
            for logger in trainer.loggers:
                logger.log_metrics({"loss": loss, "learning_rate": rate}, step=done)
            _log(self._run / METRICS, told, rate)
            self._progress(told)


def versions() -> dict[str, str | int]:
    """What a run was made with, for its card."""
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "cores": os.cpu_count() or 0,
    }


def _log(path: Path, told: Progress, rate: float) -> None:
    new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as lines:
        writer = csv.writer(lines)
        if new:
            writer.writerow(["step", "loss", "learning_rate", "crops_per_second"])
        writer.writerow([told.step, f"{told.loss:.5f}", f"{rate:.3e}", f"{told.speed:.1f}"])
