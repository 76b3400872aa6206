"""What Lightning trains: a network, its loss, its optimizer and its schedule."""

from __future__ import annotations

import math
from collections.abc import Callable, Sized
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, Protocol, TypeVar

import torch
from lightning.pytorch import LightningModule
from lightning.pytorch.callbacks import WeightAveraging
from torch import Tensor, nn

from glassmask.errors import TrainingError
from glassmask.lab.training.recipe import TrainingSection


class Views(Sized, Protocol):
    """Item k is what the network sees and what it shall say: tensors, by the seed and k alone."""

    def __getitem__(self, number: int, /) -> tuple[Tensor, ...]: ...


NetworkType = TypeVar("NetworkType", bound=nn.Module)

VALIDATION_LOSS: Final = "held_loss"
"""What Lightning logs the loss of held-out views as."""


@dataclass(frozen=True, slots=True)
class Validation:
    """Held-out views that are judged now and then, never trained on.

    Attributes:
        views: whole batches of them.
        every: steps from one validation to the next.
        patience: validations without a better loss after which the run ends; 0: it never does.
    """

    views: Views
    every: int
    patience: int


@dataclass(frozen=True, slots=True)
class TrainingSetup(Generic[NetworkType]):
    """What is trained, on what, and by which loss.

    Attributes:
        network: as it begins.
        views: `count_views` of them.
        loss: of network and batch, every tensor of the views stacked: the mean loss.
        validation: what is judged now and then to see how well it goes.
    """

    network: NetworkType
    views: Views
    loss: Callable[[NetworkType, list[Tensor]], Tensor]
    validation: Validation | None = None


def count_views(settings: TrainingSection) -> int:
    """How many views a run needs: whole batches."""
    return count_steps(settings) * settings.batch


def count_steps(settings: TrainingSection) -> int:
    """How many steps a run takes."""
    return math.ceil(settings.crops / settings.batch)


class TrainingModule(LightningModule):
    """A setup as Lightning takes it."""

    def __init__(self, setup: TrainingSetup[Any], settings: TrainingSection, resume: Path) -> None:
        super().__init__()
        self.network = setup.network
        self._loss, self._settings, self._resume = setup.loss, settings, resume

    def training_step(self, batch: list[Tensor]) -> Tensor:
        """The loss of a batch.

        Raises:
            TrainingError: it is no number.
        """
        # Dropout: whatever came before, and another in each process.
        seed = (self._settings.seed * 1_000_003 + self.global_step) * 4096 + self.global_rank
        torch.manual_seed(seed)
        loss: Tensor = self._loss(self.network, batch)
        self._require_finite("loss", float(loss.detach()))
        return loss

    def on_before_optimizer_step(self, *_: Any) -> None:
        """Check that the gradients are numbers: a step with others would ruin the weights.

        Raises:
            TrainingError: they are not.
        """
        gradients = [p.grad for p in self.network.parameters() if p.grad is not None]
        norms = torch.stack(torch._foreach_norm(gradients))  # one call, not one a parameter
        self._require_finite("gradient's norm", float(torch.linalg.vector_norm(norms)))

    def _require_finite(self, name: str, value: float) -> None:
        if math.isfinite(value):
            return
        kept = f"the last good state stays in {self._resume}; " if self._resume.exists() else ""
        raise TrainingError(
            f"the {name} is {value} at step {self.global_step}: {kept}lower "
            "training.learning_rate, or take precision = 'f32', and train in another folder"
        )

    def validation_step(self, batch: list[Tensor]) -> None:
        """Log the loss of held-out views as `VALIDATION_LOSS`."""
        loss = self._loss(self.network, batch)
        self.log(VALIDATION_LOSS, loss, batch_size=len(batch[0]), sync_dist=True)

    def configure_optimizers(self) -> Any:
        """The recipe's optimizer, and its learning rate step by step."""
        settings = self._settings
        optimizer = make_optimizer(self.network, settings)
        steps = count_steps(settings)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: learning_rate(step, steps, settings) / settings.learning_rate
        )
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def learning_rate(step: int, steps: int, settings: TrainingSection) -> float:
    """Linear warm-up; then half a cosine down to zero at the last step, or constant."""
    warmup = settings.warmup_crops / settings.batch
    if step < warmup:
        return settings.learning_rate * (step + 1) / warmup
    if settings.schedule == "constant":
        return settings.learning_rate
    share = (step - warmup) / max(1.0, steps - warmup)
    return settings.learning_rate * 0.5 * (1 + math.cos(math.pi * share))


def make_optimizer(network: nn.Module, settings: TrainingSection) -> torch.optim.Optimizer:
    """Adam or AdamW; AdamW decays convolution kernels only, not biases and BatchNorm."""
    trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
    # Eight times as fast on CPUs, a third of AlexNet's step; Lightning does not clip with it.
    fused = not settings.clip
    if settings.optimizer == "adam":
        return torch.optim.Adam(trained, settings.learning_rate, fused=fused)
    kernels = [p for p in trained if p.ndim > 1]
    groups = [
        {"params": kernels, "weight_decay": settings.weight_decay},
        {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=settings.learning_rate, fused=fused)


def make_averaging(settings: TrainingSection) -> WeightAveraging:
    """Exponential moving average of weights and BatchNorm statistics, shorter at the start."""

    def update(average: Tensor, current: Tensor, count: Tensor | int) -> Tensor:
        if not average.is_floating_point():
            return current
        step = int(count)
        decay = min(settings.ema, (1 + step) / (10 + step))
        return average.lerp(current, 1 - decay)

    return WeightAveraging(avg_fn=update)
