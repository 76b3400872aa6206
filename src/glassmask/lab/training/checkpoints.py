"""What a run needs to go on after a stop."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from glassmask.lab.tensors import load_tensors


def save_resume(
    path: Path,
    step: int,
    network: nn.Module,
    average: nn.Module,
    optimizer: torch.optim.Optimizer,
) -> None:
    """Write the whole state beside `path`, then rename: a kill leaves the last one whole."""
    partial = path.with_suffix(".part")
    state = {
        "step": step,
        "network": network.state_dict(),
        "average": average.state_dict(),
        "optimizer": optimizer.state_dict(),
    }
    torch.save(state, partial)
    partial.replace(path)


def load_resume(
    path: Path, network: nn.Module, average: nn.Module, optimizer: torch.optim.Optimizer
) -> int:
    """Load the state back into the three objects; returns how many steps were done.

    Raises:
        TensorFileError: the file is broken.
    """
    state = load_tensors(path)
    network.load_state_dict(state["network"])
    average.load_state_dict(state["average"])
    optimizer.load_state_dict(state["optimizer"])
    return int(state["step"])
