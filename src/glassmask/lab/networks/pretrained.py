"""What networks with ImageNet weights want: those of torchvision, checked, and their scale."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import torch
from torchvision.models import WeightsEnum

from glassmask.lab.tensors import load_tensors

IMAGENET_MEAN: Final = (0.485, 0.456, 0.406)
IMAGENET_STD: Final = (0.229, 0.224, 0.225)
"""Of red, green and blue, with pixels from 0 to 1."""


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
