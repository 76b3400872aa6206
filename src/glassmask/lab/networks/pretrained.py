"""ImageNet weights of torchvision's networks, checked before they are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torchvision.models import WeightsEnum

from glassmask.lab.tensors import load_tensors


def imagenet_state(weights: WeightsEnum) -> dict[str, Any]:
    """A state dict from torch's hub cache, downloaded into it first if it is not there.

    torchvision checks hashes only of what it downloads, and unpickles freely; here a file in
    the cache is checked too, against the hash in its own official name.

    Raises:
        TensorFileError: the cached file is another.
        OSError: it is not cached and can't be downloaded.
    """
    url: str = weights.url
    name = url.rsplit("/", 1)[1]  # for instance mobilenet_v2-b0353104.pth
    digits = name.removesuffix(".pth").rsplit("-", 1)[1]
    path = Path(torch.hub.get_dir()) / "checkpoints" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.hub.download_url_to_file(url, str(path), hash_prefix=digits)
    return load_tensors(path, sha256=digits)
