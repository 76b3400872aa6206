"""Photos without what makes them a photo: where Integrated Gradients and occlusion begin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
import torch
from torch import Tensor

from glassmask.errors import MethodError

_BLUR: Final = 1 / 8  # standard deviation, in sides of the photo: no part of a face is left


def _black(photos: Tensor) -> Tensor:
    return torch.zeros_like(photos)


def _white(photos: Tensor) -> Tensor:
    return torch.full_like(photos, 255.0)


def _mean(photos: Tensor) -> Tensor:
    return photos.mean(dim=(1, 2), keepdim=True).expand_as(photos).contiguous()


def _blur(photos: Tensor) -> Tensor:
    sigma = _BLUR * max(photos.shape[1:3])
    blurred = [
        cv2.GaussianBlur(photo, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
        for photo in photos.detach().numpy()
    ]
    return torch.from_numpy(np.stack(blurred)) if blurred else photos.clone()


BASELINES: Final[dict[str, Callable[[Tensor], Tensor]]] = {
    "black": _black,
    "white": _white,
    "blur": _blur,
    "mean": _mean,
}
"""Name to a function: photos float32 (N, H, W, 3), 0 to 255, to baselines of the same shape.

`mean` is each photo's own mean colour, `blur` the photo with a Gaussian of an eighth of its
side. All in photo values: black is 0, whatever the network makes of it.
"""


def make_baseline(name: str, photos: Tensor) -> Tensor:
    """A baseline by its name: float32, of the photos' shape.

    Raises:
        MethodError: there is none of that name.
    """
    if name not in BASELINES:
        raise MethodError(f"no baseline {name!r}; there are: {', '.join(BASELINES)}")
    return BASELINES[name](photos)
