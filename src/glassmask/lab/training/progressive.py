"""Views of two sizes: smaller ones first."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from glassmask.lab.training.module import Views


@dataclass(frozen=True, slots=True)
class Progressive:
    """Views of which the first are others: the same faces, smaller.

    Attributes:
        small: the first of them are shown.
        whole: the rest are; as many views.
        first: how many are small.
    """

    small: Views
    whole: Views
    first: int

    def __len__(self) -> int:
        return len(self.whole)

    def __getitem__(self, number: int) -> tuple[Tensor, ...]:
        return (self.small if number < self.first else self.whole)[number]
