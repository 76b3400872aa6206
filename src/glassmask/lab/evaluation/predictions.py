"""Run a network of the lab over records, in a given framing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from glassmask.lab.datasets import FaceRecord, PictureCache
from glassmask.lab.evaluation.framing import framed, whole_crop
from glassmask.lab.networks import EvidenceNetwork


def framed_crops(
    records: Sequence[FaceRecord], cache: PictureCache, framing: str, size: int
) -> NDArray[np.uint8]:
    """The crop of each record's picture in a framing: RGB uint8 (N, size, size, 3), N > 0."""
    return np.stack([whole_crop(framed(cache[r], r.box, framing), size) for r in records])


def predict(
    network: EvidenceNetwork,
    records: Sequence[FaceRecord],
    cache: PictureCache,
    framing: str,
    size: int,
    batch: int = 64,
) -> NDArray[np.float32]:
    """Logits (N, 5), float32, of each record's picture in a framing; the network in eval mode."""
    network.eval()
    logits = []
    with torch.inference_mode():
        for first in range(0, len(records), batch):
            crops = framed_crops(records[first : first + batch], cache, framing, size)
            logits.append(network(torch.from_numpy(crops))[0].numpy())
    return np.concatenate(logits) if logits else np.zeros((0, 5), np.float32)
