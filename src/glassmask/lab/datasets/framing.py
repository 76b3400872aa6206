"""Where the face is in pictures that a known procedure has framed."""

from __future__ import annotations

from typing import Final

from glassmask.faces.crop import Box

FFHQ_BOX: Final[Box] = (64.0, 72.0, 128.0, 150.0)
"""Where the face is in an FFHQ-framed picture of 256 x 256 pixels."""


def ffhq_box(width: int, height: int) -> Box:
    """Where the face is in an FFHQ-framed picture of any size."""
    x, y, w, h = FFHQ_BOX
    return x * width / 256, y * height / 256, w * width / 256, h * height / 256


def whole_box(width: int, height: int) -> Box:
    """The box of a picture that shows a face and nothing else."""
    return 0.0, 0.0, float(width), float(height)
