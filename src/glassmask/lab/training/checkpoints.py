"""What a run needs to resume after a stop."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import torch
from lightning.fabric.plugins import TorchCheckpointIO

from glassmask.files import replacing
from glassmask.lab.tensors import load_tensors


class CheckpointFile(TorchCheckpointIO):
    """Writes beside the file, then renames; reads tensors and plain values, never code."""

    def save_checkpoint(
        self, checkpoint: dict[str, Any], path: str | Path, *_: Any, **__: Any
    ) -> None:
        """Write the whole state; a kill or a full disk leaves the last one whole.

        Raises:
            OSError: it can't be written.
        """
        content = io.BytesIO()  # torch's own writer tells of a full disk in riddles
        torch.save(checkpoint, content)
        with replacing(path) as partial:
            partial.write_bytes(content.getbuffer())

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
