"""Write PNG files fast: painting a dataset spent a sixth of its time on it."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray

from glassmask.files import write_whole

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_COLOUR_TYPES: Final = {2: 0, 3: 2}  # dimensions -> grey or RGB
_UP: Final = 2  # the filter that stores what differs from the row above
_LEVEL: Final = 1


def write_png(path: Path, picture: NDArray[np.uint8]) -> None:
    """Write a picture losslessly.

    Args:
        path: of the file.
        picture: RGB uint8 (H, W, 3), or grey uint8 (H, W).

    Raises:
        OSError: it can't be written.
        ValueError: no such picture.
    """
    write_whole(path, encode_png(picture))


def encode_png(picture: NDArray[np.uint8]) -> bytes:
    """A picture, RGB uint8 (H, W, 3) or grey uint8 (H, W), as a PNG (ISO/IEC 15948).

    Raises:
        ValueError: no such picture.
    """
    shape = picture.shape
    if picture.dtype != np.uint8 or shape[2:] not in ((), (3,)) or not picture.size:
        raise ValueError(f"a PNG is uint8 (H, W) or (H, W, 3), got {picture.dtype} {shape}")
    rows = picture.reshape(shape[0], -1)
    lines = np.empty((rows.shape[0], rows.shape[1] + 1), np.uint8)
    lines[:, 0] = _UP
    lines[0, 1:] = rows[0]
    np.subtract(rows[1:], rows[:-1], out=lines[1:, 1:])
    header = struct.pack(">IIBBBBB", shape[1], shape[0], 8, _COLOUR_TYPES[len(shape)], 0, 0, 0)
    packed = isal_zlib.compress(lines.data, _LEVEL)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = isal_zlib.crc32(data, isal_zlib.crc32(kind))
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)
