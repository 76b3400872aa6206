"""Where the face is in pictures framed as FFHQ's are, and so MaskedFace-Net's."""

from __future__ import annotations

from typing import Final

from glassmask.faces.crop import Box, Square

_SIDE: Final = 256  # of the picture that FFHQ_BOX is of

FFHQ_BOX: Final[Box] = (64.0, 72.0, 128.0, 150.0)
"""Where the face is in an FFHQ-framed picture of 256 x 256 pixels."""


def ffhq_box(width: int, height: int) -> Box:
    """Where the face is in an FFHQ-framed picture of any size."""
    x, y, w, h = FFHQ_BOX
    return x * width / _SIDE, y * height / _SIDE, w * width / _SIDE, h * height / _SIDE


def ffhq_square(box: Box, turn: int = 0) -> Square:
    """The square of a photo in which a face box lies as it does in FFHQ's pictures.

    By its height and its middle: boxes are not all as wide for their height.

    Args:
        box: x, y, w, h in photo pixels.
        turn: quarter turns clockwise by which the face lies in the photo.
    """
    x, y, w, h = box
    tall = w if turn % 2 else h  # from the hairline to the chin
    side = tall * _SIDE / FFHQ_BOX[3]
    if not turn:
        return Square(x + w / 2 - side / 2, y - side * FFHQ_BOX[1] / _SIDE, side)
    below = side / 2 - side * FFHQ_BOX[1] / _SIDE - tall / 2  # the square's middle under the box's
    right, down = ((0.0, below), (-below, 0.0), (0.0, -below), (below, 0.0))[turn]
    return Square(x + w / 2 + right - side / 2, y + h / 2 + down - side / 2, side, turn)
