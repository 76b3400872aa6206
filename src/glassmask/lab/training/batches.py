"""Which views make a batch, for a run that begins anywhere and for any number of processes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sized
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from torch.utils.data import DataLoader, Sampler

from glassmask.lab.training.workers import (
    PackedViews,
    interrupts_deferred,
    prepare_worker,
    worker_context,
)

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Processes:
    """Which of several processes that train together this one is.

    Attributes:
        rank: its number, from 0 on.
        world: how many there are.
        here: how many of them are on this machine.
    """

    rank: int = 0
    world: int = 1
    here: int = 1

    @classmethod
    def from_environment(cls) -> Processes:
        """As `torchrun` sets it up; alone without it."""
        names = ("RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE")
        defaults = ("0", "1", "1")
        return cls(*(int(os.environ.get(n, d)) for n, d in zip(names, defaults, strict=True)))


ALONE: Final = Processes()


class Batches(Sampler[list[int]]):
    """The views of every step from `first` on, in their order; a process takes its part of each.

    Args:
        steps: of the whole run: what `len` says, whatever `first` is.
        batch: views in a step, over all processes.
        first: the step to begin with.
        processes: which process this is, and of how many.

    Raises:
        ValueError: the batch can't be shared out evenly.
    """

    def __init__(
        self, steps: int, batch: int, first: int = 0, processes: Processes = ALONE
    ) -> None:
        if batch % processes.world:
            raise ValueError(
                f"a batch of {batch} can't be shared out to {processes.world} processes"
            )
        self._steps, self._batch, self._first = steps, batch, first
        self._processes = processes

    def __len__(self) -> int:
        return self._steps

    def __iter__(self) -> Iterator[list[int]]:
        share = self._batch // self._processes.world
        for step in range(self._first, self._steps):
            start = step * self._batch + self._processes.rank * share
            yield list(range(start, start + share))


class Loader(DataLoader[Item]):
    """A loader whose batches begin where the run does: nothing is read again after a stop."""

    def __iter__(self) -> Any:
        """Start the workers, if there are any and they have not been started."""
        with interrupts_deferred():
            return super().__iter__()

    def state_dict(self) -> dict[str, Any]:
        """Nothing: the step that a run begins with says it all."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """See `state_dict`."""


def load_views(views: Sized, batches: Batches, workers: int) -> Loader[Any]:
    """A loader of views for `batches`, in processes of their own if there are `workers`."""
    return Loader[Any](
        PackedViews(views) if workers else views,  # type: ignore[arg-type]
        batch_sampler=batches,
        num_workers=workers,
        persistent_workers=workers > 0,
        worker_init_fn=prepare_worker if workers else None,
        multiprocessing_context=worker_context(views) if workers else None,
    )
