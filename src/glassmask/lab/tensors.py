"""Read tensors from a file: the only `torch.load` of the project."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import torch

from glassmask.errors import TensorFileError


def load_tensors(path: Path, sha256: str | None = None) -> dict[str, Any]:
    """Read a file that `torch.save` wrote: tensors and plain values, never code.

    Args:
        path: the file.
        sha256: what its hash must begin with; None for a run's own file.

    Raises:
        TensorFileError: the hash is another, or the file is broken or holds more than tensors.
    """
    if sha256 is not None:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if not digest.startswith(sha256):
            raise TensorFileError(
                f"{path}: not the file that it should be (sha256 {digest[:12]}…, expected "
                f"{sha256[:12]}…); remove it, and it is fetched again"
            )
    try:
        loaded: dict[str, Any] = torch.load(path, weights_only=True, map_location="cpu")
    except Exception as error:  # unpicklers throw nearly anything at broken files
        raise TensorFileError(f"{path}: broken, or holds more than tensors; remove it") from error
    return loaded
