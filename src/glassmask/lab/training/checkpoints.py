"""What a run needs to go on after a stop."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from lightning.fabric.plugins import TorchCheckpointIO

from glassmask.lab.tensors import load_tensors


class CheckpointFile(TorchCheckpointIO):
    """Writes beside the file, then renames; reads tensors and plain values, never code."""

    def save_checkpoint(
        self, checkpoint: dict[str, Any], path: str | Path, *_: Any, **__: Any
    ) -> None:
        """Write the whole state; a kill leaves the last one whole."""
        partial = Path(path).with_suffix(".part")
        torch.save(checkpoint, partial)
        partial.replace(path)

    def load_checkpoint(self, path: str | Path, *_: Any, **__: Any) -> dict[str, Any]:
        """Read the state, onto the CPU.

        Raises:
            TensorFileError: the file is broken, or holds more than tensors and plain values.
        """
        return load_tensors(Path(path))


def steps_done(path: Path) -> int:
    """How many steps a saved state has behind it; 0 where there is none.

    Raises:
        TensorFileError: the file is broken.
    """
    return int(load_tensors(path)["global_step"]) if path.exists() else 0
