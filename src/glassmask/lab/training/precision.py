"""In what numbers a run computes: those that its recipe names, or the faster ones here."""

from __future__ import annotations

from typing import Literal

import torch

from glassmask.networks.engines import Precision


def choose_precision(wanted: Precision | Literal["auto"]) -> Precision:
    """What a recipe's `training.precision` means on this machine.

    `auto` is bf16 on GPUs and CPUs that have units for it, where training is about three times as
    fast, and f32 on others, where bf16 is the slower one.
    """
    if wanted != "auto":
        return wanted
    if torch.cuda.is_available():
        return "bf16" if torch.cuda.is_bf16_supported() else "f32"
    return "bf16" if torch.cpu.get_capabilities().get("amx_bf16") else "f32"
