"""The loss of the landmark network: its points, their error, the face and its box."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn
from torchvision.ops import complete_box_iou_loss

from glassmask.faces.points import part_rows
from glassmask.lab.tasks.landmarks.views import ViewKind

_WIDTH: Final = 10.0  # of the wing: errors below this many per cent of the eye distance
_CURVE: Final = 2.0  # how sharply the wing bends in its middle


def wing(percent: Tensor) -> Tensor:
    """The wing loss (Feng et al. 2018) of errors >= 0, any shape.

    Logarithmic below `_WIDTH`, so that small errors still pull, and linear above.
    """
    curved = _WIDTH * torch.log1p(percent / _CURVE)
    step = _WIDTH * torch.log1p(torch.tensor(_WIDTH / _CURVE)) - _WIDTH
    return torch.where(percent < _WIDTH, curved, percent + step)


def error_scale(points: Tensor) -> Tensor:
    """What errors are measured by: the distance between the eyes, (N, 109, 2) to (N,).

    In a profile the eyes come together; then 0.28 of the face's longer side, at least a pixel.
    """
    eyes = points[:, part_rows("left_eye")].mean(1) - points[:, part_rows("right_eye")].mean(1)
    extent = (points.amax(dim=1) - points.amin(dim=1)).amax(dim=1)
    return torch.maximum(eyes.norm(dim=1), 0.28 * extent).clamp(min=1.0)


def landmark_loss(
    points: Tensor,
    log_error: Tensor,
    face: Tensor,
    corners: Tensor,
    *,
    truth: Tensor,
    box: Tensor,
    quality: Tensor,
    kind: Tensor,
) -> Tensor:
    """The loss of a batch: a scalar.

    Points by the wing loss of their errors over `error_scale`; the expected error b by
    log b + e / b for the mean error e that the points really have, whose least is at b = E[e];
    whether it is a face by cross entropy; the box by the complete IoU loss (Zheng et al. 2020).
    What no one should place points on counts as e = 1, and its points do not count.

    Args:
        points: (N, 109, 2), in crop pixels.
        log_error: (N,), log b.
        face: (N,), the logit of the chance that it is one.
        corners: (N, 2, 2), left top and right bottom of its box in crop pixels.
        truth: (N, 109, 2), in crop pixels; read where `POINTED` alone.
        box: (N, 4), left, top, right, bottom of the true box in crop pixels; zeros where it is
            not known.
        quality: (N,), in [0, 1]: how well the crop frames a face; not read where `ASKEW`.
        kind: (N,) of `ViewKind`.
    """
    pointed = kind == ViewKind.POINTED
    scale = error_scale(truth)  # (N,)
    apart = (points - truth) / scale[:, None, None]
    by_face = wing(100 * apart.abs()).mean(dim=(1, 2)) / _WIDTH
    count = pointed.sum().clamp(min=1)
    error = apart.detach().norm(dim=2).mean(dim=1)
    error = torch.where(pointed, error, torch.ones_like(error)).clamp(0.005, 1.0)
    expected = (log_error + error * torch.exp(-log_error))[kind != ViewKind.FACE]
    judged = kind != ViewKind.ASKEW
    doubt = nn.functional.binary_cross_entropy_with_logits(
        face[judged], quality[judged], reduction="sum"
    )
    boxed = box.any(dim=1)
    said = corners.flatten(1)[boxed]
    off: Tensor = complete_box_iou_loss(said, box[boxed], reduction="sum")
    by_crop = (0.2 * expected.sum() + doubt + off) / len(kind)
    return (by_face * pointed).sum() / count + by_crop
