"""The loop of any training, in a folder that a stopped run resumes from. Lightning runs it."""

from __future__ import annotations

import contextlib
import logging
import signal
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from lightning.fabric.utilities.warnings import PossibleUserWarning
from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import Callback, Checkpoint, EarlyStopping, ModelCheckpoint
from lightning.pytorch.loggers import TensorBoardLogger
from safetensors.torch import save
from torch import nn

from glassmask.errors import TrainingError
from glassmask.files import replacing
from glassmask.lab.tensors import load_tensors
from glassmask.lab.training.batches import Batches, Loader, Processes, load_views
from glassmask.lab.training.checkpoints import CheckpointFile, steps_done
from glassmask.lab.training.curve import draw_curve
from glassmask.lab.training.folder import BEST, CURVE, LOGS, METRICS, RESUME, WEIGHTS
from glassmask.lab.training.module import (
    VALIDATION_LOSS,
    NetworkType,
    TrainingModule,
    TrainingSetup,
    Validation,
    count_steps,
    make_averaging,
)
from glassmask.lab.training.precision import choose_precision
from glassmask.lab.training.progress import Progress, ProgressLog
from glassmask.lab.training.recipe import TrainingSection


def train(
    setup: TrainingSetup[NetworkType],
    settings: TrainingSection,
    run: Path,
    *,
    workers: int = 1,
    save_every: int = 100,
    save_seconds: float = 120.0,
    progress: Callable[[Progress], None] = lambda _: None,
) -> NetworkType:
    """Train, and leave the weights (EMA, if the recipe asks for it) in `run`.

    With patience, those of the best validation. Resumes where `run` stopped. Under `torchrun`
    each process takes its part of every batch.

    Args:
        setup: what is trained; its network is changed.
        settings: of the loop.
        run: an existing folder.
        workers: processes that make views; 0: this one does.
        save_every: at most so many steps from one saved state to the next.
        save_seconds: at most so many seconds, likewise.
        progress: called after every step.

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
    processes = Processes.from_environment()
    if settings.batch % processes.world:
        raise TrainingError(
            f"a batch of {settings.batch} can't be shared out to {processes.world} processes: "
            "change training.batch, or their number"
        )
    module = TrainingModule(setup, settings, resume)
    schedule = _SaveSchedule(steps, save_every, save_seconds)
    log = ProgressLog(run, steps, settings.batch, progress)
    trainer = _make_trainer(setup.validation, settings, run, schedule, log, processes)
    loader = load_views(setup.views, Batches(steps, settings.batch, first, processes), workers)
    held_out = _load_validation(setup.validation, settings.batch, processes, workers)
    with _quiet_warnings(), _interrupts_pass():
        start = resume if first else None
        trainer.fit(module, loader, held_out, ckpt_path=start, weights_only=True)
    if (run / BEST).is_file():  # the network as it was at the best validation
        module.load_state_dict(load_tensors(run / BEST)["state_dict"])
    if trainer.is_global_zero:
        _write_result(setup.network, run)
    if processes.world > 1:
        _leave_process_group()
    return setup.network.eval()


def _make_trainer(
    validation: Validation | None,
    settings: TrainingSection,
    run: Path,
    schedule: _SaveSchedule,
    log: ProgressLog,
    processes: Processes,
) -> Trainer:
    callbacks: list[Callback] = [make_averaging(settings)] if settings.ema else []
    if validation is not None and validation.patience:
        stopping = EarlyStopping(VALIDATION_LOSS, patience=validation.patience)
        callbacks += [stopping, _keep_best(run)]
    # Last: what it saves is what the others made of the step.
    callbacks.append(_StateSaver(run, schedule, 0 if validation is None else validation.every, log))
    logging.getLogger("lightning.pytorch").setLevel(logging.WARNING)
    world, here = processes.world, processes.here
    return Trainer(
        max_steps=schedule.steps,
        max_epochs=1,
        accelerator="auto",
        devices=here if world > 1 else 1,
        num_nodes=world // here,
        strategy="ddp" if world > 1 else "auto",
        sync_batchnorm=torch.cuda.is_available() and world > 1,
        precision="bf16-mixed" if choose_precision(settings.precision) == "bf16" else "32-true",
        gradient_clip_val=settings.clip or None,
        callbacks=callbacks,
        plugins=[CheckpointFile()],
        logger=TensorBoardLogger(run, name="", version=LOGS),
        log_every_n_steps=schedule.every,
        val_check_interval=(
            schedule.steps if validation is None else min(validation.every, schedule.steps)
        ),
        limit_val_batches=0 if validation is None else 1.0,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )


def _load_validation(
    validation: Validation | None, batch: int, processes: Processes, workers: int
) -> Loader[Any] | None:
    if validation is None:
        return None
    batches = Batches(len(validation.views) // batch, batch, 0, processes)
    return load_views(validation.views, batches, workers)


def _write_result(network: nn.Module, run: Path) -> None:
    """Write weights and curve, and remove what was only needed to resume."""
    weights = {name: value.contiguous() for name, value in network.state_dict().items()}
    with replacing(run / WEIGHTS) as partial:
        partial.write_bytes(save(weights))
    for state_file in (run / RESUME, run / BEST):
        state_file.unlink(missing_ok=True)
    draw_curve(run / METRICS, run / CURVE)


@contextlib.contextmanager
def _quiet_warnings() -> Iterator[None]:
    """Without Lightning's advice that does not fit here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PossibleUserWarning)
        warnings.filterwarnings("ignore", ".*LeafSpec.*", FutureWarning)  # its own to mend
        warnings.filterwarnings("ignore", ".*exists and is not empty")  # it is the run's own
        yield


@contextlib.contextmanager
def _interrupts_pass() -> Iterator[None]:
    """Make Lightning's answer to an interrupt, a `SystemExit`, the `KeyboardInterrupt` it was."""
    handler = signal.getsignal(signal.SIGINT)
    try:
        yield
    except SystemExit as stopped:
        signal.signal(signal.SIGINT, handler)
        raise KeyboardInterrupt from stopped


def _leave_process_group() -> None:
    """End the group of processes, all at once.

    One that ends with its group alive can be aborted by the group's own threads, and `torchrun`
    then kills the others (pytorch/pytorch#190489).
    """
    torch.distributed.barrier()
    torch.distributed.destroy_process_group()


def _keep_best(run: Path) -> ModelCheckpoint:
    """Keeps the weights of the validation with the lowest loss."""
    return ModelCheckpoint(
        run,
        Path(BEST).stem,
        monitor=VALIDATION_LOSS,
        save_weights_only=True,
        enable_version_counter=False,
    )


@dataclass(frozen=True, slots=True)
class _SaveSchedule:
    """How long a run is, and how often it saves its state."""

    steps: int
    every: int
    seconds: float


class _StateSaver(Checkpoint):
    """Saves the state of a run now and then, and has the log report whenever it does.

    Never after the last step: what is saved has a step to go, so that a run which is stopped
    while it writes its weights makes them again.
    """

    def __init__(
        self, run: Path, schedule: _SaveSchedule, validate_every: int, log: ProgressLog
    ) -> None:
        self._run, self._schedule, self._log = run, schedule, log
        self._validate_every = validate_every

    def on_train_batch_end(
        self, trainer: Trainer, _: LightningModule, outputs: Any, *__: Any
    ) -> None:
        """After every step."""
        self._log.add(float(outputs["loss"]))
        is_validated = self._validate_every and trainer.global_step % self._validate_every == 0
        if not is_validated:
            self._save_if_due(trainer)

    def on_validation_end(self, trainer: Trainer, *_: Any) -> None:
        """After a validation, which is a part of its step and always reported."""
        self._log.add_validation(float(trainer.callback_metrics[VALIDATION_LOSS]))
        self._save_if_due(trainer)

    def on_train_end(self, trainer: Trainer, *_: Any) -> None:
        """Report what is left of a run that ended early."""
        if not self._log.is_empty:
            self._log.report(trainer)

    def _save_if_due(self, trainer: Trainer) -> None:
        done, schedule = trainer.global_step, self._schedule
        is_late = self._log.seconds >= schedule.seconds
        due = trainer.strategy.broadcast(is_late)  # all processes save, or none
        if done == schedule.steps:
            self._log.report(trainer)
        elif done % schedule.every == 0 or due or self._log.has_validation_loss:
            trainer.save_checkpoint(self._run / RESUME)  # every process takes part in it
            self._log.report(trainer)
        elif trainer.is_global_zero:
            self._log.step(done)
