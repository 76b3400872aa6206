"""The training loop: any network, in a run folder that a stopped run goes on from."""

from __future__ import annotations

import copy
import csv
import math
import os
import platform
import time
from collections.abc import Callable, Sized
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import cv2
import torch
from safetensors.torch import save_file
from threadpoolctl import threadpool_limits
from torch import Tensor, nn
from torch.utils.data import DataLoader, Subset

from glassmask.lab.training.checkpoints import load_resume, save_resume
from glassmask.lab.training.recipe import TrainingSection

WEIGHTS = "weights.safetensors"


class TrainingError(RuntimeError):
    """Training can't go on; the message says at which step and what to do."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What a run tells after a step: steps done and in all, mean loss, crops a second."""

    step: int
    steps: int
    loss: float
    speed: float


class Views(Sized, Protocol):
    """Item k is what the network sees and what it shall say: tensors, by the seed and k alone."""

    def __getitem__(self, number: int, /) -> tuple[Tensor, ...]: ...


NetworkType = TypeVar("NetworkType", bound=nn.Module)


@dataclass(frozen=True, slots=True)
class Task(Generic[NetworkType]):
    """What is trained, on what, and what it is asked for.

    Attributes:
        network: as it begins.
        views: `count_views` of them.
        loss_of: the mean loss of a batch: every tensor of the views, stacked.
    """

    network: NetworkType
    views: Views
    loss_of: Callable[[NetworkType, list[Tensor]], Tensor]


def count_views(settings: TrainingSection) -> int:
    """How many views a run needs: whole batches."""
    return count_steps(settings) * settings.batch


def count_steps(settings: TrainingSection) -> int:
    """How many steps a run takes."""
    return math.ceil(settings.crops / settings.batch)


def train(
    task: Task[NetworkType],
    settings: TrainingSection,
    run: Path,
    *,
    workers: int = 1,
    save_every: int = 100,
    progress: Callable[[Progress], None] = lambda _: None,
) -> NetworkType:
    """Train, and leave the weights (EMA) in `run`; go on where `run` stopped.

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
    """
    network, views, loss_of = task.network, task.views, task.loss_of
    steps = count_steps(settings)
    average = copy.deepcopy(network).eval().requires_grad_(False)
    optimizer = _optimizer(network, settings)
    resume = run / "resume.pt"
    first = load_resume(resume, network, average, optimizer) if resume.exists() else 0
    rest = Subset[Any](views, range(first * settings.batch, len(views)))  # type: ignore[arg-type]
    loader = DataLoader[Any](
        rest,
        settings.batch,
        num_workers=workers,
        drop_last=True,
        worker_init_fn=_one_thread if workers else None,
        # A fork would inherit the locks of this process's thread pools, and hang on them.
        multiprocessing_context="spawn" if workers else None,
    )
    network.train()
    started, losses = time.perf_counter(), []
    for step, batch in enumerate(loader, start=first):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, steps, settings)
        torch.manual_seed(settings.seed * 1_000_003 + step)  # dropout, whatever came before
        with torch.autocast("cpu", torch.bfloat16, enabled=settings.precision == "bf16"):
            loss = loss_of(network, batch)
        losses.append(float(loss.detach()))
        if not math.isfinite(losses[-1]):
            raise TrainingError(
                f"the loss is {losses[-1]} at step {step}; the state before is in {resume}. "
                "Lower training.learning_rate, or start again with precision = 'f32'"
            )
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        _follow(average, network, min(settings.ema, (1 + step) / (10 + step)))
        done = step + 1
        if done % save_every == 0 or done == steps:
            speed = (done - first) * settings.batch / (time.perf_counter() - started)
            mean = sum(losses) / len(losses)
            save_resume(resume, done, network, average, optimizer)
            _log(run / "metrics.csv", done, mean, learning_rate(step, steps, settings), speed)
            progress(Progress(done, steps, mean, speed))
            losses.clear()
    partial = run / f"{WEIGHTS}.part"
    save_file({name: value.contiguous() for name, value in average.state_dict().items()}, partial)
    partial.rename(run / WEIGHTS)
    resume.unlink()
    return average


def _one_thread(_: int) -> None:
    """Keep a worker's libraries from fighting the training step for the cores."""
    cv2.setNumThreads(1)
    threadpool_limits(1)


def learning_rate(step: int, steps: int, settings: TrainingSection) -> float:
    """Linear warm-up, then half a cosine down to zero at the last step."""
    warmup = settings.warmup_crops / settings.batch
    if step < warmup:
        return settings.learning_rate * (step + 1) / warmup
    share = (step - warmup) / max(1.0, steps - warmup)
    return settings.learning_rate * 0.5 * (1 + math.cos(math.pi * share))


def versions() -> dict[str, str | int]:
    """What a run was made with, for its card."""
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "cores": os.cpu_count() or 0,
    }


def _optimizer(network: nn.Module, settings: TrainingSection) -> torch.optim.AdamW:
    """AdamW; weight decay on convolution kernels only, not on biases and BatchNorm."""
    trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
    return torch.optim.AdamW(
        [
            {
                "params": [p for p in trained if p.ndim > 1],
                "weight_decay": settings.weight_decay,
            },
            {"params": [p for p in trained if p.ndim == 1], "weight_decay": 0.0},
        ],
        lr=settings.learning_rate,
    )


@torch.no_grad()
def _follow(average: nn.Module, network: nn.Module, decay: float) -> None:
    """Move the average's weights and BatchNorm statistics towards the network's."""
    current = network.state_dict()
    for name, value in average.state_dict().items():
        if value.is_floating_point():
            value.lerp_(current[name], 1 - decay)
        else:
            value.copy_(current[name])


def _log(path: Path, step: int, loss: float, rate: float, speed: float) -> None:
    new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as lines:
        writer = csv.writer(lines)
        if new:
            writer.writerow(["step", "loss", "learning_rate", "crops_per_second"])
        writer.writerow([step, f"{loss:.5f}", f"{rate:.3e}", f"{speed:.1f}"])
